"""Which issue Copilot is given next, and when none is."""

from dataclasses import replace

import pytest

from aggregates.decisions import decide
from aggregates.lane import Lane
from aggregates.lane.conduct import Conduct, Handling
from aggregates.lane.seen import Seen
from aggregates.scope import Scope
from events.catalogue import WorkflowEnqueued, WorkflowRetried
from events.facts import IssueSeen
from events.facts.copilot import COPILOT_AGENT_ID
from tests.aggregates.builders import (
    ISSUE,
    REPOSITORY,
    a_dependency,
    a_lane,
    a_pull_request_seen,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    minute,
)
from tests.aggregates.decisions.deciding import (
    LIVE,
    SHADOW,
    a_scope,
    cancelled,
    failed,
    kinds,
    recorded,
    succeeded,
    the_only,
    told,
)

QUEUED = a_lane(issue=an_issue_seen())
TWO_AT_ONCE = a_scope(queue={"max_active": 2})


def lane_of(*issues: IssueSeen, **handlings: Handling) -> Lane:
    """A lane with issues, and handlings of them as ``_2=Handling(...)``."""
    known = {int(name[1:]): handling for name, handling in handlings.items()}
    return Lane(
        REPOSITORY,
        position=100,
        seen=Seen(issues={issue.number: issue for issue in issues}),
        conduct=Conduct(handlings=known),
    )


def assigned(lane: Lane, scope: Scope = LIVE) -> list[int]:
    """The issues that Copilot is to be given."""
    return [each.issue_number for each in decide(lane, scope) if each.kind == "assign"]


def test_the_first_of_the_queue_is_assigned_with_what_the_policy_tells_copilot() -> None:
    scope = a_scope(copilot={"base_branch": "next", "instructions": "Be brief", "model": "m"})
    decision = the_only(QUEUED, scope)
    assert (decision.kind, decision.issue_number, decision.token) == ("assign", ISSUE, "0")
    assert decision.reason == "it is next in the queue, and 0 of 1 are at work"
    assert decision.parameters == {
        "base_branch": "next",
        "instructions": "Be brief",
        "model": "m",
        "custom_agent": "",
    }


def test_an_operators_order_comes_first_then_the_older_issue() -> None:
    lane = lane_of(an_issue_seen(1, created_at=minute(9)), an_issue_seen(2, created_at=minute(1)))
    assert assigned(lane) == [2]
    reordered = replace(lane, conduct=Conduct(order=(1, 2)))
    assert assigned(reordered) == [1]


def test_as_many_are_assigned_as_there_are_places() -> None:
    lane = lane_of(*map(an_issue_seen, (1, 2, 3)))
    assert assigned(lane, TWO_AT_ONCE) == [1, 2]
    reasons = [each.reason.partition(", ")[2] for each in decide(lane, TWO_AT_ONCE)]
    assert reasons == ["and 0 of 2 are at work", "and 1 of 2 are at work"]


def test_what_is_at_work_takes_a_place() -> None:
    lane = lane_of(an_assigned_issue(number=1), an_issue_seen(2), an_issue_seen(3))
    assert assigned(lane) == []
    assert assigned(lane, TWO_AT_ONCE) == [2]


def test_an_open_pull_request_takes_a_place_even_once_copilot_was_unassigned() -> None:
    lane = a_lane(a_pull_request_seen(), issue=an_issue_seen(labels=()))
    other = an_issue_seen(2)
    lane = replace(lane, seen=replace(lane.seen, issues={**lane.seen.issues, 2: other}))
    assert assigned(lane) == []
    assert assigned(lane, TWO_AT_ONCE) == [2]


def test_an_assignment_that_github_has_not_shown_takes_a_place() -> None:
    lane = recorded(lane_of(an_issue_seen(1), an_issue_seen(2)))
    assert lane.handling(1).asked[-1].kind == "assign"
    assert assigned(lane) == []
    assert assigned(lane, TWO_AT_ONCE) == [2]


@pytest.mark.parametrize("handling", [Handling(taken_over=True), Handling(skipped=True)])
def test_what_a_person_took_over_or_skipped_takes_no_place(handling: Handling) -> None:
    working = an_assigned_issue(number=1)
    assert assigned(lane_of(working, an_issue_seen(2), _1=handling)) == [2]
    assert assigned(lane_of(working, an_issue_seen(2), _1=Handling())) == []


