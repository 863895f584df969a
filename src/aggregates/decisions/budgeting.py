"""Ceilings on Copilot's sessions: what is not decided for their sake, and waits for their end.

What one issue may cost hands it to a person (``aggregates/stages/budgets.py``); what a day or a
month may cost lets everything wait for the next one.
"""

from collections.abc import Iterable, Iterator

from aggregates.budgets import sessions_left
from aggregates.decisions.intention import Decision, Declined, Timer
from aggregates.lane import Lane
from aggregates.lane.spending import STARTING
from aggregates.stages import Placement, Stage
from aggregates.stages.placement import used_up_in_words
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow
from aggregates.workflow.rounds import rounds_asked
from events.catalogue import ActionKind

_ASKING = (Stage.CHANGES_REQUESTED, Stage.CONFLICTED, Stage.CI_FAILED)


def beyond_budget(workflow: Workflow, kind: ActionKind) -> Declined | None:
    """Say which ceiling keeps Copilot from being asked to go on; None: none does."""
    most = workflow.circumstances.policy.budget.rounds_per_issue
    if most is not None and (times := rounds_asked(workflow)) >= most:
        title = workflow.agent.title
        why = f"{title} was asked {times} times for this issue, and {most} are allowed"
        return Declined(kind, why, ("budget.rounds_per_issue",))
    return period_used_up(workflow.circumstances, kind)


def period_used_up(around: Circumstances, kind: ActionKind) -> Declined | None:
    """Say which period's ceiling is reached; None: none is."""
    for each in around.used_up:
        return Declined(kind, used_up_in_words(each), (each.key,))
    return None


def until_periods_end(
    workflow: Workflow, placement: Placement, turn: str | None
) -> Iterator[Timer]:
    """Yield the waits for the ends of periods, where something would be started but for them."""
    if turn is None and placement.stage not in _ASKING:
        return
    for each in workflow.circumstances.used_up:
        yield Timer(
            issue_number=workflow.number,
            kind=each.period,
            token=each.name,
            since=each.since,
            due_at=each.ends_at,
        )


def room_left(lane: Lane, around: Circumstances) -> int | None:
    """Return how many sessions the ceilings let start yet; None: any number, as in shadow mode."""
    return sessions_left(lane.ours.spent, around.policy) if around.mode == "live" else None


def within_budget(
    lane: Lane, around: Circumstances, decisions: Iterable[Decision]
) -> Iterator[Decision]:
    """Yield as many decisions as the ceilings leave room for; what starts no session is free."""
    left = room_left(lane, around)
    for decision in decisions:
        if left is None or decision.kind not in STARTING:
            yield decision
        elif left > 0:
            left -= 1
            yield decision
