"""What cost something, a row an event; summed up when somebody asks."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from aggregates.lane.spending import STARTING
from events.catalogue import ActionKind
from events.table import BIG_INTEGER, table_of

_SUMMED = ("issue_number", "session", "day", "called_off", "ended", "seconds", "position")

SESSION = "session"  # the kind of a row by which GitHub told of one
COUNTED: tuple[ActionKind, ...] = (*STARTING, "rerun_failed_jobs")


class Cost(SQLModel):
    """An event that cost something: a live request, or what GitHub told of a session's length.

    ``id`` is the event's. A request is of the ``day`` (UTC) on which we recorded it, and counts
    until it is ``called_off`` (the position at which it had failed, or passed). A ``session`` is of
    the day on which it began, by GitHub's clock, which also says for how many ``seconds`` it went;
    ``ended``: it works no more.
    """

    id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    repository_id: int = Field(sa_type=BIG_INTEGER)
    issue_number: int = Field(sa_type=BIG_INTEGER)
    day: date
    kind: str
    called_off: int | None = Field(default=None, sa_type=BIG_INTEGER)
    session: str = ""
    seconds: int | None = Field(default=None, sa_type=BIG_INTEGER)
    ended: bool = False


class CostRow(Cost, table=True):
    """A cost as it is stored."""

    __tablename__ = "costs"
    __table_args__ = (
        Index("ix_costs_day", "day", "repository_id"),
        Index("ix_costs_issue", "repository_id", "issue_number"),
        Index("ix_costs_kind", "repository_id", "kind", *_SUMMED),  # holds all that a sum reads
    )


costs = table_of(CostRow)
