"""Work under a lease: one process does it, however long a step takes, and another takes it over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from events.store import Store
from runtime.leased import Lease, LeasedWork
from tests.conftest import Clock

pytestmark = pytest.mark.anyio

PATIENCE = 30.0  # after which something that should come is taken not to


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STANDBY_SECONDS", "_RENEWS_SECONDS", "_FIRST_BACKOFF"):
        monkeypatch.setattr(f"runtime.leased.{name}", 0.01)


@asynccontextmanager
async def at_work(work: LeasedWork) -> AsyncIterator[None]:
    """Let it work until the block ends."""
    task = asyncio.create_task(work.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def work_of(
    store: Store, clock: Clock, instance: str, step: Callable[[], Awaitable[float]]
) -> LeasedWork:
    return LeasedWork(Lease("resync", store, clock, instance), step)


async def come(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (what is waited for is anything)
            await asyncio.sleep(0.005)


async def test_a_step_that_takes_longer_than_a_lease_lasts_is_not_begun_elsewhere(
    store: Store, clock: Clock
) -> None:
    begun: list[str] = []
    over = asyncio.Event()

    def stepping(name: str) -> Callable[[], Awaitable[float]]:
        async def step() -> float:
            begun.append(name)
            await over.wait()
            return 0.01

        return step

    async with at_work(work_of(store, clock, "first", stepping("first"))):
        await come(lambda: begun)
        async with at_work(work_of(store, clock, "second", stepping("second"))):
            for _ in range(10):  # a minute and a half, of which nobody but the clock knows
                clock.advance(seconds=9)
                await asyncio.sleep(0.1)
            assert begun == ["first"]


async def test_a_process_that_ends_is_followed_by_another(store: Store, clock: Clock) -> None:
    begun: list[str] = []

    def stepping(name: str) -> Callable[[], Awaitable[float]]:
        async def step() -> float:
            begun.append(name)
            return 0.01

        return step

    async with at_work(work_of(store, clock, "first", stepping("first"))):
        await come(lambda: "first" in begun)
    async with at_work(work_of(store, clock, "second", stepping("second"))):
        await come(lambda: "second" in begun)


async def test_who_stands_by_is_told_again_and_again(store: Store, clock: Clock) -> None:
    told = 0

    async def step() -> float:
        return 0.01

    async def elsewhere() -> None:
        nonlocal told
        told += 1

    async with at_work(work_of(store, clock, "first", step)):
        await come(lambda: True)
        await asyncio.sleep(0.1)
        second = LeasedWork(Lease("resync", store, clock, "second"), step, elsewhere=elsewhere)
        async with at_work(second):
            await come(lambda: told > 1)


async def test_a_step_that_fails_is_tried_again(store: Store, clock: Clock) -> None:
    tried = 0

    async def step() -> float:
        nonlocal tried
        tried += 1
        raise RuntimeError("what nobody thought of")

    async with at_work(work_of(store, clock, "first", step)):
        await come(lambda: tried > 1)
