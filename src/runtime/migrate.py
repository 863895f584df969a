"""Bringing a database to the schema of this release, and opening one that is there."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from events.errors import OrchestratorError
from events.store import Store
from runtime.database import Database, open_database
from runtime.database.url import parse_url, sqlite_file

_PATIENCE_SECONDS, _RETRY_SECONDS = 600.0, 0.1  # while another process migrates a large database
_PRIMARY = 0xFF  # of SQLite's result codes, the part that does not say more
_LOCK = 0x636F70696C6F74  # "copilot", as PostgreSQL's advisory locks are numbers

Result = TypeVar("Result")


class NewerDatabase(OrchestratorError):
    """The database is at a revision that this release does not know."""


async def migrate(store: Store, revision: str = "head") -> tuple[str | None, str | None]:
    """Upgrade to a revision and return the one before and the one after; or NewerDatabase.

    Whoever comes second waits for the first and then finds nothing to do: SQLite's transaction
    holds the one write lock, PostgreSQL's an advisory lock.
    """
    until = monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await store.write(lambda connection: _upgrade(connection, revision))
        except (DBAPIError, sqlite3.Error) as error:
            if not _is_locked(error) or monotonic() > until:
                raise
            await asyncio.sleep(_RETRY_SECONDS)


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database is at, None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the revision that this release needs."""
    return next(iter(_revisions()), None)


def refuse_newer(revision: str | None) -> None:
    """Raise NewerDatabase when a database is at a revision that this release does not know."""
    if revision is not None and revision not in _revisions():
        raise NewerDatabase(
            f"the database is at revision {revision}, which this release does not know: it is of "
            "a newer release; upgrade copilot-orchestrator"
        )


def alembic_config(connection: Connection | None = None) -> Config:
    """Make Alembic's configuration, for the checkout as for an installed wheel."""
    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


class NotMigrated(OrchestratorError):
    """The database is not at the schema of this release."""


async def with_database(
    url: str, work: Callable[[Database], Awaitable[Result]], needs: str | None = None
) -> Result:
    """Open a migrated database, do some work with it, and close it.

    It is at the newest revision, or at one that is not before ``needs``. Raises NotMigrated, or
    NewerDatabase.
    """
    file = sqlite_file(parse_url(url))
    if file is not None and not file.exists():
        raise NotMigrated(f"there is no database at {file}; run: copilot-orchestrator migrate")
    database = open_database(url)
    try:
        revision = await database.read(current_revision)
        refuse_newer(revision)
        if revision not in _since(needs or newest_revision()):
            raise NotMigrated(
                f"the database is at revision {revision or 'none'} and this release needs "
                f"{newest_revision()}; run: copilot-orchestrator migrate"
            )
        return await work(database)
    finally:
        await database.close()


def _since(revision: str | None) -> tuple[str, ...]:
    """Return a revision with all that came behind it."""
    known = _revisions()
    return known if revision is None else known[: known.index(revision) + 1]


@cache
def _revisions() -> tuple[str, ...]:
    """Return this release's revisions, the newest first.

    Each is a module that Alembic loads to know them, which took 12 ms each time.
    """
    scripts = ScriptDirectory.from_config(alembic_config())
    return tuple(each.revision for each in scripts.walk_revisions())


def _is_locked(error: BaseException) -> bool:
    """Tell whether another process held SQLite's write lock for longer than others wait for it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = cause.sqlite_errorcode if isinstance(cause, sqlite3.OperationalError) else None
    return code is not None and code & _PRIMARY == sqlite3.SQLITE_BUSY


def _upgrade(connection: Connection, revision: str) -> tuple[str | None, str | None]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    before = current_revision(connection)
    refuse_newer(before)
    if revision != "head" or before != newest_revision():  # else Alembic would load them all again
        command.upgrade(alembic_config(connection), revision)
    return before, current_revision(connection)


def _scripts() -> Path:
    installed = Path(__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "migrations"
