"""Taking in what is said of checks: each run, suite, status and Actions run on each commit.

None hides another here: which of them speak for a commit is seen in ``workflow.speaking``.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from aggregates.lane.parts import COMPLETED, Check, Checks
from events.github import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen

_CheckFact: TypeAlias = CheckRunSeen | CheckSuiteSeen | CommitStatusSeen | ActionsRunSeen
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_PENDING = "pending"


def check_of(fact: _CheckFact) -> tuple[str, str, Check]:
    """Return the commit, the slot and the check that a fact is about.

    Each run has a slot of its own, each attempt of an Actions run, each context of statuses.
    """
    match fact:
        case CheckRunSeen():
            return fact.head_sha, f"run:{fact.id}", _run(fact)
        case CheckSuiteSeen():
            return fact.head_sha, f"suite:{fact.id}", _suite(fact)
        case CommitStatusSeen():
            return fact.sha, f"status:{fact.context}", _status(fact)
        case ActionsRunSeen():
            return fact.head_sha, f"actions:{fact.id}:{fact.attempt}", _actions_run(fact)


def newest(known: Checks, slot: str, check: Check) -> Checks:
    """Return a commit's checks with one taken in, the same object when it tells nothing new."""
    old = known.get(slot)
    merged = check if old is None else _merged(old, check)
    return known if merged == old else known.having(slot, merged)


def _merged(old: Check, new: Check) -> Check:
    """Return the newer one; when an attempt began is told by whichever was told first."""
    newer = new if _order(new) > _order(old) else old
    if newer.kind != "actions":
        return newer
    began = _earliest((old.began_at, new.began_at))
    first = _earliest((old.first_at, new.first_at))
    return replace(newer, began_at=began, first_at=first)


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def _order(check: Check) -> tuple[object, ...]:
    """Return GitHub's order of two checks in one slot; ids grow, and a tie has a fixed rule."""
    at, done_at = check.at or _BEFORE_ALL, check.done_at or _BEFORE_ALL
    tie = (check.conclusion or "", check.suite or 0, check.app or 0, check.name, check.by_actions)
    if check.kind == "actions":
        what = (check.workflow or "", check.event or "", check.agents_own)
        return (at, check.rank, *tie, *what)
    if check.kind == "run":
        return (at, check.rank, done_at, *tie)
    return (at, check.id, check.rank, *tie)


def _run(fact: CheckRunSeen) -> Check:
    return Check(
        kind="run",
        name=fact.name,
        id=fact.id,
        rank=fact.rank,
        app=fact.app_id,
        by_actions=fact.by_actions,
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
        by_actions=fact.by_actions,
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
        by_actions=True,
        suite=fact.suite_id,
        attempt=fact.attempt,
        conclusion=fact.conclusion,
        at=fact.updated_at,
        workflow=str(fact.workflow_id) if fact.workflow_id is not None else fact.name,
        event=fact.event,
        began_at=fact.began_at,
        first_at=fact.updated_at,
        agents_own=fact.agents_own,
    )
