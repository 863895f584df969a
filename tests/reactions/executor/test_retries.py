"""When something is tried again: later each time, never before GitHub wants it, never too late."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reactions.executor.outcomes import delay, end_of
from reactions.ports.failures import RateLimited, Unavailable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST = 300.0

tries = st.integers(1, 8)
chances = st.floats(0, 1)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the zone is given)


@given(tried=tries, random=chances)
def test_it_takes_about_twice_as_long_each_time_and_at_random(tried: int, random: float) -> None:
    seconds = delay(RuntimeError(), tried, NOW, random)
    assert 2**tried / 2 <= seconds <= min(2**tried, LONGEST)
    assert delay(RuntimeError(), tried, NOW, 0.0) < delay(RuntimeError(), tried, NOW, 1.0)


@given(tried=tries, random=chances, until=moments)
def test_nothing_is_tried_before_github_wants_it(
    tried: int, random: float, until: datetime
) -> None:
    waited = delay(Unavailable("Service Unavailable", until=until), tried, NOW, random)
    assert waited >= delay(RuntimeError(), tried, NOW, random)
    assert waited >= min((until - NOW).total_seconds(), 7200)
    assert waited <= max(7200, LONGEST)


@given(until=moments)
def test_a_limit_ends_when_github_says_within_bounds(until: datetime) -> None:
    end = end_of(RateLimited("slow down", until=until, secondary=False), NOW)
    assert NOW < end <= NOW + timedelta(hours=2)
    if NOW + timedelta(seconds=1) <= until <= NOW + timedelta(hours=2):
        assert end == until
