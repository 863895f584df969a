"""Whose workflow there is, and which pull request is its."""

import pytest

from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from aggregates.workflow import workflow_of
from tests.aggregates.builders import (
    ASSIGNER,
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_label_change,
    a_lane,
    a_pull_request_seen,
    a_request,
    a_review_seen,
    a_workflow,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    checks_of,
    circumstances_with,
    minute,
    requests_of,
)

BARE = an_issue_seen(labels=())
MERGED = a_pull_request_seen(state="closed", merged=True, merged_at=minute(20))
CLOSED = a_pull_request_seen(state="closed", closed_at=minute(20))


def test_an_issue_that_nobody_queued_is_none_of_ours() -> None:
    assert workflow_of(a_lane(issue=BARE), circumstances_with(), ISSUE) is None
    assert workflow_of(a_lane(), circumstances_with(), ISSUE) is None


@pytest.mark.parametrize(
    "lane",
    [
        a_lane(issue=an_issue_seen()),
        a_lane(issue=an_issue_seen(labels=("status:blocked",))),
        a_lane(issue=an_issue_seen(state="closed")),
        a_lane(issue=an_assigned_issue()),
        a_lane(issue=BARE, labels={ISSUE: {"status:queued": a_label_change()}}),
        a_lane(issue=BARE, assignments={ISSUE: an_assignment(present=False)}),
        a_lane(a_pull_request_seen(), issue=BARE),
        a_lane(handling=Handling(enqueued=True)),
    ],
)
def test_an_issue_that_had_to_do_with_us_is_ours(lane: Lane) -> None:
    assert workflow_of(lane, circumstances_with(), ISSUE) is not None


def test_the_label_of_something_else_makes_no_workflow() -> None:
    lane = a_lane(issue=BARE, labels={ISSUE: {"bug": a_label_change("bug")}})
    assert workflow_of(lane, circumstances_with(), ISSUE) is None


def test_an_operator_counts_before_the_label() -> None:
    assert a_workflow(a_lane(issue=BARE, handling=Handling(enqueued=True))).queued
    assert not a_workflow(a_lane(issue=an_issue_seen(), handling=Handling(enqueued=False))).queued


def test_a_closed_issue_is_not_queued() -> None:
    lane = a_lane(issue=an_issue_seen(state="closed"), handling=Handling(enqueued=True))
    assert not a_workflow(lane).queued


def test_it_is_started_by_an_assignment_a_pull_request_or_our_asking() -> None:
    issue = an_issue_seen()
    assert not a_workflow(a_lane(issue=issue)).started
    assert a_workflow(a_lane(issue=an_assigned_issue())).started
    assert a_workflow(a_lane(CLOSED, issue=issue)).started
    for outcome, mode, started in (
        ("requested", "live", True),
        ("succeeded", "live", True),
        ("failed", "live", False),
        ("cancelled", "live", False),
        ("requested", "shadow", False),
    ):
        asked = an_asked("assign", outcome=outcome, mode=mode)
        lane = a_lane(issue=issue, handling=Handling(asked=(asked,)))
        assert a_workflow(lane).started is started


def test_the_one_open_pull_request_is_chosen_before_any_closed_one() -> None:
    opened = a_pull_request_seen(21)
    workflow = a_workflow(a_lane(MERGED, opened, issue=an_assigned_issue()))
    assert workflow.pull_request == opened
    assert workflow.open_candidates == (21,)
    assert workflow.open_pull == opened


def test_of_several_open_ones_none_is_chosen() -> None:
    pulls = (a_pull_request_seen(21), a_pull_request_seen(20))
    workflow = a_workflow(a_lane(*pulls, issue=an_assigned_issue()))
    assert workflow.pull_request is None
    assert workflow.open_candidates == (20, 21)


def test_a_merged_one_is_chosen_before_a_later_closed_one() -> None:
    later = a_pull_request_seen(21, state="closed", closed_at=minute(30), updated_at=minute(30))
    assert a_workflow(a_lane(MERGED, later, issue=an_issue_seen())).pull_request == MERGED


@pytest.mark.parametrize(("reopened", "counts"), [(19, True), (20, False), (21, False)])
def test_a_merge_before_the_issue_was_reopened_is_of_another_round(
    reopened: float,
    counts: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    lane = a_lane(MERGED, issue=an_issue_seen(), reopened={ISSUE: minute(reopened)})
    assert (a_workflow(lane).pull_request is not None) is counts


@pytest.mark.parametrize(("assigned", "counts"), [(19, True), (20, True), (21, False)])
def test_a_closed_one_is_of_another_round_once_copilot_is_assigned_anew(
    assigned: float,
    counts: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    lane = a_lane(
        CLOSED, issue=an_assigned_issue(), assignments={ISSUE: an_assignment(at=assigned)}
    )
    assert (a_workflow(lane).pull_request is not None) is counts


def test_verdicts_are_those_of_the_head_and_without_the_assigner() -> None:
    lane = a_lane(
        a_pull_request_seen(),
        issue=an_assigned_issue(),
        assignments={ISSUE: an_assignment()},
        commits={HEAD: checks_of(a_check("new")), "b" * 40: checks_of(a_check("old"))},
        reviews={PULL: {1: a_review_seen(author=ASSIGNER), 2: a_review_seen(id=2)}},
    )
    assert a_workflow(lane).checks.passed == ("new",)
    assert len(a_workflow(lane).reviews.approved_by) == 1


def test_a_team_that_the_pull_request_no_longer_lists_is_not_awaited() -> None:
    requests = {PULL: requests_of(a_request(None, team="core", at=5))}
    for pull, awaited in (
        (a_pull_request_seen(updated_at=minute(6)), ()),
        (a_pull_request_seen(updated_at=minute(6), requested_teams=("core",)), ("core",)),
        (a_pull_request_seen(updated_at=minute(5)), ("core",)),
    ):
        lane = a_lane(pull, issue=an_assigned_issue(), requests=requests)
        assert a_workflow(lane).reviews.awaited == awaited
