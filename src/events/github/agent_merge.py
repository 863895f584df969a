"""Whether Agent Merge is on for a pull request, which GitHub tells people alone, when they ask.

Where it is on, Copilot mends failed checks and conflicts by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias, cast

from events.github.fact import Fact, MergeKey
from events.github.reading import Delivered, Noun, Observed, plain

Mends: TypeAlias = Literal["checks", "conflicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMergeSeen(Fact):
    """Whether it was on when something of a head was to be mended, ``at`` a time by our clock.

    ``mends`` is what that was. Unless it is ``supported``, GitHub knows no such thing here, or
    does not let us see it.
    """

    merge_key: ClassVar = MergeKey(
        family="agent_merge",
        identity=("repository_id", "number", "head_sha"),
        order=("asked_after", "at"),
    )

    repository_id: int
    number: int
    head_sha: str
    mends: Mends
    supported: bool
    enabled: bool
    at: datetime
    asked_after: int | None = None


def agent_merge_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to whether it is on."""
    answer = delivery.root.need_node("agent_merge")
    supported = answer.need_flag("supported")
    mends = "conflicts" if answer.need_name("mends") == "conflicts" else "checks"
    seen = AgentMergeSeen(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        head_sha=answer.need_name("head_sha"),
        mends=cast("Mends", mends),
        supported=supported,
        enabled=supported and answer.need_flag("enabled"),
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
    )
    return (seen,)


NOUN = Noun(
    events={},  # no delivery tells of it
    observed={
        "agent_merge": Observed(
            event="pull_request",
            readers=(agent_merge_seen,),
            keys=plain("head_sha", "mends", "supported", "enabled", "asked_at", "asked_after"),
        ),
    },
)
