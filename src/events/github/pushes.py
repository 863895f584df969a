"""What a delivery says of branches, tags and merge groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.github.delivery import Delivered
from events.github.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed(Fact):
    """A ref moved; ``before`` or ``after`` is all zeros when it was created or deleted."""

    repository_id: int
    ref: str
    before: str
    after: str
    pushed_at: datetime
    forced: bool = False
    deleted: bool = False
    pusher_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGroupSeen(Fact):
    """A merge queue's group of pull requests under test; ``reason`` says why it was destroyed."""

    repository_id: int
    head_sha: str
    head_ref: str
    base_ref: str | None = None
    base_sha: str | None = None
    destroyed: bool = False
    reason: str | None = None


def pushed(delivery: Delivered) -> Iterable[Fact]:
    """Read that a ref moved; the time is that of the push, not of a commit."""
    root = delivery.root
    push = Pushed(
        repository_id=delivery.repository_id,
        ref=root.need_name("ref"),
        before=root.need_name("before"),
        after=root.need_name("after"),
        pushed_at=delivery.repository.need_moment("pushed_at"),
        forced=root.flag("forced") or False,
        deleted=root.flag("deleted") or False,
        pusher_id=delivery.sender_id,
    )
    return (push,)


def merge_group_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a merge queue's group."""
    group = delivery.root.need_node("merge_group")
    seen = MergeGroupSeen(
        repository_id=delivery.repository_id,
        head_sha=group.need_name("head_sha"),
        head_ref=group.need_name("head_ref"),
        base_ref=group.name("base_ref"),
        base_sha=group.name("base_sha"),
        destroyed=delivery.action == "destroyed",
        reason=delivery.root.name("reason"),
    )
    return (seen,)
