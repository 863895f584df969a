"""What a delivery says of an issue, and of its ties to other issues."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.github.borrowed import NEVER, Borrowed
from events.github.delivery import Delivered
from events.github.fact import Fact
from events.github.labels import label_key
from events.github.node import Node
from events.github.people import label_names, user_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSeen(Fact):
    """An issue (never a pull request) as it was at ``updated_at``.

    ``labels`` are names, sorted, as are ``assignee_ids``; ``blocked_by_open`` counts the open
    issues that block it. ``transferred``: it moved away from this repository.
    ``settled_at``: when we read it, where the second of ``updated_at`` was over by then, so that
    nothing of it is missing; no delivery is settled. ``uncertain``: merged from snapshots of one
    second, and nobody knows which of them is the newest.
    """

    repository_id: int
    id: int
    number: int
    title: str
    state: str
    labels: tuple[str, ...]
    assignee_ids: tuple[int, ...]
    updated_at: datetime
    state_reason: str | None = None
    author_id: int | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    deleted: bool = False
    transferred: bool = False
    blocked_by_open: int | None = None
    blocked_by_total: int | None = None
    sub_issues_total: int | None = None
    sub_issues_completed: int | None = None
    settled_at: datetime = NEVER
    uncertain: bool = False
    borrowed: Borrowed = ()

    def carries(self, label: str) -> bool:
        """Say whether it has a label, however it is written."""
        return label_key(label) in map(label_key, self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyChanged(Fact):
    """One issue now waits for another, or no longer does (``present`` false)."""

    blocked_repository_id: int
    blocked_number: int
    blocking_repository_id: int
    blocking_number: int
    present: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssueChanged(Fact):
    """One issue is now part of another, or no longer is (``present`` false)."""

    parent_repository_id: int
    parent_number: int
    sub_issue_repository_id: int
    sub_issue_number: int
    present: bool
    at: datetime


MAX_TITLE = 1024


def issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that an ``issues`` delivery is about."""
    return _seen(delivery, delivery.action)


def commented_issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that was commented on; the action is the comment's, not the issue's."""
    return _seen(delivery, None)


def is_pull_request(issue: Node) -> bool:
    """Say whether an issue object stands for a pull request."""
    return "pull_request" in issue.json


def read_issue(issue: Node, repository_id: int, action: str | None = None) -> IssueSeen:
    """Read an issue object; ``action`` is what happened to it, if anything. Raises FieldError."""
    dependencies = issue.node("issue_dependencies_summary")
    sub_issues = issue.node("sub_issues_summary")
    return IssueSeen(
        repository_id=repository_id,
        id=issue.need_integer("id"),
        number=issue.need_integer("number"),
        title=issue.need_text("title", MAX_TITLE),
        state=issue.need_name("state"),
        labels=label_names(issue),
        assignee_ids=user_ids(issue, "assignees"),
        updated_at=issue.need_moment("updated_at"),
        state_reason=issue.name("state_reason"),
        author_id=issue.node("user").integer("id"),
        created_at=issue.moment("created_at"),
        closed_at=issue.moment("closed_at"),
        deleted=action == "deleted",
        transferred=action == "transferred",
        blocked_by_open=dependencies.integer("blocked_by"),
        blocked_by_total=dependencies.integer("total_blocked_by"),
        sub_issues_total=sub_issues.integer("total"),
        sub_issues_completed=sub_issues.integer("completed"),
    )


def _seen(delivery: Delivered, action: str | None) -> Iterable[Fact]:
    issue = delivery.root.need_node("issue")
    if is_pull_request(issue):
        return ()  # half of a pull request's fields would be missing
    return (read_issue(issue, delivery.repository_id, action),)
