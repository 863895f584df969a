"""Commands: what operators told us, and which of it changed something when it was folded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from events.catalogue import OperatorCommand, OwnEvent, WorkflowCommand, content_of
from events.envelope import OPERATOR
from events.github.scalars import storable
from events.table import BIG_INTEGER, GIVEN
from projections.projection import Key, Projection, ReadEvent
from projections.subjects import issue_number

# Columns of their own, and a policy file's text, which the event itself still has.
_NOT_DETAILS = {"reason", "issue_number", "content"}


class Command(SQLModel):
    """What an operator told us."""

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    id: UUID = Field(description="the event's id")
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    issue_number: int | None = Field(default=None, sa_type=BIG_INTEGER)
    command: str = Field(description="the event's type and action, such as `lane.paused`")
    by: str | None = Field(default=None, description="the operator's login")
    reason: str = Field(default="", description="why, in the operator's words")
    details: dict[str, Any] = Field(
        sa_type=JSON, description="what else the command says, such as a mode or an order"
    )
    at: datetime = Field(description="when we recorded it")


class CommandRow(Command, table=True):
    """A command as it is stored; each filter has an index that ends in the position."""

    __tablename__ = "commands"
    __table_args__ = tuple(
        Index(f"ix_commands_{name}", name, "position")
        for name in ("installation_id", "repository_id", "issue_number", "command")
    )


class AppliedCommandRow(SQLModel, table=True):
    """A command that changed its lane or the scopes; the lanes tell, since they fold it."""

    __tablename__ = "applied_commands"

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)


applied_commands = AppliedCommandRow.__table__  # type: ignore[attr-defined]


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    return ((read.event.position,),) if read.event.source == OPERATOR else ()


def _evolve(_row: Command | None, _key: Key, read: ReadEvent) -> Command:
    event, content = read.event, content_of(read.event)
    return Command.model_construct(
        position=event.position,
        id=event.id,
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=_issue_number(read, content),
        command=f"{content.type}.{content.action}",
        by=event.actor_login,
        reason=storable(content.reason) if isinstance(content, OperatorCommand) else "",
        details=content.model_dump(mode="json", exclude=_NOT_DETAILS),
        at=event.recorded_at,
    )


def _issue_number(read: ReadEvent, content: OwnEvent) -> int | None:
    """Return the issue that the command itself names, as the lane reads it."""
    return content.issue_number if isinstance(content, WorkflowCommand) else issue_number(read)


COMMANDS: Projection[Command] = Projection(
    name="commands",
    version=1,
    table=CommandRow.__table__,  # type: ignore[attr-defined]
    model=Command,
    touches=_touches,
    evolve=_evolve,
    append_only=True,
)
