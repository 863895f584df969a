"""Which database a URL names, and how to show it without its password."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from events.errors import OrchestratorError

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+asyncpg"


class DatabaseUrlError(OrchestratorError):
    """The database URL is not one that this service can open."""


def parse_url(text: str, setting: str = "ORCHESTRATOR_DATABASE_URL") -> URL:
    """Parse the URL of a setting; raises DatabaseUrlError and never quotes the password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not "from" it: what cannot be a port may be a part of the password.
        raise DatabaseUrlError(_EXPECTED.format(setting, "something that is not a URL")) from None
    if url.drivername not in (SQLITE, POSTGRES):
        raise DatabaseUrlError(_EXPECTED.format(setting, f"{url.drivername}://…"))
    if url.drivername == SQLITE and (url.host or url.database in (None, "", ":memory:")):
        raise DatabaseUrlError("an SQLite database needs a file, as in " + SQLITE + ":///./log.db")
    if "@" in (url.host or ""):
        raise DatabaseUrlError("the database URL's password has an @ in it; write it as %40")
    _refuse_address(url)
    _refuse_parameters(url)
    return url


def parse_replica_url(text: str, primary: str) -> URL:
    """Parse ORCHESTRATOR_READ_DATABASE_URL; raises DatabaseUrlError unless both are PostgreSQL's.

    ``primary`` is the text of ORCHESTRATOR_DATABASE_URL.
    """
    if primary.startswith(SQLITE):
        raise DatabaseUrlError("it is for PostgreSQL; SQLite has no replica, so leave it out")
    url = parse_url(text, "it")
    if url.drivername == SQLITE:
        raise DatabaseUrlError("it names an SQLite file; a replica is one of PostgreSQL's servers")
    return url


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite URL, None for PostgreSQL."""
    return Path(url.database) if url.drivername == SQLITE and url.database else None


def _refuse_address(url: URL) -> None:
    """Refuse a host or port that no look-up and no socket takes."""
    if url.port is not None and not 0 < url.port < _PORTS:
        raise DatabaseUrlError(f"the database URL's port must be from 1 to {_PORTS - 1}")
    try:
        (url.host or "").encode("idna")
    except UnicodeError:
        raise DatabaseUrlError("the database URL's host is no name") from None


def _refuse_parameters(url: URL) -> None:
    """Refuse what the driver would stumble over, or what would do nothing; quotes none of it."""
    if url.drivername == SQLITE and url.query:
        raise DatabaseUrlError("an SQLite database's URL ends with its file; leave out the ?")
    if "sslmode" in url.query:
        raise DatabaseUrlError("the database URL has sslmode in it; its driver calls it ssl")
    if str(url.query.get("ssl", "allow")).replace("_", "-") not in _SSL:
        raise DatabaseUrlError(f"ssl in the database URL must be one of {', '.join(_SSL)}")
    if not url.query.keys() <= set(_PARAMETERS):
        allowed = ", ".join(_PARAMETERS)
        raise DatabaseUrlError(f"behind its ? the database URL may have nothing but {allowed}")
    if not str(url.query.get(_CACHE, "0")).isdecimal():
        raise DatabaseUrlError(f"{_CACHE} in the database URL must be a number")


_PORTS = 65_536
_CACHE = "prepared_statement_cache_size"  # SQLAlchemy's; 0 behind some connection poolers
# As asyncpg reads it.
_SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# Those of asyncpg's that can be given as text, but for the password: here it would be shown.
_PARAMETERS = (
    "host",
    "port",
    "user",
    _CACHE,
    "ssl",
    "direct_tls",
    "passfile",
    "service",
    "servicefile",
    "target_session_attrs",
    "krbsrvname",
    "gsslib",
)
_EXPECTED = (
    "{} is {}; write it as "
    f"{SQLITE}:///./data/orchestrator.db or {POSTGRES}://user:password@host/database"
)
