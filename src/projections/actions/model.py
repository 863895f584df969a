"""Actions: what was decided to be done on GitHub, and what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlmodel import Field, SQLModel

from aggregates.lane.ours import Outcome
from events.catalogue import ActionKind, ActionMode
from events.table import BIG_INTEGER


class DescribedAction(SQLModel):
    """An action as it was requested, with the first outcome that was told of it."""

    id: UUID = Field(primary_key=True, description="the id of its request, too")
    position: int = Field(sa_type=BIG_INTEGER, description="of its request in the log")
    head_sha: str | None = None
    kind: ActionKind = Field(sa_type=String)
    mode: ActionMode = Field(sa_type=String, description="`shadow`: recorded and never done")
    generation: int = Field(
        sa_type=BIG_INTEGER, description="how often the workflow had been started afresh"
    )
    decision: str = Field(description="why it was decided")
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


class Action(DescribedAction):
    """An action with whom it is about, by their numbers, and the id of the event it follows."""

    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    issue_number: int = Field(sa_type=BIG_INTEGER)
    pull_request_number: int | None = Field(default=None, sa_type=BIG_INTEGER)
    cause: UUID | None = None


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
                "pull_request_number",
                "kind",
                "mode",
                "outcome",
            )
        ),
    )
