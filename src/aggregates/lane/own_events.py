"""What our own events say of a lane: commands, policies, actions and their outcomes, timers."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aggregates.acting import consents_after
from aggregates.lane.commands import apply_command
from aggregates.lane.lane import Lane
from aggregates.lane.ours import UNTOUCHED, Asked, Handling, Ours, Outcome, handled, policy_after
from aggregates.lane.spending import STARTING, spent_after
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionRequested,
    ActionSucceeded,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    TimerFired,
)
from events.catalogue.people import ConsentGiven, ConsentLost, ConsentsOrdered, ConsentTakenBack
from events.envelope import Event
from events.scalars import moment

MAX_ASKED = 100  # for one issue; more than the caps of any policy allow


def note_own_event(lane: Lane, event: Event, content: OwnEvent) -> Ours:
    """Return a lane's own side after one of our own events; the same object if nothing changes."""
    ours = lane.ours
    match content:
        case OperatorCommand():
            return apply_command(lane, event, content)
        case PolicyChanged(layer="repository"):
            policy = policy_after(ours.policy, event.position, content)
            return ours if policy is ours.policy else replace(ours, policy=policy)
        case ConsentGiven() | ConsentTakenBack() | ConsentLost() | ConsentsOrdered():
            consents = consents_after(ours.consents, event.position, content)
            return ours if consents is ours.consents else replace(ours, consents=consents)
        case (
            ActionRequested()
            | ActionSucceeded()
            | ActionFailed()
            | ActionCancelled()
            | TimerFired()
        ):
            known = ours.handlings.get(content.issue_number, UNTOUCHED)
            after = _noted(known, event, content)
            spent = spent_after(ours.spent, event, content, known, after)
            ours = ours if spent is ours.spent else replace(ours, spent=spent)
            return handled(ours, content.issue_number, after)
    return ours


def _noted(handling: Handling, event: Event, content: OwnEvent) -> Handling:
    match content:
        case ActionRequested():
            return _requested(handling, event, content)
        case ActionSucceeded():
            done_at = moment(content.answer.get("created_at"))
            after = _over(handling, content.action_id, "succeeded", done_at=done_at)
            kind = _kind_of(handling, content.action_id)
            return after if after is handling else _switched(after, kind, event, content)
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
    return replace(handling, asked=_bounded((*_kept(handling.asked, asked), asked)))


def _kept(known: tuple[Asked, ...], new: Asked) -> tuple[Asked, ...]:
    """Return what still counts beside a new action: of labels, only the newest is shown."""
    if new.kind != "set_label":
        return known
    return tuple(asked for asked in known if asked.kind != "set_label")


def _bounded(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """Return all but the oldest where there are too many; what caps count goes last.

    Of the rest there may be any number: what people were told, a merge for each head.
    """
    if len(asked) <= MAX_ASKED:
        return asked
    gone = next((place for place, each in enumerate(asked) if each.kind not in STARTING), 0)
    return *asked[:gone], *asked[gone + 1 :]


def _kind_of(handling: Handling, action_id: UUID) -> ActionKind | None:
    every = (*handling.asked, *handling.left)
    return next((asked.kind for asked in every if asked.id == action_id), None)


def _switched(
    handling: Handling, kind: ActionKind | None, event: Event, content: ActionSucceeded
) -> Handling:
    """Return the handling with whether Agent Merge is on by us, after an action of a kind.

    What was on when we first came to switch it on was switched on by a person.
    """
    found = content.answer.get("already") is True and content.attempts <= 1
    if kind == "disable_agent_merge":
        return replace(handling, switched_on=None)
    if kind == "enable_agent_merge" and not found:
        return replace(handling, switched_on=event.position)
    return handling


def _over(
    handling: Handling,
    action_id: UUID,
    outcome: Outcome,
    error: str | None = None,
    done_at: datetime | None = None,
) -> Handling:
    """Return the handling with an action's outcome; the first one that is told holds."""
    for place, asked in enumerate(handling.asked):
        if asked.id == action_id and asked.outcome == "requested":
            over = replace(asked, outcome=outcome, error=error, done_at=done_at)
            others = handling.asked
            return replace(handling, asked=(*others[:place], over, *others[place + 1 :]))
    left = tuple(asked for asked in handling.left if asked.id != action_id)
    return handling if len(left) == len(handling.left) else replace(handling, left=left)
