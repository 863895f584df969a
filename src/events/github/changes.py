"""Single changes to an issue or a pull request, with who made them; snapshots do not say that.

``at`` is the ``updated_at`` of the thing that was changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.github.delivery import Delivered
from events.github.fact import Fact
from events.github.issues import is_pull_request as is_pull_request_object
from events.github.labels import label_key
from events.github.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChanged(Fact):
    """A label was put on (``present``) or taken off."""

    repository_id: int
    number: int
    is_pull_request: bool
    label: str
    present: bool
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged(Fact):
    """Someone was assigned (``present``) or unassigned."""

    repository_id: int
    number: int
    is_pull_request: bool
    assignee_id: int
    present: bool
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReopened(Fact):
    """An issue was opened again; a snapshot only says that it is open."""

    repository_id: int
    number: int
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequested(Fact):
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
class MergeQueueChanged(Fact):
    """A pull request entered the merge queue, or left it (``present`` false, with a reason)."""

    repository_id: int
    number: int
    present: bool
    at: datetime
    reason: str | None = None
    by_id: int | None = None


_LABELS = {"labeled": True, "unlabeled": False}
_ASSIGNMENTS = {"assigned": True, "unassigned": False}
_REQUESTS = {"review_requested": True, "review_request_removed": False}
_QUEUE = {"enqueued": True, "dequeued": False}


def label_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read which label was put on or taken off, and by whom."""
    present = _LABELS.get(delivery.action or "")
    if present is None:
        return ()
    subject, is_pull_request = _subject(delivery)
    changed = LabelChanged(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        is_pull_request=is_pull_request,
        label=label_key(delivery.root.need_node("label").need_name("name")),
        present=present,
        at=subject.need_moment("updated_at"),
        by_id=delivery.sender_id,
    )
    return (changed,)


def assignment_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read who was assigned or unassigned, and by whom."""
    present = _ASSIGNMENTS.get(delivery.action or "")
    if present is None:
        return ()
    subject, is_pull_request = _subject(delivery)
    changed = AssignmentChanged(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        is_pull_request=is_pull_request,
        assignee_id=delivery.root.need_node("assignee").need_integer("id"),
        present=present,
        at=subject.need_moment("updated_at"),
        by_id=delivery.sender_id,
    )
    return (changed,)


def issue_reopened(delivery: Delivered) -> Iterable[Fact]:
    """Read that an issue was opened again, and by whom."""
    if delivery.action != "reopened":
        return ()
    issue = delivery.root.need_node("issue")
    reopened = IssueReopened(
        repository_id=delivery.repository_id,
        number=issue.need_integer("number"),
        at=issue.need_moment("updated_at"),
        by_id=delivery.sender_id,
    )
    return (reopened,)


def review_requested(delivery: Delivered) -> Iterable[Fact]:
    """Read of whom a review was asked or no longer is, and by whom."""
    present = _REQUESTS.get(delivery.action or "")
    if present is None:
        return ()
    subject = delivery.root.need_node("pull_request")
    reviewer_id = delivery.root.node("requested_reviewer").integer("id")
    team = delivery.root.node("requested_team").name("slug")
    if reviewer_id is None and team is None:
        delivery.root.refuse("requested_reviewer", "a user's id, or requested_team with a slug")
    requested = ReviewRequested(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        present=present,
        at=subject.need_moment("updated_at"),
        reviewer_id=reviewer_id,
        reviewer_login=delivery.root.node("requested_reviewer").name("login"),
        team=team,
        by_id=delivery.sender_id,
    )
    return (requested,)


def merge_queue_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read that a pull request entered or left the merge queue."""
    present = _QUEUE.get(delivery.action or "")
    if present is None:
        return ()
    subject = delivery.root.need_node("pull_request")
    changed = MergeQueueChanged(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        present=present,
        at=subject.need_moment("updated_at"),
        reason=delivery.root.name("reason"),
        by_id=delivery.sender_id,
    )
    return (changed,)


def _subject(delivery: Delivered) -> tuple[Node, bool]:
    """Return the issue or pull request that was changed, and whether it is the latter."""
    if "pull_request" in delivery.root.json:
        return delivery.root.need_node("pull_request"), True
    issue = delivery.root.need_node("issue")
    return issue, is_pull_request_object(issue)
