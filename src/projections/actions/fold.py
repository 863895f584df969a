"""How actions follow from the log: a request, and the first outcome that was told of it."""

from typing import TypeAlias

from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    OwnEvent,
    content_of,
)
from events.envelope import GITHUB
from events.scalars import storable
from events.table import table_of
from projections.actions.model import Action, ActionRow
from projections.engine.projection import Key, Projection, ReadEvent, copied

_Outcome: TypeAlias = ActionSucceeded | ActionFailed | ActionCancelled


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    match _content(read):
        case ActionRequested():
            return ((read.event.id,),)
        case ActionSucceeded() | ActionFailed() | ActionCancelled() as content:
            return ((content.action_id,),)
    return ()


def _content(read: ReadEvent) -> OwnEvent | None:
    event = read.event
    ours = event.source != GITHUB and event.type == ActionRequested.type
    return content_of(event) if ours else None


def _evolve(row: Action | None, _key: Key, read: ReadEvent) -> Action | None:
    match _content(read):
        case ActionRequested() as content if row is None:
            return _requested(read, content)
        case ActionSucceeded() | ActionFailed() | ActionCancelled() as content if row is not None:
            return _over(row, read, content) if row.outcome == "requested" else row
    return row


def _requested(read: ReadEvent, content: ActionRequested) -> Action:
    event = read.event
    return Action.model_construct(
        id=event.id,
        position=event.position,
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=content.issue_number,
        pull_request_number=content.pull_request_number,
        head_sha=content.head_sha and storable(content.head_sha),
        kind=content.kind,
        mode=content.mode,
        generation=content.generation,
        decision=storable(content.reason),
        cause=event.causation_id,
        parameters=content.parameters,
        requested_at=event.recorded_at,
    )


def _over(known: Action, read: ReadEvent, content: _Outcome) -> Action:
    return copied(
        known,
        {
            "outcome": content.action,
            "outcome_position": read.event.position,
            "outcome_at": read.event.recorded_at,
            **_told(content),
        },
    )


def _told(content: _Outcome) -> dict[str, object]:
    match content:
        case ActionSucceeded():
            return {"attempts": content.attempts, "answer": content.answer}
        case ActionFailed():
            told = {"attempts": content.attempts, "answer": content.answer}
            return told | {"error": storable(content.error)}
        case ActionCancelled():
            return {"error": storable(content.why)}


ACTIONS: Projection[Action] = Projection(
    name="actions",
    version=1,
    table=table_of(ActionRow),
    model=Action,
    touches=_touches,
    evolve=_evolve,
)
