"""Opening the configured database for one command."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from events.errors import OrchestratorError
from runtime.database import Database, open_database
from runtime.database.url import parse_url, sqlite_file
from runtime.migrate import current_revision, newest_revision, refuse_newer

Result = TypeVar("Result")


class NotMigrated(OrchestratorError):
    """The database is not at the schema of this release."""


async def with_database(url: str, work: Callable[[Database], Awaitable[Result]]) -> Result:
    """Open a migrated database, do some work with it, and close it.

    Raises NotMigrated, or NewerDatabase.
    """
    file = sqlite_file(parse_url(url))
    if file is not None and not file.exists():
        raise NotMigrated(f"there is no database at {file}; run: copilot-orchestrator migrate")
    database = open_database(url)
    try:
        revision = await database.read(current_revision)
        refuse_newer(revision)
        if revision != newest_revision():
            raise NotMigrated(
                f"the database is at revision {revision or 'none'} and this release needs "
                f"{newest_revision()}; run: copilot-orchestrator migrate"
            )
        return await work(database)
    finally:
        await database.close()
