"""What suites and Actions runs say: they hold checks, and mostly these speak for them."""

from collections.abc import Iterable, Iterator

from aggregates.lane.seen import Check
from aggregates.workflow.conclusions import Saying, leaf_says

_TOLD_BY_PARTS = ("failed", "awaiting_approval")


def container_says(
    container: Check, every: Iterable[Check], counting: Iterable[Check], *, named: bool
) -> Saying | None:
    """Return what a suite or an Actions run adds to its parts, None when it adds nothing.

    ``counting`` are the checks that count; ``named`` says that the policy asks for this one by
    name, so that it speaks for itself.
    """
    says = leaf_says(container)
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
    told = {leaf_says(part) for part in parts}
    return not told.isdisjoint((*_TOLD_BY_PARTS, says))
