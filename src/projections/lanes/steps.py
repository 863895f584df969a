"""What follows from a step of a lane or of the scopes: the rows that it changed."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from aggregates.circumstances import Circumstances, circumstances
from aggregates.lane import Lane
from aggregates.lane.affected import affected
from aggregates.queue import queue_key
from aggregates.scope import Scope
from aggregates.stages import place
from aggregates.workflow import Workflow, workflow_of
from events.envelope import OPERATOR
from projections.commands.model import applied_commands
from projections.engine.projection import Derivation, Step
from projections.lanes.circumstances import circumstances_row, lane_circumstances
from projections.lanes.confirmations import confirmed_now
from projections.workflows.document import document_of
from projections.workflows.model import WAITING, versions, workflows

_Page: TypeAlias = dict[str, Any]


def derive(step: Step[Lane | Scope]) -> Iterator[Derivation]:
    """Yield what an event changed: whether a command applied, the lane's page, its workflows.

    Of each workflow as it is, and one more version of it.
    """
    yield from _applied(step)
    if not isinstance(step.after, Lane):
        return
    before = step.before if isinstance(step.before, Lane) else Lane(step.after.repository_id)
    was = circumstances(before, _scope(step.context_before))
    now = circumstances(step.after, _scope(step.context_after))
    if step.before is None or circumstances_row(before, was) != circumstances_row(step.after, now):
        yield Derivation(lane_circumstances, step.key, circumstances_row(step.after, now))
    for number in sorted(_numbers(before, was, step.after, now)):
        then, after = workflow_of(before, was, number), workflow_of(step.after, now, number)
        yield from confirmed_now(then, after, step.read.event)
        old, new = _page(then), _page(after)
        if old != new:
            yield from _rows(step, number, old, new)


def _applied(step: Step[Lane | Scope]) -> Iterator[Derivation]:
    """Yield the command that an event is, if it told this lane or the scopes something new."""
    event = step.read.event
    if event.source == OPERATOR and step.after and step.after.position == event.position:
        row = {"repository_id": event.repository_id}
        yield Derivation(applied_commands, (event.position,), row)


def _scope(row: Lane | Scope | None) -> Scope:
    return row if isinstance(row, Scope) else Scope()


def _numbers(before: Lane, was: Circumstances, after: Lane, now: Circumstances) -> set[int]:
    """Return the issues to look at again; what the lane forgot keeps its last page."""
    known = {*after.seen.issues, *after.conduct.handlings}
    return known if was != now else affected(before, after) & known


def _page(workflow: Workflow | None) -> _Page | None:
    if workflow is None:
        return None
    placement = place(workflow)
    waits = placement.stage in WAITING
    return {
        "stage": str(placement.stage),
        "started": workflow.started,
        "queue_key": queue_key(workflow) if waits else None,
        "document": document_of(workflow, placement),
    }


def _rows(
    step: Step[Lane | Scope], number: int, old: _Page | None, new: _Page | None
) -> Iterator[Derivation]:
    event, lane = step.read.event, step.after
    assert isinstance(lane, Lane)  # noqa: S101 (derive has seen to it)
    key = (lane.repository_id, number)
    same = {"installation_id": lane.installation_id}
    current = None if new is None else same | new | {"position": event.position}
    yield Derivation(workflows, key, current)
    version = {
        "recorded_at": event.recorded_at,
        "stage": new and new["stage"],
        "entered": (new and new["stage"]) != (old and old["stage"]),
        "document": new["document"] if new else {},
    }
    yield Derivation(versions, (*key, event.position), same | version)
