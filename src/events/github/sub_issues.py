"""The sub-issues of an issue in their order, as GitHub answered when we asked.

Deliveries tell that one was added or taken away, but neither their order nor that it changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.node import Node
from events.github.reading import Delivered, Noun, Observed, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssue:
    """A part of an issue: which it is, and whether it was closed when we asked."""

    repository_id: int
    number: int
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssuesSeen(Fact):
    """The parts of an issue that we may see, in their order.

    ``at`` and ``asked_after`` say when we asked.
    """

    merge_key: ClassVar = MergeKey(
        family="sub_issues", identity=("repository_id", "number"), order=("asked_after", "at")
    )

    repository_id: int
    number: int
    parts: tuple[SubIssue, ...]
    at: datetime
    asked_after: int | None = None


def sub_issues_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to which sub-issues an issue has, each of them once."""
    answer = delivery.root.need_node("sub_issues")
    parts = [_part(node, delivery.repository_id) for node in answer.nodes("parts")]
    seen = SubIssuesSeen(
        repository_id=delivery.repository_id,
        number=answer.need_integer("number"),
        parts=tuple({(each.repository_id, each.number): each for each in parts}.values()),
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
    )
    return (seen,)


def _part(node: Node, own: int) -> SubIssue:
    """Read one; it is of the issue's own repository unless it says otherwise."""
    return SubIssue(
        repository_id=node.integer("repository_id") or own,
        number=node.need_integer("number"),
        closed=node.name("state") == "closed",
    )


# No event has this reader: whoever may post deliveries cannot answer in GitHub's place.
NOUN = Noun(
    events={},
    observed={
        "sub_issues": Observed(
            event="issues",
            readers=(sub_issues_seen,),
            keys={
                **plain("number", "asked_at", "asked_after"),
                "parts": plain("repository_id", "number", "state"),
            },
        ),
    },
)
