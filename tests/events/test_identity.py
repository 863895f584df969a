"""Ids of our own events: drawn from a key, or from the time."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.identity import keyed_id, timed_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 (Hypothesis adds the zone)
    timezones=st.just(UTC),
)


def milliseconds_of(event_id: UUID) -> int:
    return event_id.int >> 80


def test_a_key_always_has_the_same_id() -> None:
    assert keyed_id("lane/17/assign/1") == UUID("d27602e6-1381-59f4-8537-05b891022a51")


def test_another_key_has_another_id() -> None:
    assert keyed_id("lane/17/assign/1") != keyed_id("lane/17/assign/2")


def test_a_keyed_id_is_a_version_5_uuid() -> None:
    assert keyed_id("a key").version == 5
    assert keyed_id("a key").variant == RFC_4122


def test_a_timed_id_is_the_example_of_rfc_9562() -> None:
    moment = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    random = bytes.fromhex("0cc318c4dc0c0c07398f")
    assert timed_id(moment, random) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


@given(MOMENTS, st.binary(min_size=10, max_size=10))
@example(datetime(6430, 1, 1, microsecond=256974, tzinfo=UTC), bytes(10))  # where floats round
def test_a_timed_id_is_a_version_7_uuid_of_its_millisecond(now: datetime, random: bytes) -> None:
    event_id = timed_id(now, random)
    assert event_id.version == 7
    assert event_id.variant == RFC_4122
    assert milliseconds_of(event_id) == (now - EPOCH) // timedelta(milliseconds=1)


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_a_later_millisecond_sorts_later(one: bytes, two: bytes) -> None:
    assert timed_id(NOW, one) < timed_id(NOW + timedelta(milliseconds=1), two)


@given(st.binary(min_size=10, max_size=10), st.integers(0, 79))
def test_all_random_bits_but_six_reach_the_id(random: bytes, bit: int) -> None:
    flipped = (int.from_bytes(random) ^ (1 << bit)).to_bytes(10)
    overwritten = bit in (62, 63, 76, 77, 78, 79)  # variant and version stand there
    assert (timed_id(NOW, random) == timed_id(NOW, flipped)) == overwritten


@pytest.mark.parametrize("length", [0, 9, 11, 16])
def test_any_other_number_of_random_bytes_is_an_error(length: int) -> None:
    with pytest.raises(ValueError, match=f"10 random bytes, not {length}"):
        timed_id(NOW, bytes(length))
