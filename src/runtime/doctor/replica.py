"""Whether the replica for reads answers, holds the same log and follows it."""

import asyncio

from api.reads import Replica
from runtime.database import Database, open_database, open_replica
from runtime.doctor.finding import Finding, ok, warning
from runtime.settings import Settings

REPLICA = "read replica"

_LOOKS = 6
_PAUSE_SECONDS = 0.5
_ADVICE = "mend the replica or its address; till then the primary is read, and nothing is lost"


async def examine_replica(settings: Settings) -> list[Finding]:
    """Look at the replica as a serving process does; nothing where none is set."""
    if not settings.read_database_url:
        return []
    primary = open_database(settings.database_url)
    copy = open_replica(settings.read_database_url, settings.database_url)
    try:
        replica = Replica(copy)
        await _look(replica, primary)
    finally:
        await copy.close()
        await primary.close()
    if replica.trouble:
        return [warning(REPLICA, f"pages are not read from it: {replica.trouble}", _ADVICE)]
    return [ok(REPLICA, "it answers and follows the primary")]


async def _look(replica: Replica, primary: Database) -> None:
    """Look for some seconds until it has what the primary had at one of the looks."""
    for _ in range(_LOOKS):
        await replica.look(primary)
        if replica.is_read:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
