"""An id is recorded once, however often and from wherever it is appended."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from events.log import EventLog
from events.wake import Wake
from runtime.database import open_database
from tests.conftest import Clock
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio


async def positions(log: EventLog) -> list[int]:
    return [event.position for event in await log.read(0, 1000)]


async def test_a_known_id_gives_the_event_as_first_recorded(log: EventLog, clock: Clock) -> None:
    [first] = await log.append(an_event(payload="{}", repository_id=1))
    clock.advance(hours=1)
    other = an_event(id=first.event.id, payload='{"other":1}', repository_id=2, type="push")
    [again] = await log.append(other)
    assert again == replace(first, duplicate=True)
    assert await log.read(0, 10) == [first.event]


async def test_an_id_twice_in_one_append_is_recorded_once(log: EventLog) -> None:
    new = an_event(payload='{"first":1}')
    first, between, again = await log.append(new, an_event(), replace(new, payload="{}"))
    assert (first.duplicate, between.duplicate, again.duplicate) == (False, False, True)
    assert again.event == first.event
    assert await positions(log) == [1, 2]


async def test_new_events_beside_known_ones_follow_without_a_hole(log: EventLog) -> None:
    [known] = await log.append(an_event())
    appended = await log.append(an_event(), an_event(id=known.event.id), an_event())
    assert [each.event.position for each in appended] == [2, 1, 3]


async def test_many_tasks_with_one_id_record_it_once(log: EventLog) -> None:
    event_id = uuid4()
    tries = [log.append(an_event(id=event_id, payload=str(n))) for n in range(50)]
    results = [result for [result] in await asyncio.gather(*tries)]
    assert [result.duplicate for result in results].count(False) == 1
    assert len({result.event for result in results}) == 1
    assert await positions(log) == [1]


async def test_two_logs_over_one_database_record_an_id_once(
    log: EventLog, database_url: str, clock: Clock
) -> None:
    other_database = open_database(database_url)
    other = EventLog(other_database, clock, Wake())
    ids = [uuid4() for _ in range(20)]
    tries = [each.append(an_event(id=event_id)) for event_id in ids for each in (log, other)]
    results = [result for [result] in await asyncio.gather(*tries)]
    await other_database.close()
    assert [result.duplicate for result in results].count(False) == len(ids)
    assert {result.event for result in results} == set(await log.read(0, 100))
    assert await positions(log) == list(range(1, 21))
