"""A store whose appends a test counts, keeps waiting and fails, and appends that wait for it."""

import asyncio
from collections.abc import Iterator
from typing import TypeAlias

from sqlalchemy.exc import OperationalError

from events.append import Appended
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Result, Store, Work
from tests.events.builders import an_event

GONE = OperationalError("INSERT", {}, Exception("the database has gone away"))

Task: TypeAlias = asyncio.Task[list[Appended]]


class WatchedStore:
    """A store that counts appends, keeps them waiting on demand, and fails them on demand."""

    def __init__(self, real: Store) -> None:
        self.dialect = real.dialect
        self.read, self.write = real.read, real.write
        self.appends = 0
        self.failures: Iterator[Exception | None] = iter(())
        self.entered, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()
        self._real = real

    async def append(self, work: Work[Result]) -> Result:
        self.appends += 1
        self.entered.set()
        await self.open.wait()
        if (failure := next(self.failures, None)) is not None:
            raise failure
        return await self._real.append(work)


async def hold(watched: WatchedStore, log: EventLog) -> Task:
    """Let one append begin its transaction and keep it there."""
    watched.open.clear()
    first = asyncio.create_task(log.append(an_event()))
    await watched.entered.wait()
    return first


async def queue(log: EventLog, *new: NewEvent) -> list[Task]:
    """Hand in one append an event, and return once all of them wait."""
    tasks = [asyncio.create_task(log.append(event)) for event in new]
    await asyncio.sleep(0)
    return tasks


async def outcomes(tasks: list[Task]) -> list[type]:
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return [type(result) for result in results]


async def check_whole(log: EventLog, count: int) -> None:
    positions = [event.position for event in await log.read(0, 10_000)]
    assert positions == list(range(1, count + 1))
