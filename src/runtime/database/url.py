"""Which database a URL names, and how to show it without its password."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from events.errors import OrchestratorError

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+asyncpg"


class DatabaseUrlError(OrchestratorError):
    """The database URL is not one that this service can open."""


def parse_url(text: str) -> URL:
    """Parse ORCHESTRATOR_DATABASE_URL; raises DatabaseUrlError and never quotes the password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not "from" it: what cannot be a port may be a part of the password.
        raise DatabaseUrlError(_EXPECTED.format("something that is not a URL")) from None
    if url.drivername not in (SQLITE, POSTGRES):
        raise DatabaseUrlError(_EXPECTED.format(f"{url.drivername}://…"))
    if url.drivername == SQLITE and (url.host or url.database in (None, "", ":memory:")):
        raise DatabaseUrlError("an SQLite database needs a file, as in " + SQLITE + ":///./log.db")
    if "@" in (url.host or ""):
        raise DatabaseUrlError("the database URL's password has an @ in it; write it as %40")
    return url


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite URL, None for PostgreSQL."""
    return Path(url.database) if url.drivername == SQLITE and url.database else None


_EXPECTED = (
    "ORCHESTRATOR_DATABASE_URL is {}; write it as "
    f"{SQLITE}:///./data/orchestrator.db or {POSTGRES}://user:password@host/database"
)
