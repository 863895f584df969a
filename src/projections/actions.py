"""Actions: what was decided to be done on GitHub, and what came of it."""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlmodel import Field, SQLModel

from aggregates.lane.conduct import Outcome
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionMode,
    ActionRequested,
    ActionSucceeded,
    OwnEvent,
    content_of,
)
from events.envelope import GITHUB
from events.github.scalars import storable
from events.table import BIG_INTEGER
from projections.projection import Key, Projection, ReadEvent, copied

_Outcome: TypeAlias = ActionSucceeded | ActionFailed | ActionCancelled


class Action(SQLModel):
    """An action as it was requested, with the first outcome that was told of it."""

    id: UUID = Field(primary_key=True, description="the id of its request, too")
    position: int = Field(sa_type=BIG_INTEGER, description="of its request in the log")
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    issue_number: int = Field(sa_type=BIG_INTEGER)
    pull_request_number: int | None = Field(default=None, sa_type=BIG_INTEGER)
    head_sha: str | None = None
    kind: ActionKind = Field(sa_type=String)
    mode: ActionMode = Field(sa_type=String, description="`shadow`: recorded and never done")
    generation: int = Field(
        sa_type=BIG_INTEGER, description="how often the workflow had been started afresh"
    )
    decision: str = Field(description="why it was decided")
    cause: UUID | None = Field(default=None, description="the id of the event that it follows")
    parameters: dict[str, Any] = Field(sa_type=JSON)
    requested_at: datetime = Field(description="when we recorded the request")
    outcome: Outcome = Field(default="requested", sa_type=String)
    outcome_position: int | None = Field(default=None, sa_type=BIG_INTEGER)
    outcome_at: datetime | None = None
    attempts: int = Field(
        default=0, sa_type=BIG_INTEGER, description="how often it was tried; told with the outcome"
    )
    error: str | None = Field(default=None, description="why it failed or was cancelled")
    answer: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="what GitHub answered"
    )


class ActionRow(Action, table=True):
    """An action as it is stored; each filter has an index that ends in the position."""

    __tablename__ = "actions"
    __table_args__ = (
        Index("ix_actions_position", "position"),
        *(
            Index(f"ix_actions_{name}", name, "position")
            for name in (
                "installation_id",
                "repository_id",
                "issue_number",
                "kind",
                "mode",
                "outcome",
            )
        ),
    )


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
    table=ActionRow.__table__,  # type: ignore[attr-defined]
    model=Action,
    touches=_touches,
    evolve=_evolve,
)
