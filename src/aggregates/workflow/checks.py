"""What the checks of a commit say together.

Suites and Actions runs hold checks, and mostly these speak for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from aggregates.lane.subjects import COMPLETED, Check, Checks

Required: TypeAlias = Literal["auto"] | tuple[str, ...]
Saying: TypeAlias = Literal["passed", "inconclusive", "pending", "awaiting_approval", "failed"]

_SEVERITY: dict[Saying, int] = {
    "passed": 0,
    "inconclusive": 1,
    "pending": 2,
    "awaiting_approval": 3,
    "failed": 4,
}

_MEANING: dict[str, Saying] = {
    "success": "passed",
    "neutral": "passed",
    "skipped": "passed",
    "failure": "failed",
    "timed_out": "failed",
    "startup_failure": "failed",
    "error": "failed",
    "action_required": "awaiting_approval",
}
_TOLD_BY_PARTS = ("failed", "awaiting_approval")


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
    said = _by_saying(_worst(_sayings(checks.values(), required)))
    names = () if required == "auto" else required
    seen = {name for of_one in said.values() for name in of_one}
    return CheckVerdict(
        failed=said["failed"],
        pending=said["pending"],
        inconclusive=said["inconclusive"],
        awaiting_approval=said["awaiting_approval"],
        missing=tuple(sorted({*names} - seen)) if names else (),
        passed=said["passed"],
        running=_running(checks.values(), said["pending"]),
    )


def _by_saying(says: Mapping[str, Saying]) -> Mapping[Saying, tuple[str, ...]]:
    """Return the names by what they say, each sorted."""
    found: dict[Saying, list[str]] = {saying: [] for saying in _SEVERITY}
    for name in sorted(says):
        found[says[name]].append(name)
    return {saying: tuple(names) for saying, names in found.items()}


def _running(checks: Iterable[Check], pending: tuple[str, ...]) -> tuple[str, ...]:
    if not pending:
        return ()
    at_work = {c.name for c in checks if c.kind in ("run", "actions") and c.rank < COMPLETED}
    return tuple(name for name in pending if name in at_work)


def _sayings(checks: Iterable[Check], required: Required) -> Iterator[tuple[str, Saying]]:
    every = tuple(checks)
    counting = [check for check in every if required == "auto" or check.name in required]
    for check in counting:
        if check.kind in ("run", "status"):
            yield check.name, _leaf_says(check)
        elif says := _container_says(check, every, counting, named=required != "auto"):
            yield check.name, says


def _worst(sayings: Iterable[tuple[str, Saying]]) -> dict[str, Saying]:
    """Keep one saying for each name: two Apps may have checks of the same name."""
    worst: dict[str, Saying] = {}
    for name, says in sayings:
        if name not in worst or _SEVERITY[says] > _SEVERITY[worst[name]]:
            worst[name] = says
    return worst


def _leaf_says(check: Check) -> Saying:
    """Return what a check says by itself; an unknown conclusion is never taken for a pass."""
    if check.rank < COMPLETED:
        return "pending"
    return _MEANING.get(check.conclusion or "", "inconclusive")


def _container_says(
    container: Check, every: Iterable[Check], counting: Iterable[Check], *, named: bool
) -> Saying | None:
    """Return what a suite or an Actions run adds to its parts, None when it adds nothing.

    ``counting`` are the checks that count; ``named`` says that the policy asks for this one by
    name, so that it speaks for itself.
    """
    says = _leaf_says(container)
    if says == "pending":
        return says if container.kind == "actions" else None
    if any(_began_after(part, container) for part in _parts(container, every)):
        return "pending" if named else None
    if named:
        return says
    if says == "passed" or (says == "inconclusive" and container.kind == "suite"):
        return None  # a suite that never ran goes stale in the end
    return None if _told(says, _parts(container, counting)) else says


def _parts(container: Check, checks: Iterable[Check]) -> Iterator[Check]:
    """Yield what belongs to a container; a later suite of the same App replaces an earlier one."""
    for check in checks:
        same_suite = check.suite is not None and check.suite == container.suite
        if check.kind == "run":
            same_app = check.app is not None and check.app == container.app
            if same_suite or (container.kind == "suite" and same_app):
                yield check
        elif check.kind == "actions" and container.kind == "suite" and same_suite:
            yield check


def _began_after(part: Check, container: Check) -> bool:
    return part.at is not None and container.at is not None and part.at > container.at


def _told(says: Saying, parts: Iterable[Check]) -> bool:
    """Say whether a part says it already."""
    told = {_leaf_says(part) for part in parts}
    return not told.isdisjoint((*_TOLD_BY_PARTS, says))
