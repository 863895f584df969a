"""Work under a lease: one process does it, however long a step takes, and another takes it over."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import OperationalError

from events import lease
from events.store import Store
from runtime.background import leased
from runtime.background.leased import Lease, LeasedWork
from tests.conftest import Clock
from tests.projections.stores import FailingWrite
from tests.runtime.background.works import PATIENCE, at_work

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

SET = leased._STANDBY_SECONDS  # noqa: SLF001 (as it is, before tests hurry it)
AWAY = OperationalError("the statement", {}, ConnectionError("the database is away"))


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STANDBY_SECONDS", "_RENEWS_SECONDS", "_FIRST_BACKOFF"):
        monkeypatch.setattr(f"runtime.background.leased.{name}", 0.01)


def work_of(
    store: Store, clock: Clock, instance: str, step: Callable[[], Awaitable[float]]
) -> LeasedWork:
    return LeasedWork(Lease("resync", store, clock, instance), step)


async def never() -> float:
    raise AssertionError("another process holds the lease")


async def come(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (what is waited for is anything)
            await asyncio.sleep(0.005)


def test_who_is_killed_is_replaced_within_ten_seconds() -> None:
    """Its lease runs out, and whoever stands by looks once more; a second is left for the rest."""
    assert lease.LASTS.total_seconds() + SET <= 9


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
            for _ in range(10):  # six leases long, of which nobody but the clock knows
                clock.advance(seconds=lease.LASTS.total_seconds() * 0.6)
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
    begun = asyncio.Event()

    async def step() -> float:
        begun.set()
        return 0.01

    async def elsewhere() -> None:
        nonlocal told
        told += 1

    async with at_work(work_of(store, clock, "first", step)):
        await come(begun.is_set)
        second = LeasedWork(Lease("resync", store, clock, "second"), step, elsewhere=elsewhere)
        async with at_work(second):
            await come(lambda: told > 1)


async def test_who_stands_by_writes_nothing(store: Store, clock: Clock) -> None:
    """Every write of SQLite waits for every other: one that stands by must not hold appends up."""
    told = 0

    async def elsewhere() -> None:
        nonlocal told
        told += 1

    await store.write(lambda c: lease.acquire(c, "resync", "first", clock()))
    counting = FailingWrite(store)
    held = Lease("resync", counting, clock, "second")
    async with at_work(LeasedWork(held, never, elsewhere=elsewhere)):
        await come(lambda: told > 3)
        assert counting.writes == 0


async def test_news_cut_short_neither_standing_by_nor_waiting_after_a_fault(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_STANDBY_SECONDS", "_FIRST_BACKOFF"):
        monkeypatch.setattr(f"runtime.background.leased.{name}", 2 * PATIENCE)
    tried: list[str] = []

    async def step() -> float:
        tried.append("a step")
        raise RuntimeError("what nobody thought of")

    async def elsewhere() -> None:
        tried.append("standing by")

    async def rest(_seconds: float) -> None:
        tried.append("a rest")

    await store.write(lambda c: lease.acquire(c, "recovery", "another", clock()))
    failing = LeasedWork(Lease("resync", store, clock, "first"), step, rest)
    standing_by = LeasedWork(Lease("recovery", store, clock, "first"), never, rest, elsewhere)
    async with at_work(failing), at_work(standing_by):
        await come(lambda: len(tried) > 1)
        await asyncio.sleep(0.1)
        assert sorted(tried) == ["a step", "standing by"]


async def test_a_step_that_fails_is_tried_again(store: Store, clock: Clock) -> None:
    tried = 0

    async def step() -> float:
        nonlocal tried
        tried += 1
        raise RuntimeError("what nobody thought of")

    async with at_work(work_of(store, clock, "first", step)):
        await come(lambda: tried > 1)


@pytest.mark.parametrize(
    ("error", "told", "untold"),
    [
        (RuntimeError("nobody thought of it"), "Traceback", "OperationalError"),
        (AWAY, "OperationalError: the database is away", "Traceback"),
    ],
)
async def test_only_what_was_not_foreseen_is_logged_with_its_traceback(
    error: Exception, told: str, untold: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    logged = ""

    async def step() -> float:
        raise error

    def is_told() -> bool:
        nonlocal logged
        logged += capsys.readouterr().out
        return told in logged

    async with at_work(work_of(store, Clock(), "first", step)):
        await come(is_told)
    assert untold not in logged
