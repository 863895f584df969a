"""Remembering what we did ourselves: actions asked for, what came of them, timers that fired."""

from dataclasses import replace
from uuid import UUID

from aggregates.lane.conduct import UNTOUCHED, Asked, Conduct, Handling, Outcome
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    OwnEvent,
    TimerFired,
)
from events.envelope import Event

MAX_ASKED = 100  # for one issue; far more than the caps of any policy allow


def remember(conduct: Conduct, event: Event, content: OwnEvent) -> Conduct:
    """Return the conduct after an action or a timer; the same object when nothing changes."""
    match content:
        case (
            ActionRequested()
            | ActionSucceeded()
            | ActionFailed()
            | ActionCancelled()
            | TimerFired()
        ):
            known = conduct.handlings.get(content.issue_number, UNTOUCHED)
            return handled(conduct, content.issue_number, _remembered(known, event, content))
        case _:
            return conduct


def handled(conduct: Conduct, issue_number: int, handling: Handling) -> Conduct:
    """Return the conduct with one issue's handling; the same object when it is the known one."""
    if handling is conduct.handlings.get(issue_number, UNTOUCHED):
        return conduct
    return replace(conduct, handlings={**conduct.handlings, issue_number: handling})


def _remembered(handling: Handling, event: Event, content: OwnEvent) -> Handling:
    match content:
        case ActionRequested():
            return _requested(handling, event, content)
        case ActionSucceeded():
            return _over(handling, content.action_id, "succeeded")
        case ActionFailed():
            return _over(handling, content.action_id, "failed", content.error)
        case ActionCancelled():
            return _over(handling, content.action_id, "cancelled")
        case TimerFired() if handling.fired.get(content.timer) != content.token:
            return replace(handling, fired={**handling.fired, content.timer: content.token})
    return handling


def _requested(handling: Handling, event: Event, content: ActionRequested) -> Handling:
    outdated = content.generation != handling.generation
    if outdated or any(asked.id == event.id for asked in handling.asked):
        return handling
    asked = Asked(
        id=event.id,
        kind=content.kind,
        mode=content.mode,
        token=content.token,
        position=event.position,
        at=event.recorded_at,
        head_sha=content.head_sha,
    )
    return replace(handling, asked=(*_kept(handling.asked, asked), asked)[-MAX_ASKED:])


def _kept(known: tuple[Asked, ...], new: Asked) -> tuple[Asked, ...]:
    """Return what still counts beside a new action: of labels, only the newest is shown."""
    if new.kind != "set_label":
        return known
    return tuple(asked for asked in known if asked.kind != "set_label")


def _over(
    handling: Handling, action_id: UUID, outcome: Outcome, error: str | None = None
) -> Handling:
    """Return the handling with an action's outcome; the first one that is told holds."""
    for place, asked in enumerate(handling.asked):
        if asked.id == action_id and asked.outcome == "requested":
            over = replace(asked, outcome=outcome, error=error)
            others = handling.asked
            return replace(handling, asked=(*others[:place], over, *others[place + 1 :]))
    return handling
