"""Projecting: follows the log, by one process at a time, and survives an outage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from events import lease
from events.log import EventLog
from events.store import Result, Store, Work
from events.table import table_of
from events.wake import Wake
from projections.engine.checkpoints import CheckpointRow
from projections.registry import PROJECTIONS
from runtime.background.projecting import LEASE, Projecting
from runtime.database import Database
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.projections.builders import all_rows, positions
from tests.projections.stores import Around, FailingWrite

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

_checkpoints = table_of(CheckpointRow)

PATIENCE = 120.0  # after which something that should come is taken not to


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standing by and trying again take moments instead of seconds."""
    monkeypatch.setattr("runtime.background.leased._STANDBY_SECONDS", 0.02)
    monkeypatch.setattr("runtime.background.leased._FIRST_BACKOFF", 0.02)
    monkeypatch.setattr("runtime.background.projecting.POLL_SECONDS", 0.02)


class Counted(Around):
    """Tells how many of its reads and of its writes were done."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.reads = Wake()
        self.writes = Wake()

    async def write(self, work: Work[Result]) -> Result:
        try:
            return await super().write(work)
        finally:
            self.writes.signal(self.writes.position + 1)

    async def read(self, work: Work[Result]) -> Result:
        try:
            return await super().read(work)
        finally:
            self.reads.signal(self.reads.position + 1)


@dataclass(frozen=True)
class Running:
    """A process that projects, and how far it came."""

    task: asyncio.Task[None]
    progress: Wake

    async def reached(self, position: int) -> None:
        await signalled(self.progress, position)

    async def stop(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


async def signalled(wake: Wake, position: int) -> None:
    """Wait until a position was signalled."""
    async with asyncio.timeout(PATIENCE):
        while wake.position < position:
            await wake.wait(wake.position, PATIENCE)


@asynccontextmanager
async def running(
    store: Store, log: EventLog, clock: Clock, instance: str
) -> AsyncIterator[Running]:
    progress = Wake()
    projecting = Projecting(
        store=store, grown=log.wake, progress=progress, clock=clock, instance=instance
    )
    running = Running(asyncio.create_task(projecting.work().run()), progress)
    try:
        yield running
    finally:
        await running.stop()


async def holder(store: Store, clock: Clock) -> str | None:
    return await store.read(lambda c: lease.holder_of(c, LEASE, clock()))


async def test_it_follows_the_log_as_it_grows(store: Database, log: EventLog, clock: Clock) -> None:
    await log.append(an_event(), an_event())
    async with running(store, log, clock, "one") as worker:
        await worker.reached(2)
        for position in (3, 4, 5):
            await log.append(an_event())
            await worker.reached(position)
        assert await holder(store, clock) == "one"
    assert await positions(store) == {projection.name: 5 for projection in PROJECTIONS}


async def test_of_two_one_works_and_the_other_takes_over_when_it_lets_go(
    store: Database, log: EventLog, clock: Clock
) -> None:
    standby = Counted(store)
    async with running(store, log, clock, "one") as first:
        await log.append(an_event())
        await first.reached(1)
        async with running(standby, log, clock, "two") as second:
            await signalled(standby.reads, 1)
            await log.append(an_event())
            await first.reached(2)
            assert second.progress.position == 0
            await first.stop()
            await log.append(an_event())
            await second.reached(3)
            assert await holder(store, clock) == "two"
    assert len((await all_rows(store))["event_index"]) == 3


async def test_who_stands_by_prepares_projects_and_writes_nothing(
    store: Database, log: EventLog, clock: Clock
) -> None:
    """Every write of SQLite waits for every other: one that stands by must not hold appends up."""
    await store.write(lambda c: lease.acquire(c, LEASE, "somebody else", clock()))
    await log.append(an_event())
    standby = Counted(store)
    async with running(standby, log, clock, "one") as worker:
        await signalled(standby.reads, 8)
        assert worker.progress.position == 0
        assert standby.writes.position == 0
    assert await positions(store) == {}
    assert await holder(store, clock) == "somebody else"


async def test_the_lease_of_one_that_vanished_runs_out(
    store: Database, log: EventLog, clock: Clock
) -> None:
    async with running(store, log, clock, "one") as first:
        await log.append(an_event())
        await first.reached(1)
    await store.write(lambda c: lease.acquire(c, LEASE, "one", clock()))  # and gave nothing back
    standby = Counted(store)
    async with running(standby, log, clock, "two") as second:
        await signalled(standby.reads, 1)
        assert await holder(store, clock) == "one"
        await log.append(an_event())
        clock.advance(seconds=lease.LASTS.total_seconds())
        await second.reached(2)
        assert await holder(store, clock) == "two"


async def test_who_takes_over_prepares_before_it_projects(
    store: Database, log: EventLog, clock: Clock
) -> None:
    """An older release may have been at work meanwhile, with rows of another version."""
    await log.append(an_event())
    async with running(store, log, clock, "one") as worker:
        await worker.reached(1)
        await store.write(lambda c: _done_elsewhere(c, clock() + lease.LASTS))
        clock.advance(seconds=lease.LASTS.total_seconds())
        await log.append(an_event())
        await worker.reached(2)
    versions = await store.read(
        lambda c: {row.name: row.version for row in c.execute(select(_checkpoints))}
    )
    assert versions == {projection.name: projection.version for projection in PROJECTIONS}


async def test_an_idle_worker_keeps_its_lease(store: Database, log: EventLog, clock: Clock) -> None:
    watched = Counted(store)
    await log.append(an_event())
    async with running(watched, log, clock, "one") as worker:
        await worker.reached(1)
        for _ in range(3):
            clock.advance(seconds=lease.LASTS.total_seconds() * 0.9)
            await signalled(watched.writes, watched.writes.position + 1)
            assert await holder(store, clock) == "one"


@pytest.mark.parametrize("failing", [1, 3])
async def test_after_a_failure_it_goes_on(
    store: Database, log: EventLog, clock: Clock, failing: int
) -> None:
    await log.append(an_event(), an_event())
    flaky = FailingWrite(store, failing)
    async with running(flaky, log, clock, "one") as worker:
        await worker.reached(2)
        await log.append(an_event())
        await worker.reached(3)
    assert flaky.writes > failing
    assert len((await all_rows(store))["event_index"]) == 3


def _done_elsewhere(connection: Connection, now: datetime) -> None:
    """Do as another release would: take a lease that ran out, leave rows of its own version."""
    assert lease.acquire(connection, LEASE, "another release", now)
    connection.execute(_checkpoints.update().values(version=0))
    lease.release(connection, LEASE, "another release")
