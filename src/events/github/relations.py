"""Which issue waits for which, and which is part of which."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.issues import read_issue
from events.github.node import Node
from events.github.reading import Delivered, Noun
from events.github.repositories import repository_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyChanged(Fact):
    """One issue now waits for another, or no longer does (``present`` false).

    ``blocking_state`` is the other's, where we asked: no delivery of another repository's issue
    comes to this lane.
    """

    merge_key: ClassVar = MergeKey(
        family="dependency",
        identity=(
            *("blocked_repository_id", "blocked_number"),
            *("blocking_repository_id", "blocking_number"),
        ),
        order=("at",),
    )

    blocked_repository_id: int
    blocked_number: int
    blocking_repository_id: int
    blocking_number: int
    present: bool
    at: datetime
    blocking_state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssueChanged(Fact):
    """One issue is now part of another, or no longer is (``present`` false)."""

    merge_key: ClassVar = MergeKey(
        family="sub_issue",
        identity=(
            *("parent_repository_id", "parent_number"),
            *("sub_issue_repository_id", "sub_issue_number"),
        ),
        order=("at",),
    )

    parent_repository_id: int
    parent_number: int
    sub_issue_repository_id: int
    sub_issue_number: int
    present: bool
    at: datetime


def dependency_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read that an issue now waits for another, or no longer does."""
    if not _is_change(delivery.action, "blocked_by", "blocking"):
        return ()
    ends = _ends(delivery, "blocked_issue", "blocking_issue")
    changed = DependencyChanged(
        blocked_repository_id=ends.upper_repository_id,
        blocked_number=ends.upper.need_integer("number"),
        blocking_repository_id=ends.lower_repository_id,
        blocking_number=ends.lower.need_integer("number"),
        present=_is_addition(delivery.action),
        at=ends.at,
    )
    return (changed,)


def sub_issue_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read that an issue is now part of another, or no longer is."""
    if not _is_change(delivery.action, "sub_issue", "parent_issue"):
        return ()
    ends = _ends(delivery, "parent_issue", "sub_issue")
    changed = SubIssueChanged(
        parent_repository_id=ends.upper_repository_id,
        parent_number=ends.upper.need_integer("number"),
        sub_issue_repository_id=ends.lower_repository_id,
        sub_issue_number=ends.lower.need_integer("number"),
        present=_is_addition(delivery.action),
        at=ends.at,
    )
    return (changed,)


def related_issues(delivery: Delivered) -> Iterable[Fact]:
    """Read the related issues themselves, those of the delivery's own repository.

    The others belong to a lane, perhaps an installation, that this delivery was not sent to.
    """
    own = delivery.repository_id
    issues = [
        issue
        for key in ("blocked_issue", "blocking_issue", "parent_issue", "sub_issue")
        if (issue := delivery.root.node(key)).json and _repository_of(delivery, key) == own
    ]
    return delivery.each(issues, lambda issue: read_issue(issue, own))


def _is_change(action: str | None, *relations: str) -> bool:
    return action in {f"{name}_{end}" for name in relations for end in ("added", "removed")}


def _is_addition(action: str | None) -> bool:
    return action is not None and action.endswith("_added")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """The two issues that a delivery relates; one may belong to another repository."""

    upper: Node
    lower: Node
    upper_repository_id: int
    lower_repository_id: int

    @property
    def at(self) -> datetime:
        """GitHub gives no time of the change itself: the later of the issues' times stands in."""
        return max(self.upper.need_moment("updated_at"), self.lower.need_moment("updated_at"))


def _ends(delivery: Delivered, upper: str, lower: str) -> _Ends:
    return _Ends(
        upper=delivery.root.need_node(upper),
        lower=delivery.root.need_node(lower),
        upper_repository_id=_repository_of(delivery, upper),
        lower_repository_id=_repository_of(delivery, lower),
    )


def _repository_of(delivery: Delivered, issue: str) -> int:
    """Return an issue's repository: the delivery's own unless it names another one for it."""
    return delivery.root.node(f"{issue}_repo").integer("id") or delivery.repository_id


NOUN = Noun(
    events={
        "issue_dependencies": (repository_seen, related_issues, dependency_changed),
        "sub_issues": (repository_seen, related_issues, sub_issue_changed),
    },
)
