"""What the log promises, on both databases."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from events.envelope import LARGE, LEFT_OUT, Event, NewEvent
from events.log import EventLog
from events.wake import Wake
from runtime.database import open_database
from tests.conftest import Clock
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio

LARGEST = 2**63 - 1
PAYLOADS = (
    "",
    '\ufeff{ "a" :1.0 }\r\n\t',
    r'{"a":"\u0000","b":"\ud800","c":"\\u0000"}',  # escapes of what is no text
    "'\"\\%s:x;--\x01\x7f\u2028",
    "é e\u0301 漢字 😀 \U0010ffff \uffff",  # all planes, nothing normalised
    "x😀" * 200_000,  # a megabyte
)


def as_new(event: Event) -> NewEvent:
    """What was handed in of an event that came out."""
    return NewEvent(**{field.name: getattr(event, field.name) for field in fields(NewEvent)})


async def test_positions_start_at_one_and_have_no_hole(log: EventLog) -> None:
    appended = [(await log.append(an_event()))[0] for _ in range(3)]
    assert [each.event.position for each in appended] == [1, 2, 3]
    assert [event.position for event in await log.read(0, 10)] == [1, 2, 3]


async def test_an_empty_log_has_its_head_at_zero(log: EventLog) -> None:
    head = await log.head()
    assert (head.position, head.hash) == (0, "0" * 64)
    assert await log.read(0, 10) == []
    assert await log.event(1) is None


async def test_the_head_is_the_newest_event(log: EventLog) -> None:
    [_, last] = await log.append(an_event(), an_event())
    head = await log.head()
    assert (head.position, head.hash) == (2, last.event.hash)
    assert head.recorded_at == last.event.recorded_at


async def test_several_events_of_one_append_keep_their_order(log: EventLog) -> None:
    ids = [uuid4() for _ in range(20)]
    appended = await log.append(*(an_event(id=each) for each in ids))
    assert [each.event.id for each in appended] == ids
    assert [event.id for event in await log.read(0, 100)] == ids


async def test_an_append_of_nothing_changes_nothing(log: EventLog) -> None:
    assert await log.append() == []
    assert (await log.head()).position == 0


async def test_what_append_returns_is_what_can_be_read(log: EventLog) -> None:
    [appended] = await log.append(
        an_event(occurred_at=datetime(2025, 6, 1, 1, 2, 3, 4, tzinfo=UTC))
    )
    assert not appended.duplicate
    assert await log.read(0, 10) == [appended.event]
    assert await log.event(1) == appended.event


async def test_every_field_comes_back(log: EventLog) -> None:
    new = an_event(
        source="operator",
        type="lane",
        action="paused",
        schema_version=3,
        installation_id=LARGEST,
        repository_id=LARGEST - 1,
        actor_id=LARGEST - 2,
        actor_login="monalisa-ö",
        subject_kind="issue",
        subject_number=LARGEST - 3,
        head_sha="a" * 40,
        occurred_at=datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        causation_id=uuid4(),
        correlation_id=uuid4(),
    )
    await log.append(new)
    assert [as_new(event) for event in await log.read(0, 10)] == [new]


async def test_integers_have_64_bits(log: EventLog) -> None:
    numbers = [LARGEST, -LARGEST - 1, 0, 2**31, 2**53 + 1]
    await log.append(*(an_event(repository_id=number) for number in numbers))
    assert [event.repository_id for event in await log.read(0, 10)] == numbers


async def test_what_is_null_stays_null(log: EventLog) -> None:
    new = NewEvent(id=uuid4(), source="github", type="ping", payload="{}")
    await log.append(new)
    [event] = await log.read(0, 10)
    assert as_new(event) == new
    nullable = [field.name for field in fields(NewEvent) if field.default is None]
    assert len(nullable) == 12
    assert {getattr(event, name) for name in nullable} == {None}


async def test_a_payload_comes_back_byte_for_byte(log: EventLog) -> None:
    for payload in PAYLOADS:
        [appended] = await log.append(an_event(payload=payload))
        position = appended.event.position
        event = await log.event(position)
        assert event is not None
        is_large = len(payload.encode()) > LARGE  # these are left out of what is read by the way
        assert event.payload == (LEFT_OUT if is_large else payload)
        assert replace(event, payload=payload) == appended.event
        assert await log.raw(position) == payload.encode()


async def test_recorded_at_is_the_clocks_time_to_the_microsecond(
    log: EventLog, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    await log.append(an_event())
    assert [event.recorded_at for event in await log.read(0, 10)] == [clock.now]


async def test_recorded_at_never_runs_backwards_though_the_clock_does(
    log: EventLog, clock: Clock
) -> None:
    start = clock.now
    for seconds in (0, -3600, -1, 1, 0, 2):
        clock.now = start + timedelta(seconds=seconds)
        await log.append(an_event())
    recorded = [event.recorded_at - start for event in await log.read(0, 10)]
    assert [each.total_seconds() for each in recorded] == [0, 0, 0, 1, 1, 2]


async def test_a_log_that_takes_appends_says_so_and_stays_as_it_is(log: EventLog) -> None:
    await log.append(an_event())
    before = await log.head()
    await log.check_appendable()
    assert await log.head() == before


async def test_a_reopened_log_goes_on_where_it_was(database_url: str, clock: Clock) -> None:
    ids = [UUID(int=n) for n in range(1, 4)]
    for event_id in ids:
        database = open_database(database_url)
        await EventLog(database, clock, Wake()).append(an_event(id=event_id))
        await database.close()
    database = open_database(database_url)
    log = EventLog(database, clock, Wake())
    assert [(event.position, event.id) for event in await log.read(0, 10)] == list(
        enumerate(ids, start=1)
    )
    await database.close()