@pytest.mark.parametrize("state_reason", ["completed", "not_planned"])
def test_work_that_ended_takes_no_place(state_reason: str) -> None:
    ended = an_assigned_issue(number=1, state="closed", state_reason=state_reason)
    assert assigned(lane_of(ended, an_issue_seen(2))) == [2]


def test_work_that_failed_without_a_trace_at_github_takes_no_place() -> None:
    lane = failed(recorded(lane_of(an_issue_seen(1), an_issue_seen(2))))
    assert assigned(lane) == [2]


@pytest.mark.parametrize("scope", [a_scope("off"), a_scope(paused=True), a_scope(acting_user=None)])
def test_nothing_is_assigned_in_mode_off_paused_or_live_without_an_acting_user(
    scope: Scope,
) -> None:
    assert assigned(QUEUED) == [ISSUE]
    assert assigned(QUEUED, scope) == []


def test_in_shadow_mode_nobody_has_to_act() -> None:
    assert assigned(QUEUED, SHADOW) == [ISSUE]


@pytest.mark.parametrize("handling", [Handling(taken_over=True), Handling(skipped=True)])
def test_what_a_person_took_over_or_skipped_is_not_assigned(handling: Handling) -> None:
    assert assigned(a_lane(issue=an_issue_seen(), handling=handling)) == []


@pytest.mark.parametrize(
    "issue",
    [
        an_issue_seen(labels=()),
        an_issue_seen(state="closed"),
        an_issue_seen(deleted=True),
        an_issue_seen(transferred=True),
        an_issue_seen(assignee_ids=(COPILOT_AGENT_ID,)),
    ],
)
def test_what_is_unqueued_closed_gone_or_assigned_is_not(issue: IssueSeen) -> None:
    assert assigned(a_lane(issue=issue)) == []


def test_what_an_operator_took_out_of_the_queue_is_not_assigned() -> None:
    assert assigned(a_lane(issue=an_issue_seen(), handling=Handling(enqueued=False))) == []


def test_a_blocked_issue_lets_the_next_one_pass_unless_dependencies_are_off() -> None:
    blocked = an_issue_seen(1)
    lane = lane_of(blocked, an_issue_seen(2), an_issue_seen(3, labels=()))
    seen = replace(lane.seen, dependencies={1: {"7#3": a_dependency(3)}})
    lane = replace(lane, seen=seen)
    assert assigned(lane) == [2]
    assert assigned(lane, a_scope(queue={"dependencies": False})) == [1]


def test_what_was_asked_for_is_not_asked_for_again_whether_github_took_it_or_not() -> None:
    asked = recorded(QUEUED)
    assert kinds(asked) == []
    assert kinds(succeeded(asked)) == []
    assert assigned(failed(asked)) == []


def test_an_assignment_called_off_is_decided_again() -> None:
    assert assigned(cancelled(recorded(QUEUED))) == [ISSUE]


def test_going_live_decides_afresh() -> None:
    shadowed = recorded(QUEUED, SHADOW)
    assert assigned(shadowed, SHADOW) == []
    assert assigned(shadowed) == [ISSUE]


def test_a_retry_assigns_anew_once_what_failed_was_cleared() -> None:
    stopped = failed(recorded(QUEUED))
    assert assigned(stopped) == []
    assert assigned(told(stopped, WorkflowRetried(issue_number=ISSUE))) == [ISSUE]


def test_after_a_person_unassigned_copilot_it_is_assigned_only_when_queued_anew() -> None:
    issue = an_issue_seen()
    unassigned = {ISSUE: an_assignment(present=False)}
    ours = Handling(asked=(an_asked("assign", token="0"),))
    left = a_lane(issue=issue, handling=ours, assignments=unassigned)
    assert assigned(left) == []
    retried = told(left, WorkflowRetried(issue_number=ISSUE))
    decision = the_only(retried)
    assert decision.token == minute(1).isoformat()


def test_an_issue_named_by_an_operator_waits_until_github_tells_of_it() -> None:
    lane = told(Lane(REPOSITORY, position=100), WorkflowEnqueued(issue_number=ISSUE))
    assert assigned(lane) == []
