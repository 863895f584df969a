"""Reading the log from a position on, and being woken when there is more."""

import asyncio
from datetime import timedelta

import pytest

from events import read
from events.envelope import Event
from events.log import EventLog
from runtime.database import Database
from tests.conftest import Clock
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio


async def test_reading_begins_behind_a_position_and_keeps_to_its_limit(log: EventLog) -> None:
    await log.append(*(an_event() for _ in range(5)))
    assert [event.position for event in await log.read(2, 2)] == [3, 4]
    assert [event.position for event in await log.read(4, 10)] == [5]
    assert await log.read(5, 10) == []
    assert await log.read(0, 0) == []


async def test_reading_stops_when_payloads_come_to_the_bound(
    log: EventLog, store: Database
) -> None:
    await log.append(*(an_event(payload="x" * 100) for _ in range(200)))

    async def count(max_bytes: int) -> int:
        found = await store.read(lambda c: read.read(c, 0, 1000, max_bytes=max_bytes))
        return len(found)

    assert [await count(bound) for bound in (1, 100, 101, 299, 300, 301)] == [1, 1, 2, 3, 3, 4]
    assert await count(10_000) == 100
    assert await count(10**9) == 200


async def test_an_event_beyond_the_bound_still_comes(log: EventLog, store: Database) -> None:
    await log.append(an_event(payload="x" * 5000), an_event())
    found = await store.read(lambda c: read.read(c, 0, 10, max_bytes=10))
    assert [event.position for event in found] == [1]


async def test_the_position_before_a_moment_is_found(
    log: EventLog, store: Database, clock: Clock
) -> None:
    start = clock.now
    for _ in range(7):
        await log.append(an_event(), an_event())
        clock.advance(seconds=10)

    async def before(seconds: float) -> int:
        moment = start + timedelta(seconds=seconds)
        return await store.read(lambda c: read.position_before(c, moment))

    assert [await before(s) for s in (-1, 0, 1, 10, 59, 60, 61, 999)] == [
        0, 0, 2, 2, 12, 12, 14, 14,
    ]  # fmt: skip


async def test_readers_are_woken_when_the_event_can_be_read(log: EventLog) -> None:
    async def read_when_woken() -> list[Event]:
        await log.wake.wait(0, 3600)
        return await log.read(0, 10)

    reader = asyncio.create_task(read_when_woken())
    await asyncio.sleep(0)
    [appended] = await log.append(an_event())
    async with asyncio.timeout(10):  # rather than hang
        assert await reader == [appended.event]


async def test_the_newest_position_of_an_append_is_signalled(log: EventLog) -> None:
    told: list[int] = []
    log.wake.listen(told.append)
    await log.append(an_event(), an_event())
    await log.append(an_event())
    assert told == [2, 3]
