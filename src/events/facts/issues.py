"""What a delivery says of an issue, and of its ties to other issues."""

from dataclasses import dataclass
from datetime import datetime

from events.facts.borrowed import NEVER, Borrowed
from events.facts.labels import label_key


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSeen:
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
class DependencyChanged:
    """One issue now waits for another, or no longer does (``present`` false)."""

    blocked_repository_id: int
    blocked_number: int
    blocking_repository_id: int
    blocking_number: int
    present: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssueChanged:
    """One issue is now part of another, or no longer is (``present`` false)."""

    parent_repository_id: int
    parent_number: int
    sub_issue_repository_id: int
    sub_issue_number: int
    present: bool
    at: datetime
