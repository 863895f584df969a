"""Reading pushes and merge groups."""

from collections.abc import Iterable

from events.facts import Fact, MergeGroupSeen, Pushed
from events.interpret.delivery import Delivered


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
