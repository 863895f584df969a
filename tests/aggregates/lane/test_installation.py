"""Whose a lane is: as deliveries tell, and until one does, as our own events say."""

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, evolve, initial_state
from events.catalogue import About, LanePaused, LaneResumed
from events.envelope import Event
from tests.aggregates.lane.own_events import placed, said
from tests.events.builders import an_event

OURS, PLAIN, FIVE = "a command", "a plain webhook", "a delivery of installation 5"


def told(kind: str, position: int) -> Event:
    if kind == OURS:
        content = LanePaused(reason="why") if position % 2 else LaneResumed()
        return said(content, position, about=About(installation_id=6, repository_id=7))
    whose = 5 if kind == FIVE else None
    return placed(an_event(repository_id=7, installation_id=whose), position)


def lane_after(kinds: list[str]) -> Lane:
    lane = initial_state(7)
    for position, kind in enumerate(kinds, start=1):
        lane = evolve(lane, told(kind, position))
    return lane


def test_a_lane_that_only_a_command_told_of_is_its_installations() -> None:
    assert lane_after([OURS]).installation_id == 6


@given(kinds=st.lists(st.sampled_from([OURS, PLAIN, FIVE]), max_size=8))
def test_what_a_delivery_tells_always_holds_over_a_command(kinds: list[str]) -> None:
    lane = lane_after(kinds)
    assert (lane.installation_id == 5) == (FIVE in kinds)
