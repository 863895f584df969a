"""Commands: what operators told us, and which of it changed something when it was folded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of


class DescribedCommand(SQLModel):
    """What an operator told us."""

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    id: UUID = Field(description="the event's id")
    command: str = Field(description="the event's type and action, such as `lane.paused`")
    reason: str = Field(default="", description="why, in the operator's words")
    details: dict[str, Any] = Field(
        sa_type=JSON, description="what else the command says, such as a mode or an order"
    )
    at: datetime = Field(description="when we recorded it")


class Command(DescribedCommand):
    """What an operator told us, with whom it is about, by their numbers, and whose it was."""

    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    issue_number: int | None = Field(default=None, sa_type=BIG_INTEGER)
    by: str | None = Field(default=None, description="the operator's login")


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


applied_commands = table_of(AppliedCommandRow)
