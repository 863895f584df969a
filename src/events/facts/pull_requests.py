"""What a delivery says of a pull request."""

from dataclasses import dataclass
from datetime import datetime

from events.facts.borrowed import NEVER, Borrowed


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestSeen:
    """A pull request as it was at ``updated_at``.

    ``closing_issue_numbers`` are this repository's issues that its title or body closes by
    keyword, none unless it targets the default branch. ``merge_commit_sha`` is only given once it
    is merged: before, GitHub puts a passing test merge there. Lists are sorted. ``settled_at``
    and ``uncertain`` are as of an issue.
    """

    repository_id: int
    id: int
    number: int
    title: str
    state: str
    merged: bool
    head_sha: str
    head_ref: str
    base_ref: str
    labels: tuple[str, ...]
    assignee_ids: tuple[int, ...]
    requested_reviewer_ids: tuple[int, ...]
    requested_teams: tuple[str, ...]
    updated_at: datetime
    head_repository_id: int | None = None
    author_id: int | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    draft: bool | None = None
    auto_merge: bool | None = None
    merged_by_id: int | None = None
    closing_issue_numbers: tuple[int, ...] | None = None
    settled_at: datetime = NEVER
    uncertain: bool = False
    borrowed: Borrowed = ()
