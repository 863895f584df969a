from datetime import UTC, datetime

import pytest

from events.github import (
    AssignmentChanged,
    IssueReopened,
    LabelChanged,
    MergeQueueChanged,
    ReviewRequested,
)
from events.github.copilot import is_copilot_agent, is_copilot_reviewer
from simulator.payloads import (
    a_label,
    a_repository,
    a_user,
    copilot_agent,
    copilot_reviewer,
    deliveries,
)
from tests.events.readings import fact_of, facts_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def test_labels_and_assignments_of_a_pull_request_are_told_apart_from_an_issue_s() -> None:
    labeled = deliveries.pull_request("labeled", label=a_label("bug"))
    assigned = deliveries.pull_request("assigned", assignee=a_user("grace-keen"))

    assert fact_of(LabelChanged, "pull_request", labeled).is_pull_request
    assert fact_of(AssignmentChanged, "pull_request", assigned).is_pull_request


@pytest.mark.parametrize(
    ("action", "present"), [("review_requested", True), ("review_request_removed", False)]
)
def test_copilot_requests_a_review_when_it_is_done(action: str, *, present: bool) -> None:
    payload = deliveries.pull_request(action, sender=copilot_agent())

    requested = fact_of(ReviewRequested, "pull_request", payload)

    assert requested.reviewer_id == a_user("grace-keen")["id"]
    assert requested.team is None
    assert requested.present is present
    assert requested.at == NINE_FIVE
    assert is_copilot_agent(requested.by_id)


def test_a_team_may_be_asked_for_a_review() -> None:
    payload = deliveries.pull_request("review_requested", requested_team={"slug": "pilots"})
    del payload["requested_reviewer"]

    requested = fact_of(ReviewRequested, "pull_request", payload)

    assert (requested.reviewer_id, requested.team) == (None, "pilots")


def test_a_request_of_nobody_is_a_problem() -> None:
    payload = deliveries.pull_request("review_requested", requested_reviewer=None)

    reading = read("pull_request", payload)

    assert [(p.path, p.found) for p in reading.problems] == [("$.requested_reviewer", "null")]
    assert len(reading.facts) == 2


def test_a_pull_request_enters_and_leaves_the_merge_queue() -> None:
    entered = fact_of(MergeQueueChanged, "pull_request", deliveries.pull_request("enqueued"))
    left = fact_of(MergeQueueChanged, "pull_request", deliveries.pull_request("dequeued"))

    assert entered.present
    assert (left.present, left.reason) == (False, "MERGE")


@pytest.mark.parametrize(("action", "present"), [("labeled", True), ("unlabeled", False)])
def test_a_label_is_changed_by_someone(action: str, *, present: bool) -> None:
    payload = deliveries.issues(action, label=a_label("bug"), sender=a_user("grace-keen"))

    changed = fact_of(LabelChanged, "issues", payload)

    assert changed == LabelChanged(
        repository_id=a_repository()["id"],
        number=17,
        is_pull_request=False,
        label="bug",
        present=present,
        at=NINE_FIVE,
        by_id=a_user("grace-keen")["id"],
    )


@pytest.mark.parametrize(("action", "present"), [("assigned", True), ("unassigned", False)])
def test_copilot_is_assigned_by_someone(action: str, *, present: bool) -> None:
    payload = deliveries.issues(action, assignee=copilot_agent(login="any-other-login"))

    changed = fact_of(AssignmentChanged, "issues", payload)

    assert is_copilot_agent(changed.assignee_id)
    assert changed.present is present
    assert changed.by_id == a_user()["id"]
    assert not facts_of(LabelChanged, "issues", payload)


def test_an_issue_is_reopened_by_someone() -> None:
    payload = deliveries.issues("reopened", sender=a_user("grace-keen"))

    reopened = fact_of(IssueReopened, "issues", payload)

    assert (reopened.number, reopened.at) == (17, NINE_FIVE)
    assert reopened.by_id == a_user("grace-keen")["id"]
    assert not facts_of(IssueReopened, "issues", deliveries.issues("opened"))


def test_copilot_is_known_by_its_numeric_ids() -> None:
    assert is_copilot_agent(copilot_agent()["id"])
    assert not is_copilot_agent(copilot_reviewer()["id"])
    assert is_copilot_reviewer(copilot_reviewer()["id"])
    assert not is_copilot_agent(None)
