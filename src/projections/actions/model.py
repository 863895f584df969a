"""Actions: what was decided to be done on GitHub, and what came of it."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import JSON, Index, String
from sqlmodel import Field, SQLModel

from aggregates.lane.ours import Outcome
from events.catalogue import ActionKind, ActionMode
from events.table import BIG_INTEGER


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


ActionState: TypeAlias = Literal["requested", "sent", "confirmed", "failed", "cancelled"]


class Cause(BaseModel):
    """The event that an action follows."""

    position: int = Field(description="in the log")
    id: UUID


class ActionItem(Action):
    """An action, and whom it is about by the names of the filters, too."""

    cause: Cause | None = Field(  # type: ignore[assignment]  # a row holds the id alone
        description="the event that last changed its workflow, or the timer that fired"
    )
    repository: int | None = Field(description="as `repository_id`")
    issue: int = Field(description="as `issue_number`")
    pull_request: int | None = Field(description="as `pull_request_number`")
    state: ActionState = Field(
        description="`sent`: GitHub took it; `confirmed`: its own deliveries show the effect"
    )
    confirmed_at: datetime | None
    confirmed_position: int | None = Field(description="the event after which it was known")
