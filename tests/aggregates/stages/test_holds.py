"""Needs a person: every hold, and what does not hold."""

from dataclasses import replace

import pytest

from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from aggregates.stages import Placement, Stage, place
from events.catalogue import ActionKind
from tests.aggregates.builders import (
    ISSUE,
    a_label_change,
    a_lane,
    a_pull_request_seen,
    a_workflow,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    minute,
)

BARE = an_issue_seen(labels=())
CLOSED = a_pull_request_seen(state="closed", closed_at=minute(9))
UNASSIGNED = {ISSUE: an_assignment(present=False)}


def placed(lane: Lane) -> Placement:
    return place(a_workflow(lane))


def held_by(lane: Lane) -> str | None:
    placement = placed(lane)
    return placement.rule if placement.stage == Stage.NEEDS_HUMAN else None


def failed(kind: ActionKind = "assign", *, head_sha: str | None = None) -> Handling:
    error = "Copilot may not be assigned\nmore"
    return Handling(asked=(an_asked(kind, outcome="failed", error=error, head_sha=head_sha),))


def test_taken_over_by_a_person() -> None:
    lane = a_lane(issue=an_issue_seen(), handling=Handling(taken_over=True))
    assert held_by(lane) == "taken_over"
    assert placed(lane).waits[0].kind == "person"


def test_skipped_after_it_had_started() -> None:
    lane = a_lane(issue=an_assigned_issue(), handling=Handling(skipped=True))
    assert held_by(lane) == "skipped_underway"


def test_two_open_pull_requests_are_named() -> None:
    lane = a_lane(a_pull_request_seen(20), a_pull_request_seen(21), issue=an_assigned_issue())
    assert held_by(lane) == "several_pull_requests"
    assert placed(lane).reason == "several open pull requests work on the issue: #20, #21"


def test_one_open_and_one_closed_is_no_hold() -> None:
    assert held_by(a_lane(CLOSED, a_pull_request_seen(21), issue=an_assigned_issue())) is None


def test_closed_without_a_merge_while_copilot_is_assigned() -> None:
    assert held_by(a_lane(CLOSED, issue=an_assigned_issue())) == "closed_unmerged"


def test_closed_without_a_merge_and_queued_again_is_no_hold() -> None:
    assert placed(a_lane(CLOSED, issue=an_issue_seen())).stage == Stage.QUEUED


def test_unassigned_before_a_pull_request_and_not_queued() -> None:
    assert held_by(a_lane(issue=BARE, assignments=UNASSIGNED)) == "unassigned"
    assert held_by(a_lane(CLOSED, issue=BARE, assignments=UNASSIGNED)) == "unassigned"


def test_unassigned_is_no_hold_when_queued_underway_or_asked_for() -> None:
    since = UNASSIGNED[ISSUE].at.isoformat()
    coming = Handling(asked=(an_asked("assign", token=since, outcome="requested"),))
    for lane in (
        a_lane(issue=an_issue_seen(), assignments=UNASSIGNED),
        a_lane(a_pull_request_seen(), issue=BARE, assignments=UNASSIGNED),
        a_lane(issue=BARE, assignments=UNASSIGNED, handling=coming),
        a_lane(issue=BARE, assignments={ISSUE: an_assignment()}),  # not in the snapshot yet
    ):
        assert held_by(lane) is None


def test_what_a_person_unassigned_is_not_assigned_again_though_its_label_stayed() -> None:
    ours = Handling(asked=(an_asked("assign", token="0"),))
    lane = a_lane(issue=an_issue_seen(), assignments=UNASSIGNED, handling=ours)
    assert held_by(lane) == "unassigned"


def test_whoever_queues_it_anew_ends_the_hold() -> None:
    ours = Handling(asked=(an_asked("assign", token="0"),))
    anew = replace(a_label_change(present=True), at=minute(5))
    lane = a_lane(
        issue=an_issue_seen(),
        assignments=UNASSIGNED,
        handling=ours,
        labels={ISSUE: {anew.label: anew}},
    )
    assert held_by(lane) is None


def test_a_label_that_could_not_be_set_is_noted_and_no_hold() -> None:
    refused = an_asked("set_label", token="status:queued:0", outcome="failed", error="no such")
    lane = a_lane(issue=an_issue_seen(), handling=Handling(asked=(refused,)))
    assert held_by(lane) is None
    assert "the label status:queued could not be set: no such" in placed(lane).notes


def test_an_action_that_failed_says_its_error() -> None:
    lane = a_lane(issue=an_issue_seen(), handling=failed())
    assert held_by(lane) == "action_failed"
    assert placed(lane).reason == "the action assign failed: Copilot may not be assigned"


def test_a_failure_of_another_mode_is_no_hold() -> None:
    lane = a_lane(issue=an_issue_seen(), handling=failed())
    assert place(a_workflow(lane, mode="shadow")).stage == Stage.QUEUED


@pytest.mark.parametrize(
    ("kind", "head_sha", "holds"),
    [
        ("assign", None, False),
        ("mark_ready", "a" * 40, True),
        ("merge", "a" * 40, True),
        ("merge", "b" * 40, False),
        ("ask_to_fix_ci", "b" * 40, False),
    ],
)
def test_a_failure_holds_as_long_as_its_purpose(
    kind: ActionKind,
    head_sha: str | None,
    holds: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    handling = failed(kind, head_sha=head_sha)
    lane = a_lane(a_pull_request_seen(), issue=an_assigned_issue(), handling=handling)
    assert (held_by(lane) == "action_failed") is holds


def test_a_failed_marking_is_settled_once_a_person_marked_it() -> None:
    lane = a_lane(
        a_pull_request_seen(draft=False), issue=an_assigned_issue(), handling=failed("mark_ready")
    )
    assert held_by(lane) is None
