"""What GitHub's conclusions mean."""

from typing import Literal, TypeAlias

from aggregates.lane.seen import COMPLETED, Check

Saying: TypeAlias = Literal["passed", "inconclusive", "pending", "awaiting_approval", "failed"]

SEVERITY: dict[Saying, int] = {
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


def leaf_says(check: Check) -> Saying:
    """Return what a check says by itself; an unknown conclusion is never taken for a pass."""
    if check.rank < COMPLETED:
        return "pending"
    return _MEANING.get(check.conclusion or "", "inconclusive")
