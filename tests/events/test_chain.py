"""The hash chain's encoding, fixed by test vectors that no change of code may change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import chain
from events.envelope import Event, NewEvent
from events.log import EventLog
from tests.conftest import Clock
from tests.events.builders import an_event

RECORDED_AT = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = NewEvent(
    id=UUID("00000000-0000-4000-8000-000000000001"), source="github", type="ping", payload="{}"
)
FULL = NewEvent(
    id=UUID("ABCDEF00-0000-4000-8000-000000000002"),
    source="operator",
    type="lane",
    action="paused",
    schema_version=1,
    installation_id=2**63 - 1,
    repository_id=0,
    actor_id=-1,
    actor_login="möna-漢-😀",
    subject_kind="",
    subject_number=17,
    head_sha="0123abcd",
    occurred_at=datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    causation_id=SMALL.id,
    correlation_id=UUID("00000000-0000-4000-8000-00000000000f"),
    headers='{"a":"b"}',
    payload='{ "ü": "\\ud800" }\n',
)
SMALL_HASH = "c75c28813bbe971e016b73ef0142a590fc3e8e2477a0bed7cd0c591647526fc0"
FULL_HASH = "7a1cab658cee102884980b02ede6096f02269d71a46fa2d8b025d040951deae4"
SMALL_PAYLOAD = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def spelled_out(*values: str | None) -> bytes:
    """The encoding of fields once more, from its description and not from the code."""
    encoded = b""
    for value in values:
        if value is None:
            encoded += b"\xff\xff\xff\xff"
        else:
            text = value.encode("utf-8")
            encoded += bytes([0, 0, len(text) // 256, len(text) % 256]) + text
    return encoded


def test_the_first_vector_follows_from_the_description() -> None:
    fields = spelled_out(
        "1",
        "1767225600000000",
        "00000000-0000-4000-8000-000000000001",
        "github",
        "ping",
        *[None] * 12,
        "{}",
        SMALL_PAYLOAD,
    )
    assert sha256(b"\x01" + bytes(32) + fields).hexdigest() == SMALL_HASH


def test_the_second_vector_follows_from_the_description() -> None:
    fields = spelled_out(
        "2",
        "1767225600000000",
        "abcdef00-0000-4000-8000-000000000002",
        "operator",
        "lane",
        "paused",
        "1",
        "9223372036854775807",
        "0",
        "-1",
        "möna-漢-😀",
        "",
        "17",
        "0123abcd",
        "946684799999999",
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-00000000000f",
        '{"a":"b"}',
        sha256(b'{ "\xc3\xbc": "\\ud800" }\n').hexdigest(),
    )
    assert sha256(b"\x01" + bytes.fromhex(SMALL_HASH) + fields).hexdigest() == FULL_HASH


@pytest.mark.anyio
async def test_both_databases_keep_the_vectors(log: EventLog, clock: Clock) -> None:
    clock.now = RECORDED_AT
    appended = await log.append(SMALL, FULL)
    assert [each.event.hash for each in appended] == [SMALL_HASH, FULL_HASH]
    [small, full] = await log.read(0, 10)
    assert [small.hash, full.hash, (await log.head()).hash] == [SMALL_HASH, FULL_HASH, FULL_HASH]
    assert small.payload_sha256 == chain.digest(small.payload) == SMALL_PAYLOAD
    assert chain.expected_hash(chain.GENESIS, small, small.payload_sha256) == SMALL_HASH
    assert chain.expected_hash(SMALL_HASH, full, full.payload_sha256) == FULL_HASH


def test_every_field_of_an_event_is_in_the_chain() -> None:
    of_the_place = {"position", "recorded_at", "payload_sha256", "hash"}
    every = {*Event.__dataclass_fields__} - of_the_place - {"payload"}
    assert set(chain.FIELDS) == every
    assert len(chain.FIELDS) == len(every)


def test_where_one_field_ends_and_the_next_begins_counts() -> None:
    one, other = an_event(type="ab", action="c"), an_event(type="a", action="bc")
    assert chain.seal(replace(one, id=other.id), "") != chain.seal(other, "")


def test_null_is_not_the_empty_text() -> None:
    event = an_event(action=None)
    assert chain.seal(event, "") != chain.seal(replace(event, action=""), "")


def test_no_text_looks_like_null() -> None:
    event = an_event(action=None, subject_kind="")
    for text in ("\xff\xff\xff\xff", "None", "null", "\0\0\0\0"):
        assert chain.seal(event, "") != chain.seal(replace(event, action=text), "")


def test_a_time_is_the_same_in_every_zone_and_each_microsecond_counts() -> None:
    event = an_event(occurred_at=RECORDED_AT)
    elsewhere = RECORDED_AT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    later = RECORDED_AT + timedelta(microseconds=1)
    assert chain.seal(replace(event, occurred_at=elsewhere), "") == chain.seal(event, "")
    assert chain.seal(replace(event, occurred_at=later), "") != chain.seal(event, "")


@given(
    st.lists(st.none() | st.text(max_size=3), min_size=4, max_size=4),
    st.lists(st.none() | st.text(max_size=3), min_size=4, max_size=4),
)
def test_equal_bytes_mean_equal_fields(one: list[str | None], other: list[str | None]) -> None:
    names = ("action", "actor_login", "subject_kind", "head_sha")
    sealed = [
        chain.seal(replace(SMALL, **dict(zip(names, values, strict=True))), "")  # type: ignore[arg-type]
        for values in (one, other)
    ]
    assert (sealed[0] == sealed[1]) == (one == other)


@pytest.mark.parametrize(
    ("previous", "position", "moment"),
    [("1" * 64, 1, RECORDED_AT), ("0" * 64, 2, RECORDED_AT), ("0" * 64, 1, RECORDED_AT.max)],
)
def test_the_place_of_an_event_is_part_of_its_hash(
    previous: str, position: int, moment: datetime
) -> None:
    sealed = chain.seal(SMALL, SMALL_PAYLOAD)
    assert chain.link("0" * 64, 1, RECORDED_AT, sealed) == SMALL_HASH
    assert chain.link(previous, position, moment.replace(tzinfo=UTC), sealed) != SMALL_HASH
