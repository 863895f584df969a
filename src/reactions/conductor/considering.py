"""Considering lanes one by one: what each calls for, or that it is stuck."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from aggregates.decisions import Outlook, consider, requested
from aggregates.lane import Lane
from aggregates.scope import Scope
from events.envelope import Event, NewEvent
from events.faults import described
from reactions.lanes import Reflection, Stuck

EventAt = Callable[[int], Awaitable[Event | None]]

_log = structlog.get_logger("conductor")


@dataclass(frozen=True, slots=True)
class Considered:
    """A lane, what it calls for, and the decisions as events."""

    lane: Lane
    outlook: Outlook
    events: list[NewEvent]


async def consider_all(
    reflected: Reflection, checkpoint: int, event_at: EventAt
) -> tuple[list[Considered], list[Stuck]]:
    """Consider every lane; one that fails is stuck and does not stop the others."""
    considered: list[Considered] = []
    stuck = list(reflected.stuck)
    for lane in reflected.lanes:
        try:
            considered.append(await _consider(lane, reflected.scope, checkpoint, event_at))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            _log.exception("nothing can be decided for a lane", repository=lane.repository_id)
            stuck.append(Stuck(lane.repository_id, described(error)))
    return considered, stuck


async def _consider(lane: Lane, scope: Scope, checkpoint: int, event_at: EventAt) -> Considered:
    outlook = consider(lane, scope)
    cause = None
    if outlook.decisions:
        # The newest event that told something new, of the lane or of what holds around it.
        newest = scope.position if scope.position > checkpoint else 0
        cause = await event_at(max(lane.position, newest))
    events = [requested(lane, scope, decision, cause) for decision in outlook.decisions]
    return Considered(lane, outlook, events)
