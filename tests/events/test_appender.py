"""Group commit: who shares a transaction, and that nobody suffers for another."""

import asyncio

import pytest

from events.errors import EventRefused, LogUnavailable
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.events.watched_store import GONE, WatchedStore, check_whole, hold, outcomes, queue

pytestmark = pytest.mark.anyio

BAD = {
    "an integer beyond 64 bits": {"repository_id": 2**63},
    "no type": {"type": None},
    "a lone surrogate": {"payload": "\ud800"},
}


@pytest.fixture
def watched(store: Store) -> WatchedStore:
    return WatchedStore(store)


@pytest.fixture
def log(watched: WatchedStore, clock: Clock) -> EventLog:
    return EventLog(watched, clock, Wake())


async def test_all_who_wait_share_one_transaction(watched: WatchedStore, log: EventLog) -> None:
    first = await hold(watched, log)
    events = [an_event() for _ in range(100)]
    waiting = await queue(log, *events)
    watched.open.set()
    results = [result for [result] in await asyncio.gather(first, *waiting)]
    assert watched.appends == 2
    assert [result.event.id for result in results[1:]] == [event.id for event in events]
    await check_whole(log, 101)


async def test_a_transaction_is_bounded_in_events(watched: WatchedStore, log: EventLog) -> None:
    first = await hold(watched, log)
    waiting = await queue(log, *(an_event() for _ in range(600)))
    watched.open.set()
    await asyncio.gather(first, *waiting)
    assert watched.appends == 1 + 3  # 256, 256, 88
    await check_whole(log, 601)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_transaction_is_bounded_in_bytes(watched: WatchedStore, log: EventLog) -> None:
    first = await hold(watched, log)
    waiting = await queue(log, *(an_event(payload="x" * 5 * 1024 * 1024) for _ in range(7)))
    watched.open.set()
    await asyncio.gather(first, *waiting)
    assert watched.appends == 1 + 3  # 15 MB, 15 MB, 5 MB


async def test_an_append_beyond_the_bounds_has_a_transaction_of_its_own(log: EventLog) -> None:
    appended = await log.append(*(an_event() for _ in range(300)))
    assert [each.event.position for each in appended] == list(range(1, 301))


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_a_bad_event_does_not_refuse_its_neighbours(
    watched: WatchedStore, log: EventLog, bad: dict[str, object]
) -> None:
    first = await hold(watched, log)
    events = [an_event(**(bad if n in (1, 2, 3, 5) else {})) for n in range(7)]
    waiting = await queue(log, *events)
    watched.open.set()
    assert await outcomes([first, *waiting]) == [
        list, list, EventRefused, EventRefused, EventRefused, list, EventRefused, list,
    ]  # fmt: skip
    await check_whole(log, 4)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_nul_that_postgresql_does_not_take_refuses_its_event_only(
    watched: WatchedStore, log: EventLog
) -> None:
    first = await hold(watched, log)
    waiting = await queue(log, an_event(actor_login="a\0b"), an_event())
    watched.open.set()
    assert await outcomes([first, *waiting]) == [list, EventRefused, list]


async def test_of_an_append_with_a_bad_event_nothing_is_stored(log: EventLog) -> None:
    with pytest.raises(EventRefused) as caught:
        await log.append(an_event(), an_event(repository_id=2**63), an_event())
    assert caught.value.__cause__ is not None
    await check_whole(log, 0)


async def test_in_an_outage_all_are_told_after_few_attempts(
    watched: WatchedStore, log: EventLog
) -> None:
    first = await hold(watched, log)
    waiting = await queue(log, *(an_event() for _ in range(200)))
    watched.failures = iter([GONE] * 300)
    watched.open.set()
    assert set(await outcomes([first, *waiting])) == {LogUnavailable}
    assert watched.appends <= 1 + 3  # each may last as long as a time-out


async def test_an_outage_once_over_leaves_no_trace(watched: WatchedStore, log: EventLog) -> None:
    watched.failures = iter([GONE] * 3)
    assert set(await outcomes(await queue(log, an_event(), an_event()))) == {LogUnavailable}
    assert await outcomes(await queue(log, an_event(), an_event())) == [list, list]
    await check_whole(log, 2)


async def test_one_failure_of_the_database_is_got_over(
    watched: WatchedStore, log: EventLog
) -> None:
    watched.failures = iter([GONE])
    assert await outcomes(await queue(log, *(an_event() for _ in range(5)))) == [list] * 5
    await check_whole(log, 5)


async def test_a_mistake_in_the_program_is_not_taken_for_a_refusal(
    watched: WatchedStore, log: EventLog
) -> None:
    watched.failures = iter([LookupError("a mistake")])
    with pytest.raises(LookupError, match="a mistake"):
        await log.append(an_event())
