"""Single changes to an issue or a pull request, with who made them; snapshots do not say that.

``at`` is the ``updated_at`` of the thing that was changed.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChanged:
    """A label was put on (``present``) or taken off."""

    repository_id: int
    number: int
    is_pull_request: bool
    label: str
    present: bool
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged:
    """Someone was assigned (``present``) or unassigned."""

    repository_id: int
    number: int
    is_pull_request: bool
    assignee_id: int
    present: bool
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReopened:
    """An issue was opened again; a snapshot only says that it is open."""

    repository_id: int
    number: int
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequested:
    """A review was asked of a user or a team, or no longer is (``present`` false)."""

    repository_id: int
    number: int
    present: bool
    at: datetime
    reviewer_id: int | None = None
    reviewer_login: str | None = None
    team: str | None = None
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeQueueChanged:
    """A pull request entered the merge queue, or left it (``present`` false, with a reason)."""

    repository_id: int
    number: int
    present: bool
    at: datetime
    reason: str | None = None
    by_id: int | None = None
