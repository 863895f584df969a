from datetime import UTC, datetime

import pytest

from events.github import (
    AssignmentChanged,
    IssueReopened,
    IssueSeen,
    LabelChanged,
    is_agent,
)
from simulator.payloads import (
    a_label,
    a_repository,
    a_user,
    an_issue,
    copilot_agent,
    deliveries,
)
from tests.events.github.readings import fact_of, facts_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def test_an_issue_is_seen_with_labels_and_assignees_sorted() -> None:
    ada, copilot = a_user("ada-bright"), copilot_agent()
    issue = an_issue(
        17, labels=["status:queued", "bug", "bug"], assignees=[ada, copilot], title="Fix the link"
    )

    seen = fact_of(IssueSeen, "issues", deliveries.issues(issue=issue))

    assert seen == IssueSeen(
        repository_id=a_repository()["id"],
        id=issue["id"],
        number=17,
        title="Fix the link",
        state="open",
        labels=("bug", "status:queued"),
        assignee_ids=tuple(sorted([ada["id"], copilot["id"]])),
        updated_at=NINE_FIVE,
        author_id=ada["id"],
        created_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        blocked_by_open=0,
        blocked_by_total=0,
        sub_issues_total=0,
        sub_issues_completed=0,
    )


def test_a_closed_issue_says_why_and_when() -> None:
    issue = an_issue(
        state="closed", state_reason="not_planned", closed_at="2026-11-02T09:05:00Z", user=None
    )

    seen = fact_of(IssueSeen, "issues", deliveries.issues("closed", issue=issue))

    assert (seen.state, seen.state_reason, seen.closed_at) == ("closed", "not_planned", NINE_FIVE)
    assert seen.author_id is None


@pytest.mark.parametrize(
    ("action", "deleted", "transferred"),
    [("deleted", True, False), ("transferred", False, True), ("edited", False, False)],
)
def test_an_issue_may_be_gone(action: str, *, deleted: bool, transferred: bool) -> None:
    seen = fact_of(IssueSeen, "issues", deliveries.issues(action))

    assert (seen.deleted, seen.transferred) == (deleted, transferred)


def test_counts_of_blockers_are_no_value_where_a_payload_has_none() -> None:
    payload = deliveries.issues()
    del payload["issue"]["issue_dependencies_summary"]

    assert fact_of(IssueSeen, "issues", payload).blocked_by_open is None


def test_open_blockers_are_counted() -> None:
    summary = {"blocked_by": 2, "total_blocked_by": 3}
    issue = an_issue(issue_dependencies_summary=summary)

    seen = fact_of(IssueSeen, "issues", deliveries.issues(issue=issue))

    assert (seen.blocked_by_open, seen.blocked_by_total) == (2, 3)


def test_texts_and_lists_are_bounded_and_clean() -> None:
    issue = an_issue(title="\0" + "t" * 5000, labels=[f"label-{n}" for n in range(300)])
    issue["labels"].insert(0, {"name": "\ud800"})
    issue["labels"].insert(0, {"name": "x" * 256})
    issue["labels"].insert(0, "written as text")

    seen = fact_of(IssueSeen, "issues", deliveries.issues() | {"issue": issue})

    assert seen.title == "\ufffd" + "t" * 1023
    assert len(seen.labels) == 99
    assert "\ufffd" in seen.labels
    assert "written as text" in seen.labels


@pytest.mark.parametrize("field", ["id", "number", "state", "labels", "assignees", "updated_at"])
def test_an_issue_without_what_it_needs_is_a_problem(field: str) -> None:
    payload = deliveries.issues()
    del payload["issue"][field]

    reading = read("issues", payload)

    assert [type(fact).__name__ for fact in reading.facts] == ["RepositorySeen"]
    assert [(p.path, p.found) for p in reading.problems] == [(f"$.issue.{field}", "missing")]


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

    assert is_agent(changed.assignee_id)
    assert changed.present is present
    assert changed.by_id == a_user()["id"]
    assert not facts_of(LabelChanged, "issues", payload)


def test_an_issue_is_reopened_by_someone() -> None:
    payload = deliveries.issues("reopened", sender=a_user("grace-keen"))

    reopened = fact_of(IssueReopened, "issues", payload)

    assert (reopened.number, reopened.at) == (17, NINE_FIVE)
    assert reopened.by_id == a_user("grace-keen")["id"]
    assert not facts_of(IssueReopened, "issues", deliveries.issues("opened"))
