"""Taking in what is said of checks: the newest of each check on each commit."""

from datetime import UTC, datetime
from typing import TypeAlias

from aggregates.lane.subjects import COMPLETED, Check, Checks
from events.github import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen

_CheckFact: TypeAlias = CheckRunSeen | CheckSuiteSeen | CommitStatusSeen | ActionsRunSeen
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_PENDING = "pending"


def check_of(fact: _CheckFact) -> tuple[str, str, Check]:
    """Return the commit, the slot and the check that a fact is about.

    A re-run takes the slot of the run before: runs by App and name, Actions runs by their
    workflow. Suites have no name; each has a slot of its own.
    """
    match fact:
        case CheckRunSeen():
            return fact.head_sha, f"run:{fact.app_id}:{fact.name}", _run(fact)
        case CheckSuiteSeen():
            return fact.head_sha, f"suite:{fact.id}", _suite(fact)
        case CommitStatusSeen():
            return fact.sha, f"status:{fact.context}", _status(fact)
        case ActionsRunSeen():
            which = fact.workflow_id or fact.name
            return fact.head_sha, f"actions:{which}", _actions_run(fact)


def newest(known: Checks, slot: str, check: Check) -> Checks:
    """Return a commit's checks with one taken in, the same object when it is not the newest."""
    old = known.get(slot)
    if old is not None and _order(check) <= _order(old):
        return known
    return {**known, slot: check}


def _order(check: Check) -> tuple[object, ...]:
    """Return GitHub's order of two checks in one slot; ids grow, and a tie has a fixed rule."""
    at, done_at = check.at or _BEFORE_ALL, check.done_at or _BEFORE_ALL
    tie = (check.conclusion or "", check.suite or 0, check.app or 0, check.name)
    if check.kind in ("status", "suite"):
        return (at, check.id, check.rank, *tie)
    if check.kind == "actions":
        return (check.id, check.attempt, at, check.rank, *tie)
    return (check.id, at, check.rank, done_at, *tie)


def _run(fact: CheckRunSeen) -> Check:
    return Check(
        kind="run",
        name=fact.name,
        id=fact.id,
        rank=fact.rank,
        app=fact.app_id,
        suite=fact.suite_id,
        conclusion=fact.conclusion,
        at=fact.started_at,
        done_at=fact.completed_at,
    )


def _suite(fact: CheckSuiteSeen) -> Check:
    return Check(
        kind="suite",
        name=f"suite {fact.id}",
        id=fact.id,
        rank=fact.rank,
        app=fact.app_id,
        suite=fact.id,
        conclusion=fact.conclusion,
        at=fact.updated_at,
    )


def _status(fact: CommitStatusSeen) -> Check:
    over = fact.state != _PENDING
    return Check(
        kind="status",
        name=fact.context,
        id=fact.id,
        rank=COMPLETED if over else 0,
        conclusion=fact.state if over else None,
        at=fact.updated_at,
    )


def _actions_run(fact: ActionsRunSeen) -> Check:
    return Check(
        kind="actions",
        name=fact.name or f"Actions run {fact.workflow_id}",
        id=fact.id,
        rank=fact.rank,
        suite=fact.suite_id,
        attempt=fact.attempt,
        conclusion=fact.conclusion,
        at=fact.updated_at,
    )
