"""The action worker: follows the log, waits for nobody who is slow, survives an outage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from events.catalogue import ModeSet
from events.log import EventLog
from events.store import Store
from events.table import table_of
from reactions.executor.filling import fill
from reactions.executor.tasks import ActionTaskRow
from reactions.ports.answers import Repository
from runtime.background.acting import ActionWorker
from tests.conftest import Clock
from tests.projections.stores import FailingWrite
from tests.reactions.conductor.stages import command
from tests.reactions.executor.desk import Desk, a_desk, queue
from tests.service import project

pytestmark = pytest.mark.anyio

PATIENCE = 120.0  # after which something that should come is taken not to


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking again, and waiting for the slow, take moments instead of seconds."""
    monkeypatch.setattr("runtime.background.listening.POLL_SECONDS", 0.02)
    monkeypatch.setattr("runtime.background.acting._FIRST_BACKOFF", 0.02)
    monkeypatch.setattr("runtime.background.acting._SLOW_SECONDS", 0.1)


@asynccontextmanager
async def at_work(desk: Desk, store: Store | None = None) -> AsyncIterator[asyncio.Task[None]]:
    """Let a worker act, over a store that may fail, until the block ends."""
    executor = replace(desk.executor(), store=store or desk.store)
    task = asyncio.create_task(ActionWorker(executor, desk.log.wake, desk.clock).run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_done(desk: Desk, what: str, times: int) -> None:
    """Wait while outcomes are folded and time goes on: on a lane that is behind nothing is done."""
    async with asyncio.timeout(PATIENCE):
        while desk.github.done[what] < times:
            await project(desk.store)
            await asyncio.sleep(0.02)
            desk.clock.advance(seconds=0.02)


async def another_repository(desk: Desk, name: str) -> None:
    """Set up one more live repository, and decide."""
    repository = desk.world.repository(name)
    queue(desk, repository)
    await desk.stage.happens(command(ModeSet(mode="live"), repository.id, name))
    await desk.goes_on()


async def test_it_does_what_is_decided_while_it_works(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    async with at_work(desk):
        await until_done(desk, "assign", 1)
        await another_repository(desk, "octo-org/lander")
        await until_done(desk, "assign", 2)


async def test_what_is_slow_keeps_nobody_else_waiting(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    slow = asyncio.Event()

    async def before(_what: str, repo: Repository) -> None:
        if repo.full_name == "octo-org/rocket":
            await slow.wait()

    desk.github.before = before
    async with at_work(desk):
        await asyncio.sleep(0.3)
        await another_repository(desk, "octo-org/lander")
        await until_done(desk, "assign", 1)
        slow.set()
        await until_done(desk, "assign", 2)


async def test_what_is_under_way_comes_to_its_end_when_the_worker_is_stopped(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    begun = asyncio.Event()

    async def before(_what: str, _repo: Repository) -> None:
        begun.set()
        await asyncio.sleep(0.05)

    desk.github.before = before
    async with at_work(desk), asyncio.timeout(PATIENCE):
        await begun.wait()
    assert [action for action, _ in await desk.outcomes()] == ["succeeded"]


@pytest.mark.parametrize("failing", [1, 2])
async def test_after_a_failure_it_goes_on(
    store: Store, log: EventLog, clock: Clock, failing: int
) -> None:
    desk = await a_desk(store, log, clock)
    async with at_work(desk, FailingWrite(store, failing)):
        await until_done(desk, "assign", 1)


async def test_what_the_tasks_lost_is_done_by_the_next_worker(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    await fill(store)
    await store.write(lambda c: c.execute(table_of(ActionTaskRow).delete()))
    async with at_work(desk):
        await until_done(desk, "assign", 1)
