"""Work that must not end is started again, whatever ended it, and that is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import structlog

from api.background import TaskHealth
from runtime.background.supervised import Supervisor, Work

pytestmark = pytest.mark.anyio

Run = Callable[[], Coroutine[None, None, None]]


class Naps:
    """A sleep that is over at once and remembers for how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def supervised(run: Run, naps: Naps, *, ends: bool = False) -> AsyncIterator[TaskHealth]:
    health = TaskHealth("some work")
    supervisor = Supervisor(lambda: 1.0, naps)
    task = asyncio.create_task(supervisor.run(Work("some work", run, ends), health))
    try:
        yield health
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def come(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 (what is waited for is anything)
            await asyncio.sleep(0.001)


async def returns() -> None:
    """Return, which is a fault of work that never should."""


async def raises() -> None:
    raise OSError(28, "No space left on device")


async def is_cancelled_by_somebody_else() -> None:
    raise asyncio.CancelledError


async def fails_in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(raises())


ENDINGS = [returns, raises, is_cancelled_by_somebody_else, fails_in_a_group]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda each: each.__name__)
async def test_whatever_ends_it_it_is_started_again(ending: Run) -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)
        if len(begun) < 3:
            await ending()
        else:
            await asyncio.Event().wait()

    with structlog.testing.capture_logs() as lines:
        async with supervised(work, Naps()) as health:
            await come(lambda: len(begun) == 3)
            assert health.failures == 2
    told = [line for line in lines if line["event"].startswith("background work ended")]
    assert [line["work"] for line in told] == ["some work"] * 2
    assert all(line["log_level"] == "error" for line in told)


async def test_it_waits_longer_each_time_within_bounds() -> None:
    naps = Naps()
    async with supervised(raises, naps):
        await come(lambda: len(naps.seconds) >= 8)
    assert naps.seconds[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


async def test_half_of_each_wait_is_drawn() -> None:
    naps = Naps()
    task = asyncio.create_task(
        Supervisor(lambda: 0.0, naps).run(Work("some work", raises), TaskHealth("some work"))
    )
    await come(lambda: len(naps.seconds) >= 2)
    task.cancel()
    assert naps.seconds[:2] == [0.5, 1.0]


async def test_after_it_ran_well_its_end_is_taken_for_the_first_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.background.supervised._WELL_SECONDS", 0.0)
    naps = Naps()
    async with supervised(raises, naps):
        await come(lambda: len(naps.seconds) >= 3)
    assert naps.seconds[:3] == [1.0, 1.0, 1.0]


async def test_work_that_goes_on_is_well_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.background.supervised._PROVEN_SECONDS", 0.01)
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)
        if len(begun) == 1:
            await raises()
        await asyncio.Event().wait()

    async with supervised(work, Naps()) as health:
        await come(lambda: health.failures)
        assert "No space left" in health.error
        await come(lambda: health.down_seconds is None)


async def test_going_on_is_no_proof_where_the_work_told_that_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.background.supervised._PROVEN_SECONDS", 0.01)
    healths: list[TaskHealth] = []

    async def work() -> None:
        await come(lambda: healths)
        healths[0].failed("it fails at each step")
        await asyncio.Event().wait()

    async with supervised(work, Naps()) as health:
        healths.append(health)
        await come(lambda: health.failures)
        await asyncio.sleep(0.05)
        assert health.down_seconds is not None


async def test_what_has_done_what_it_is_for_is_not_begun_again() -> None:
    begun: list[Any] = []

    async def work() -> None:
        begun.append(1)
        if len(begun) == 1:
            await raises()

    naps = Naps()
    async with supervised(work, naps, ends=True) as health:
        await come(lambda: len(begun) == 2 and health.down_seconds is None)
        await asyncio.sleep(0.01)
    assert (len(begun), len(naps.seconds)) == (2, 1)
