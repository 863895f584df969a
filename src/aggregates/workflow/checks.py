"""What the checks of a commit say together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from aggregates.lane.seen import COMPLETED, Check, Checks
from aggregates.workflow.conclusions import SEVERITY, Saying, leaf_says
from aggregates.workflow.containers import container_says

Required: TypeAlias = Literal["auto"] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVerdict:
    """Names of checks by what they say, each name once, sorted; only those that count.

    ``inconclusive`` neither passed nor failed, as when cancelled. ``awaiting_approval`` runs only
    once a person lets it. ``missing`` is required and was never seen. ``running`` are those pending
    that something is at work on; a status can be pending for ever.
    """

    failed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    inconclusive: tuple[str, ...] = ()
    awaiting_approval: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    running: tuple[str, ...] = ()

    @property
    def green(self) -> bool:
        """Say whether nothing that counts is in the way; so also when nothing counts."""
        unfinished = self.pending or self.inconclusive or self.awaiting_approval or self.missing
        return not (self.failed or unfinished)

    @property
    def seen(self) -> bool:
        """Say whether any check that counts was seen."""
        unfinished = self.pending or self.inconclusive or self.awaiting_approval
        return bool(self.failed or unfinished or self.passed)


NO_CHECKS = CheckVerdict()


def verdict(checks: Checks, required: Required) -> CheckVerdict:
    """Return what the checks of one commit say; ``auto`` lets every check count."""
    says = _worst(_sayings(checks.values(), required))
    names = () if required == "auto" else required
    return CheckVerdict(
        failed=_named(says, "failed"),
        pending=_named(says, "pending"),
        inconclusive=_named(says, "inconclusive"),
        awaiting_approval=_named(says, "awaiting_approval"),
        missing=tuple(sorted({*names} - says.keys())),
        passed=_named(says, "passed"),
        running=_running(checks.values(), _named(says, "pending")),
    )


def _running(checks: Iterable[Check], pending: tuple[str, ...]) -> tuple[str, ...]:
    at_work = {c.name for c in checks if c.kind in ("run", "actions") and c.rank < COMPLETED}
    return tuple(name for name in pending if name in at_work)


def _sayings(checks: Iterable[Check], required: Required) -> Iterator[tuple[str, Saying]]:
    every = tuple(checks)
    counting = [check for check in every if required == "auto" or check.name in required]
    for check in counting:
        if check.kind in ("run", "status"):
            yield check.name, leaf_says(check)
        elif says := container_says(check, every, counting, named=required != "auto"):
            yield check.name, says


def _worst(sayings: Iterable[tuple[str, Saying]]) -> dict[str, Saying]:
    """Keep one saying for each name: two Apps may have checks of the same name."""
    worst: dict[str, Saying] = {}
    for name, says in sayings:
        if name not in worst or SEVERITY[says] > SEVERITY[worst[name]]:
            worst[name] = says
    return worst


def _named(says: dict[str, Saying], which: Saying) -> tuple[str, ...]:
    return tuple(sorted(name for name, said in says.items() if said == which))
