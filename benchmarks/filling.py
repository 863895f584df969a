"""Filling a log before it is measured, and bringing what is read from it up to it."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice

from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.clock import now
from runtime.database import open_database

AT_ONCE = 250


def append(url: str, told: Iterable[NewEvent], clock: Callable[[], datetime] = now) -> int:
    """Append in batches, so that little is in memory; return how many there were."""

    async def work() -> int:
        database, left, appended = open_database(url), iter(told), 0
        try:
            log = EventLog(database, clock, Wake())
            while batch := list(islice(left, AT_ONCE)):
                await log.append(*batch)
                appended += len(batch)
        finally:
            await database.close()
        return appended

    return asyncio.run(work())


def project(url: str) -> None:
    """Bring every read model to the head of the log."""

    async def work() -> None:
        database = open_database(url)
        try:
            runner = Runner(PROJECTIONS, database, database)
            await runner.prepare()
            while await runner.step():
                pass
        finally:
            await database.close()

    asyncio.run(work())
