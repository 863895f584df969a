"""Putting decisions and timers into events whose ids follow from what they are."""

from typing import cast

from aggregates.decisions.intention import Decision, Timer
from aggregates.lane import Lane
from aggregates.surroundings import Surroundings, circumstances
from events.catalogue import About, ActionMode, ActionRequested, TimerFired, own_event
from events.catalogue.own import MAX_REASON
from events.envelope import Event, NewEvent
from events.identity import keyed_id


def requested(
    lane: Lane, surroundings: Surroundings, decision: Decision, cause: Event | None = None
) -> NewEvent:
    """Return the event that records a decision of the present mode, and what brought it about.

    Its id is the same however often, and by however many processes, it is decided; once an
    action was called off, the next of the same purpose has another.
    """
    mode = cast(
        "ActionMode", circumstances(lane, surroundings).mode
    )  # in mode off nothing is decided
    generation = lane.handling(decision.issue_number).generation
    place = _last_cancelled(lane, decision, mode)
    parts = (lane.repository_id, decision.issue_number, mode, generation, decision.token, place)
    key = f"action:{decision.kind}:{':'.join(map(str, parts))}"
    content = ActionRequested(
        kind=decision.kind,
        mode=mode,
        issue_number=decision.issue_number,
        pull_request_number=decision.pull_request_number,
        head_sha=decision.head_sha,
        generation=generation,
        token=decision.token,
        reason=decision.reason[:MAX_REASON],
        parameters=dict(decision.parameters),
    )
    about = About(
        installation_id=lane.installation_id,
        repository_id=lane.repository_id,
        issue_number=decision.issue_number,
    )
    return own_event(content, keyed_id(key), about=about, cause=cause)


def timed_out(
    timer: Timer, *, repository_id: int, installation_id: int | None, generation: int
) -> NewEvent:
    """Return the event that a wait has passed; one for each wait of a workflow's generation."""
    content = TimerFired(
        issue_number=timer.issue_number, timer=timer.kind, token=timer.token, due_at=timer.due_at
    )
    parts = (repository_id, timer.issue_number, generation, timer.token)
    about = About(
        installation_id=installation_id,
        repository_id=repository_id,
        issue_number=timer.issue_number,
    )
    return own_event(
        content, keyed_id(f"timer:{timer.kind}:{':'.join(map(str, parts))}"), about=about
    )


def _last_cancelled(lane: Lane, decision: Decision, mode: ActionMode) -> int:
    asked = lane.handling(decision.issue_number).asked
    of_kind = (each for each in asked if each.kind == decision.kind and each.mode == mode)
    return max((each.position for each in of_kind if each.outcome == "cancelled"), default=0)
