"""What follows from a lane's step: the rows of the workflows that it changed."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from aggregates.circumstances import Circumstances, circumstances
from aggregates.lane import Lane
from aggregates.lane.affected import affected
from aggregates.queue import queue_key
from aggregates.scope import Scope
from aggregates.stages import place
from aggregates.workflow import workflow_of
from projections.projection import Derivation, Step
from projections.workflow_documents import document_of
from projections.workflows import versions, workflows

_Page: TypeAlias = dict[str, Any]
_WAITING = ("queued", "blocked")


def derive(step: Step[Lane | Scope]) -> Iterator[Derivation]:
    """Yield the workflows that an event changed, as they are and as one more version of each."""
    if not isinstance(step.after, Lane):
        return
    before = step.before if isinstance(step.before, Lane) else Lane(step.after.repository_id)
    was = circumstances(before, _scope(step.context_before))
    now = circumstances(step.after, _scope(step.context_after))
    for number in sorted(_numbers(before, was, step.after, now)):
        old, new = _page(before, was, number), _page(step.after, now, number)
        if old != new:
            yield from _rows(step, number, old, new)


def _scope(row: Lane | Scope | None) -> Scope:
    return row if isinstance(row, Scope) else Scope()


def _numbers(before: Lane, was: Circumstances, after: Lane, now: Circumstances) -> set[int]:
    """Return the issues to look at again; what the lane forgot keeps its last page."""
    known = {*after.seen.issues, *after.conduct.handlings}
    return known if was != now else affected(before, after) & known


def _page(lane: Lane, around: Circumstances, number: int) -> _Page | None:
    workflow = workflow_of(lane, around, number)
    if workflow is None:
        return None
    placement = place(workflow)
    waits = placement.stage in _WAITING
    return {
        "stage": str(placement.stage),
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
