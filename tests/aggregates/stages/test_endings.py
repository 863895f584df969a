"""Done and cancelled: work that is over, or never began."""

import pytest

from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from aggregates.stages import Placement, Stage, place
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

LABELS = {ISSUE: {"status:queued": a_label_change()}}
BARE = an_issue_seen(labels=())


def placed(lane: Lane) -> Placement:
    return place(a_workflow(lane))


def test_a_merged_pull_request_is_done_whatever_else_holds() -> None:
    pull = a_pull_request_seen(state="closed", merged=True, merged_at=minute(9))
    lane = a_lane(pull, issue=an_assigned_issue(), handling=Handling(taken_over=True))
    placement = placed(lane)
    assert (placement.stage, placement.rule) == (Stage.DONE, "merged")
    assert placement.reason == "pull request #20 was merged"


@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        ("completed", Stage.DONE),
        (None, Stage.DONE),
        ("not_planned", Stage.CANCELLED),
        ("duplicate", Stage.CANCELLED),
    ],
)
def test_a_closed_issue_ends_by_its_reason(reason: str | None, stage: Stage) -> None:
    assert placed(a_lane(issue=an_issue_seen(state="closed", state_reason=reason))).stage == stage


def test_a_reason_for_people_names_how_it_was_closed() -> None:
    issue = an_issue_seen(state="closed", state_reason="not_planned")
    assert placed(a_lane(issue=issue)).reason == "the issue was closed as not planned"


def test_an_issue_that_is_gone_is_cancelled() -> None:
    for issue in (an_issue_seen(deleted=True), an_issue_seen(transferred=True)):
        placement = placed(a_lane(issue=issue, labels=LABELS))
        assert (placement.stage, placement.rule) == (Stage.CANCELLED, "gone")


def test_skipped_before_it_started_it_is_cancelled() -> None:
    placement = placed(a_lane(issue=an_issue_seen(), handling=Handling(skipped=True)))
    assert (placement.stage, placement.reason) == (Stage.CANCELLED, "an operator skipped it")


def test_unqueued_before_it_started_it_is_cancelled() -> None:
    placement = placed(a_lane(issue=BARE, labels=LABELS))
    assert (placement.stage, placement.rule) == (Stage.CANCELLED, "unqueued")


def test_unqueued_with_only_a_closed_pull_request_it_is_cancelled() -> None:
    pull = a_pull_request_seen(state="closed", closed_at=minute(9))
    assert placed(a_lane(pull, issue=BARE, labels=LABELS)).rule == "unqueued"


def test_unqueued_after_it_started_it_is_not_cancelled() -> None:
    asked = Handling(asked=(an_asked("assign", outcome="requested"),))
    for lane in (
        a_lane(issue=an_assigned_issue(), labels=LABELS),
        a_lane(a_pull_request_seen(), issue=BARE, labels=LABELS),
        a_lane(issue=BARE, labels=LABELS, handling=asked),
        a_lane(issue=BARE, labels=LABELS, assignments={ISSUE: an_assignment(present=False)}),
    ):
        assert placed(lane).stage != Stage.CANCELLED


def test_an_assignment_that_shadow_mode_recorded_is_no_start() -> None:
    recorded = (an_asked("assign", token="0", mode="shadow", outcome="requested"),)
    left = a_lane(issue=BARE, labels=LABELS, handling=Handling(asked=recorded))
    skipped = a_lane(issue=an_issue_seen(), handling=Handling(asked=recorded, skipped=True))
    rules = [place(a_workflow(lane, mode="shadow")).rule for lane in (left, skipped)]
    assert rules == ["unqueued", "skipped"]
