"""The lively history is the same each time, and as heavy as what GitHub sends."""

from itertools import islice

from benchmarks.history import LANES, happenings
from events.envelope import GITHUB


def test_it_is_the_same_each_time() -> None:
    assert [*islice(happenings(), 300)] == [*islice(happenings(), 300)]


def test_it_tells_of_every_lane_in_deliveries_of_a_typical_size_and_words_of_our_own() -> None:
    told = [*islice(happenings(), 3000)]
    assert len({event.id for event in told}) == len(told)
    assert len({event.repository_id for event in told} - {None}) == LANES
    assert 5000 < sum(len(event.payload) for event in told) / len(told) < 6000
    assert 0.2 < sum(event.source != GITHUB for event in told) / len(told) < 0.4
