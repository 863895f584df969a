"""The projection worker: follows the log, takes turns with others, survives an outage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from events import lease
from events.log import EventLog
from events.store import Result, Store, Work
from events.wake import Wake
from projections.registry import PROJECTIONS
from runtime.database import Database
from runtime.worker import LEASE, ProjectionWorker
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.projections.builders import all_rows, positions
from tests.projections.stores import Around, FailingWrite

pytestmark = pytest.mark.anyio

PATIENCE = 30.0  # after which something that should come is taken not to


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standing by and trying again take moments instead of seconds."""
    monkeypatch.setattr("runtime.worker._STANDBY_SECONDS", 0.02)
    monkeypatch.setattr("runtime.worker._POLL_SECONDS", 0.02)


class Tried(Around):
    """Tells how many of its writes were done."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.writes = Wake()

    async def write(self, work: Work[Result]) -> Result:
        try:
            return await super().write(work)
        finally:
            self.writes.signal(self.writes.position + 1)


@dataclass(frozen=True)
class Running:
    """A worker at work, and how far it came."""

    worker: ProjectionWorker
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
    worker = ProjectionWorker(store, log.wake, progress, clock, instance)
    running = Running(worker, asyncio.create_task(worker.run()), progress)
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
    standby = Tried(store)
    async with running(store, log, clock, "one") as first:
        await log.append(an_event())
        await first.reached(1)
        async with running(standby, log, clock, "two") as second:
            await signalled(standby.writes, 1)
            await log.append(an_event())
            await first.reached(2)
            assert second.progress.position == 0
            await first.stop()
            await first.worker.release()
            await log.append(an_event())
            await second.reached(3)
            assert await holder(store, clock) == "two"
    assert len((await all_rows(store))["event_index"]) == 3


async def test_without_the_lease_it_prepares_and_projects_nothing(
    store: Database, log: EventLog, clock: Clock
) -> None:
    await store.write(lambda c: lease.acquire(c, LEASE, "somebody else", clock()))
    await log.append(an_event())
    standby = Tried(store)
    async with running(standby, log, clock, "one") as worker:
        await signalled(standby.writes, 8)
        assert worker.progress.position == 0
    assert await positions(store) == {}


async def test_the_lease_of_one_that_vanished_runs_out(
    store: Database, log: EventLog, clock: Clock
) -> None:
    async with running(store, log, clock, "one") as first:
        await log.append(an_event())
        await first.reached(1)
        await first.stop()
    standby = Tried(store)
    async with running(standby, log, clock, "two") as second:
        await signalled(standby.writes, 1)
        assert await holder(store, clock) == "one"
        await log.append(an_event())
        clock.advance(seconds=lease.LASTS.total_seconds())
        await second.reached(2)
        assert await holder(store, clock) == "two"


async def test_an_idle_worker_keeps_its_lease(store: Database, log: EventLog, clock: Clock) -> None:
    watched = Tried(store)
    await log.append(an_event())
    async with running(watched, log, clock, "one") as worker:
        await worker.reached(1)
        for _ in range(3):
            clock.advance(seconds=lease.LASTS.total_seconds() * 0.9)
            await signalled(watched.writes, watched.writes.position + 1)
            assert await holder(store, clock) == "one"


@pytest.mark.parametrize("failing", [1, 7])
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
