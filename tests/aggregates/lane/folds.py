"""Folding a lane from a history, without any database."""

from collections.abc import Iterable

from aggregates.circumstances import circumstances
from aggregates.lane import Lane, evolve, initial_state
from aggregates.scope import Scope
from aggregates.stages import place
from aggregates.workflow import workflow_of
from events.envelope import NewEvent
from projections.engine.runner import read_event
from tests.projections.builders import placed


def folded(repository_id: int, history: Iterable[NewEvent]) -> Lane:
    """The lane of one repository after a history."""
    lane = initial_state(repository_id)
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        lane = evolve(lane, read.event, read.facts)
    return lane


def stages(lane: Lane, scope: Scope | None = None) -> dict[int, tuple[str, str]]:
    """The stage and the rule of every issue that is a workflow."""
    around = circumstances(lane, scope or Scope())
    numbers = {*lane.seen.issues, *lane.conduct.handlings}
    found = {number: workflow_of(lane, around, number) for number in sorted(numbers)}
    placed_at = {number: place(workflow) for number, workflow in found.items() if workflow}
    return {number: (str(each.stage), each.rule) for number, each in placed_at.items()}
