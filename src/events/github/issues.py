"""What a delivery says of an issue, and what is changed about issues and pull requests alike.

A snapshot does not say who changed it; the single changes do. Their ``at`` is the ``updated_at`` of
what was changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import NEVER, Borrowed, Fact, MergeKey
from events.github.names import label_key
from events.github.node import Node
from events.github.reading import USER, Delivered, Keys, Noun, Observed, plain
from events.github.repositories import repository_seen
from events.scalars import distinct, integer, text


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSeen(Fact):
    """An issue (never a pull request) as it was at ``updated_at``.

    ``labels`` are names, sorted, as are ``assignee_ids``; ``blocked_by_open`` counts the open
    issues that block it. ``transferred``: it moved away from this repository; it comes back no
    more than one that was deleted, whatever snapshot is told of late.
    ``settled_at``: when we read it, where the second of ``updated_at`` was over by then, so that
    nothing of it is missing; no delivery is settled. ``uncertain``: merged from snapshots of one
    second, and nobody knows which of them is the newest.
    """

    merge_key: ClassVar = MergeKey(
        family="issue",
        identity=("repository_id", "number"),
        order=("deleted", "transferred", "updated_at", "settled_at"),
        optional=(
            *("blocked_by_open", "blocked_by_total"),
            *("sub_issues_total", "sub_issues_completed"),
        ),
        doubtable=True,
    )

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
class LabelChanged(Fact):
    """A label was put on (``present``) or taken off."""

    merge_key: ClassVar = MergeKey(
        family="label", identity=("repository_id", "number", "label"), order=("at",)
    )

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

    merge_key: ClassVar = MergeKey(
        family="assignment", identity=("repository_id", "number", "assignee_id"), order=("at",)
    )

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

    merge_key: ClassVar = MergeKey(
        family="reopening", identity=("repository_id", "number"), order=("at",)
    )

    repository_id: int
    number: int
    at: datetime
    by_id: int | None = None


def issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that an ``issues`` delivery is about."""
    return _seen(delivery, delivery.action)


def commented_issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that was commented on; the action is the comment's, not the issue's."""
    return _seen(delivery, None)


def label_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read which label was put on or taken off, and by whom."""
    present = _LABELS.get(delivery.action or "")
    if present is None:
        return ()
    subject, of_pull_request = _subject(delivery)
    changed = LabelChanged(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        is_pull_request=of_pull_request,
        label=label_key(delivery.root.need_node("label").need_name("name")),
        present=present,
        at=subject.need_moment("updated_at"),
        by_id=delivery.sender_id,
    )
    return (changed,)


def assignment_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read who was assigned or unassigned, and by whom.

    GitHub names nobody where the assignee is gone; the issue's own list of assignees still tells.
    """
    present = _ASSIGNMENTS.get(delivery.action or "")
    if present is None or delivery.root.json.get("assignee", _MISSING) is None:
        return ()
    subject, of_pull_request = _subject(delivery)
    changed = AssignmentChanged(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        is_pull_request=of_pull_request,
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


def label_names(node: Node) -> tuple[str, ...]:
    """Return the names of the first hundred labels, sorted; the list itself is needed."""
    return distinct(
        [
            text(label.get("name") if isinstance(label, dict) else label, MAX_LABEL)
            for label in node.need_list("labels")
        ]
    )


def user_ids(node: Node, key: str) -> tuple[int, ...]:
    """Return the ids of the first hundred users in a list, sorted; the list itself is needed."""
    users = node.need_list(key)
    return distinct([integer(user.get("id")) for user in users if isinstance(user, dict)])


def _seen(delivery: Delivered, action: str | None) -> Iterable[Fact]:
    issue = delivery.root.need_node("issue")
    if is_pull_request(issue):
        return ()  # half of a pull request's fields would be missing
    return (read_issue(issue, delivery.repository_id, action),)


def _subject(delivery: Delivered) -> tuple[Node, bool]:
    """Return the issue or pull request that was changed, and whether it is the latter."""
    if "pull_request" in delivery.root.json:
        return delivery.root.need_node("pull_request"), True
    issue = delivery.root.need_node("issue")
    return issue, is_pull_request(issue)


_MISSING = object()
_LABELS = {"labeled": True, "unlabeled": False}
_ASSIGNMENTS = {"assigned": True, "unassigned": False}
MAX_LABEL = 255
MAX_TITLE = 1024
WORK: Keys = {  # what issues and pull requests have in common
    **plain("id", "number", "title", "state", "created_at", "updated_at", "closed_at"),
    "user": USER,
    "labels": plain("name"),
    "assignees": USER,
}
ISSUE: Keys = {
    **WORK,
    **plain("state_reason"),
    "pull_request": {},
    "issue_dependencies_summary": plain("blocked_by", "total_blocked_by"),
    "sub_issues_summary": plain("total", "completed"),
}

NOUN = Noun(
    events={
        "issues": (repository_seen, issue_seen, label_changed, assignment_changed, issue_reopened),
    },
    observed={"issue": Observed(event="issues", readers=(issue_seen,), keys=ISSUE)},
)
