"""What a delivery says of branches and tags."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.reading import Delivered, Noun
from events.github.repositories import repository_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed(Fact):
    """A ref moved; ``before`` or ``after`` is all zeros when it was created or deleted."""

    merge_key: ClassVar = MergeKey(
        family="push", identity=("repository_id", "ref"), order=("pushed_at",)
    )

    repository_id: int
    ref: str
    before: str
    after: str
    pushed_at: datetime
    forced: bool = False
    deleted: bool = False
    pusher_id: int | None = None


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


NOUN = Noun(events={"push": (repository_seen, pushed)})
