"""Whether a pull request conflicts with its base, as GitHub answered when we asked.

Deliveries show it, too, but often as it was long before, or not at all; and none tells that a push
to the base made a conflict.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.reading import Delivered, Noun, Observed, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeableSeen(Fact):
    """Whether GitHub can merge a pull request of this head into this base without a conflict.

    ``base_sha`` is the base as GitHub has it beside the pull request, ``state`` its own summary,
    such as ``dirty``. ``at`` and ``asked_after`` say when we asked.
    """

    merge_key: ClassVar = MergeKey(
        family="mergeable", identity=("repository_id", "number"), order=("asked_after", "at")
    )

    repository_id: int
    number: int
    head_sha: str
    base_ref: str
    base_sha: str
    mergeable: bool
    at: datetime
    state: str | None = None
    asked_after: int | None = None

    def is_of(self, head_sha: str, base_ref: str) -> bool:
        """Say whether it is of this head and this base branch."""
        return (self.head_sha, self.base_ref) == (head_sha, base_ref)


def mergeable_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to whether a pull request conflicts with its base."""
    answer = delivery.root.need_node("mergeable")
    base = answer.need_node("base")
    seen = MergeableSeen(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        head_sha=answer.need_node("head").need_name("sha"),
        base_ref=base.need_name("ref"),
        base_sha=base.need_name("sha"),
        mergeable=answer.need_flag("mergeable"),
        at=answer.need_moment("asked_at"),
        state=answer.name("mergeable_state"),
        asked_after=answer.integer("asked_after"),
    )
    return (seen,)


NOUN = Noun(
    events={},  # whoever may post deliveries cannot answer in GitHub's place
    observed={
        "mergeable": Observed(
            event="pull_request",
            readers=(mergeable_seen,),
            keys={
                **plain("mergeable", "mergeable_state", "asked_at", "asked_after"),
                "head": plain("sha"),
                "base": plain("ref", "sha"),
            },
        ),
    },
)
