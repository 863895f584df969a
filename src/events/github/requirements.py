"""Which checks GitHub requires before a branch takes a merge: what we saw when we asked.

No delivery tells: those of rulesets and of branch protection only have us ask again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from events.github.fact import NEVER, Fact, MergeKey
from events.github.node import Node
from events.github.reading import Delivered, Noun, Observed, plain
from events.github.repositories import repository_seen

# A name, and the only App whose check of that name counts (None: anybody's).
RequiredCheck: TypeAlias = tuple[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsSeen(Fact):
    """The checks that a branch requires, sorted; ``readable``: GitHub let us see them.

    ``read_at`` is our own time: GitHub tells none.
    """

    merge_key: ClassVar = MergeKey(
        family="requirements", identity=("repository_id", "branch"), order=("read_at",)
    )

    repository_id: int
    branch: str
    readable: bool
    checks: tuple[RequiredCheck, ...] = ()
    read_at: datetime = NEVER


def requirements_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read what a branch requires, as we recorded it; no event has this reader."""
    told = delivery.root.need_node("requirements")
    checks = {_required(check) for check in told.nodes("checks")}
    seen = RequirementsSeen(
        repository_id=delivery.repository_id,
        branch=told.need_name("branch"),
        readable=told.need_flag("readable"),
        checks=tuple(sorted(checks, key=lambda check: (check[0], check[1] or 0))),
    )
    return (seen,)


def _required(check: Node) -> RequiredCheck:
    return check.need_name("context"), check.integer("integration_id")


NOUN = Noun(
    events={
        "repository_ruleset": (repository_seen,),
        "branch_protection_rule": (repository_seen,),
    },
    observed={
        "requirements": Observed(
            event="branch_protection_rule",
            readers=(requirements_seen,),
            keys={
                **plain("branch", "readable"),
                "checks": plain("context", "integration_id"),
            },
        )
    },
)
