"""Nothing is decided and nothing runs while a lane is off or paused, whoever said so."""

from dataclasses import replace

import pytest

from aggregates.acting import ActingUser
from aggregates.decisions import Outlook, consider, decide, timers
from aggregates.lane import Lane, initial_state
from aggregates.lane.ours import Pause, PolicyLayer
from aggregates.policy import canonical
from aggregates.surroundings import EVERYWHERE, Surroundings
from events.catalogue import LanePaused, LaneResumed, ModeSet
from tests.aggregates.builders import a_lane, an_assigned_issue, an_issue_seen
from tests.aggregates.decisions.conducted import (
    USER,
    Section,
    conducted,
    kinds,
    recorded,
    said,
    waits,
)
from tests.aggregates.decisions.pulls import (
    FAILED,
    PASSED,
    a_draft,
    a_ready,
    approved,
    hearing,
    refused,
)

INSTALLATION = 5
PAUSE = Pause(1, "an incident")
BUSY = [
    a_lane(issue=an_issue_seen()),
    a_ready(FAILED),
    refused(),
    a_draft(PASSED),
    approved(PASSED),
    hearing(a_draft(finished=False), pull=7),
]


def busy(lane: Lane) -> Lane:
    settings: dict[str, Section] = {
        "labels": {"sync": True},
        "merge": {"automatic": True},
        "review": {"copilot": True},
    }
    return replace(conducted(lane, **settings), installation_id=INSTALLATION)


@pytest.mark.parametrize("lane", [*map(busy, BUSY)])
def test_off_or_paused_nothing_is_decided_and_nothing_is_waited_for(lane: Lane) -> None:
    assert consider(lane, USER) != Outlook()
    assert consider(said(lane, ModeSet(mode="off")), USER) == Outlook()
    paused = said(lane, LanePaused())
    assert consider(paused, USER) == Outlook()
    assert consider(said(paused, LaneResumed()), USER) == consider(lane, USER)
    for where in (EVERYWHERE, INSTALLATION):
        assert consider(lane, replace(USER, pauses={where: PAUSE})) == Outlook()
    assert consider(lane, replace(USER, pauses={6: PAUSE})) == consider(lane, USER)


def test_a_policy_turns_a_lane_off_until_an_operator_says_otherwise() -> None:
    lane = conducted(a_lane(issue=an_issue_seen()))
    lane = replace(lane, ours=replace(lane.ours, mode=None))
    scope = replace(USER, policies={EVERYWHERE: PolicyLayer(canonical({"mode": "off"}))})
    assert consider(lane, scope) == Outlook()
    assert kinds(said(lane, ModeSet(mode="shadow")), scope) == ["assign"]


def test_an_acting_user_of_another_installation_is_none() -> None:
    lane = busy(a_lane(issue=an_issue_seen()))
    ada = ActingUser(1, "ada")
    assert "assign" in kinds(lane, Surroundings(acting={INSTALLATION: ada}))
    assert "assign" not in kinds(lane, Surroundings(acting={6: ada}))


def test_decisions_and_waits_are_both_sides_of_the_outlook() -> None:
    lane = busy(hearing(a_draft(finished=False), pull=7))
    outlook = consider(lane, USER)
    assert (outlook.decisions, outlook.timers) == (decide(lane, USER), timers(lane, USER))
    assert kinds(lane) == ["set_label"]
    assert waits(lane) == [("no_progress", "7")]


def test_of_an_empty_lane_nothing_is_wanted() -> None:
    assert consider(conducted(initial_state(7)), USER) == Outlook()


def test_copilots_place_is_free_again_once_the_work_ended() -> None:
    second = an_issue_seen(2)
    lane = a_lane(issues={1: an_assigned_issue(), 2: second})
    assert kinds(conducted(lane)) == []
    done = an_assigned_issue(state="closed", state_reason="completed")
    lane = a_lane(issues={1: done, 2: second})
    assert kinds(recorded(conducted(lane))) == []
    assert kinds(conducted(lane)) == ["assign"]
