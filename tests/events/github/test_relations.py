from datetime import UTC, datetime

import pytest

from events.github import DependencyChanged, IssueSeen, SubIssueChanged
from simulator.payloads import a_repository, an_issue, deliveries
from tests.events.github.readings import fact_of, facts_of, read


@pytest.mark.parametrize(
    ("action", "present"),
    [
        ("blocked_by_added", True),
        ("blocked_by_removed", False),
        ("blocking_added", True),
        ("blocking_removed", False),
    ],
)
def test_an_issue_waits_for_another_one_whichever_side_tells(action: str, *, present: bool) -> None:
    blocking = an_issue(16, updated_at="2026-11-02T10:00:00Z")
    payload = deliveries.issue_dependencies(action, blocking=blocking)

    changed = fact_of(DependencyChanged, "issue_dependencies", payload)

    repository_id = a_repository()["id"]
    assert changed == DependencyChanged(
        blocked_repository_id=repository_id,
        blocked_number=17,
        blocking_repository_id=repository_id,
        blocking_number=16,
        present=present,
        at=datetime(2026, 11, 2, 10, tzinfo=UTC),
    )
    seen = facts_of(IssueSeen, "issue_dependencies", payload)
    assert {issue.number for issue in seen} == {16, 17}


def test_a_blocker_elsewhere_is_named_but_not_shown() -> None:
    elsewhere = a_repository("orbit-works/secret")
    payload = deliveries.issue_dependencies(
        blocking=an_issue(5, repository=elsewhere), blocking_issue_repo=elsewhere
    )

    changed = fact_of(DependencyChanged, "issue_dependencies", payload)

    assert changed.blocking_repository_id == elsewhere["id"]
    assert changed.blocked_repository_id == a_repository()["id"]
    assert [issue.number for issue in facts_of(IssueSeen, "issue_dependencies", payload)] == [17]


@pytest.mark.parametrize(
    ("action", "present"),
    [
        ("sub_issue_added", True),
        ("sub_issue_removed", False),
        ("parent_issue_added", True),
        ("parent_issue_removed", False),
    ],
)
def test_an_issue_is_part_of_another_one_whichever_side_tells(
    action: str, *, present: bool
) -> None:
    changed = fact_of(SubIssueChanged, "sub_issues", deliveries.sub_issues(action))

    assert (changed.parent_number, changed.sub_issue_number) == (10, 17)
    assert changed.present is present


def test_an_unknown_relation_is_no_change() -> None:
    payload = deliveries.sub_issues() | {"action": "sub_issue_reordered"}

    assert not facts_of(SubIssueChanged, "sub_issues", payload)
    assert read("sub_issues", payload).problems == ()
