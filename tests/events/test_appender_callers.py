"""Those who wait for the appender: how many may, and what becomes of them when they go."""

import asyncio

import pytest

from events.errors import LogOverloaded, LogUnavailable
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.events.watched_store import GONE, WatchedStore, check_whole, hold, outcomes, queue

pytestmark = pytest.mark.anyio


@pytest.fixture
def watched(store: Store) -> WatchedStore:
    return WatchedStore(store)


@pytest.fixture
def log(watched: WatchedStore, clock: Clock) -> EventLog:
    return EventLog(watched, clock, Wake())


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("count", "payload"), [(10_000, "{}"), (256, "x" * 2**20)])
async def test_beyond_its_bounds_the_queue_takes_nothing_until_it_is_shorter(
    watched: WatchedStore, log: EventLog, count: int, payload: str
) -> None:
    first = await hold(watched, log)
    full = asyncio.create_task(log.append(*[an_event(payload=payload)] * count))
    await asyncio.sleep(0)
    refused = await queue(log, an_event())
    watched.failures = iter([GONE] * 10)  # what waits need not be stored here
    watched.open.set()
    assert await outcomes([first, full, *refused]) == [
        LogUnavailable, LogUnavailable, LogOverloaded,
    ]  # fmt: skip
    watched.failures = iter(())
    assert await outcomes(await queue(log, an_event())) == [list]
    await check_whole(log, 1)


@pytest.mark.parametrize("gone", [0, 1, 2])
async def test_a_caller_who_goes_harms_nobody(
    watched: WatchedStore, log: EventLog, gone: int
) -> None:
    first = await hold(watched, log)  # its transaction is under way; the others wait
    tasks = [first, *await queue(log, *(an_event() for _ in range(3)))]
    tasks[gone].cancel()
    await asyncio.wait([tasks[gone]])
    watched.open.set()
    expected = [asyncio.CancelledError if n == gone else list for n in range(4)]
    assert await outcomes(tasks) == expected
    stayed = [task.result() for task in tasks if not task.cancelled()]
    assert [appended.duplicate for [appended] in stayed] == [False] * 3
    await log.drain()
    assert watched.appends == 2
    await check_whole(log, 4)


async def test_when_all_callers_go_the_next_is_served(watched: WatchedStore, log: EventLog) -> None:
    first = await hold(watched, log)
    tasks = [first, *await queue(log, *(an_event() for _ in range(3)))]
    for task in tasks:
        task.cancel()
    watched.failures = iter([GONE])
    watched.open.set()
    assert set(await outcomes(tasks)) == {asyncio.CancelledError}
    await log.append(an_event())
    events = await log.read(0, 10)
    assert [event.position for event in events] == list(range(1, len(events) + 1))


async def test_a_caller_who_goes_and_asks_again_finds_the_event_as_recorded(
    watched: WatchedStore, log: EventLog
) -> None:
    event = an_event()
    first = await hold(watched, log)
    [impatient] = await queue(log, event)
    impatient.cancel()
    watched.open.set()
    [again] = await log.append(event)
    assert again.event.position == 2
    await first
    await check_whole(log, 2)


async def test_drain_waits_for_all_that_was_handed_in(watched: WatchedStore, log: EventLog) -> None:
    first = await hold(watched, log)
    waiting = await queue(log, *(an_event() for _ in range(300)))
    drained = asyncio.create_task(log.drain())
    await asyncio.sleep(0)
    assert not drained.done()
    watched.open.set()
    await drained
    await check_whole(log, 301)
    await asyncio.gather(first, *waiting)


async def test_drain_of_an_idle_log_returns_at_once(log: EventLog) -> None:
    await log.drain()
    await log.append(an_event())
    await log.drain()
