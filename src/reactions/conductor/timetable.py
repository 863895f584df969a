"""The waits that run, stored so that a start need not look at every lane."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Index, func, select
from sqlmodel import Field, SQLModel

from aggregates.decisions import Timer, timed_out
from aggregates.lane import Lane
from events.catalogue import TimerKind
from events.envelope import NewEvent
from events.table import BIG_INTEGER, GIVEN, table_of
from reactions.lanes import Partition

AT_ONCE = 200
_ISSUES_AT_ONCE = 500  # a statement takes some 32,000 parameters at most


class RunningTimer(SQLModel):
    """A wait of one workflow; ``generation`` is the workflow's when it began."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    kind: str = Field(primary_key=True)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    generation: int
    token: str
    due_at: datetime


class TimerRow(RunningTimer, table=True):
    """A wait as it is stored."""

    __tablename__ = "timers"
    __table_args__ = (Index("ix_timers_due_at", "due_at"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimers:
    """Waits that are over, and when the next one will be."""

    over: list[RunningTimer]
    next_due: datetime | None


_timers = table_of(TimerRow)


def replace_timers(
    connection: Connection, lane: Lane, issues: Collection[int] | None, timers: Iterable[Timer]
) -> None:
    """Store the waits of some issues of a lane, None: of all, in the place of those they had."""
    if issues is None:
        forget_timers(connection, lane.repository_id)
    for some in _chunks(sorted(issues or ())):
        these = (_timers.c.repository_id == lane.repository_id, _timers.c.issue_number.in_(some))
        connection.execute(_timers.delete().where(*these))
    rows = [_row(lane, timer) for timer in timers]
    if rows:
        connection.execute(_timers.insert(), rows)


def forget_timers(connection: Connection, repository_id: int) -> None:
    """Remove the waits of a lane."""
    connection.execute(_timers.delete().where(_timers.c.repository_id == repository_id))


def due_timers(connection: Connection, now: datetime, partition: Partition) -> DueTimers:
    """Return the waits of a partition that are over, a bounded number, and when the next will be.

    The first due come first; what is over and was not returned is not the next.
    """
    query = select(_timers).where(_timers.c.due_at <= now, _within(partition))
    rows = connection.execute(query.order_by(_timers.c.due_at).limit(AT_ONCE)).mappings()
    next_due = select(func.min(_timers.c.due_at)).where(_timers.c.due_at > now, _within(partition))
    return DueTimers(
        over=[RunningTimer.model_construct(**row) for row in rows],
        next_due=connection.scalar(next_due),
    )


def event_of(row: RunningTimer) -> NewEvent:
    """Return the event that a stored wait is over."""
    timer = Timer(
        issue_number=row.issue_number,
        kind=cast("TimerKind", row.kind),
        token=row.token,
        due_at=row.due_at,
    )
    return timed_out(
        timer,
        repository_id=row.repository_id,
        installation_id=row.installation_id,
        generation=row.generation,
    )


def remove_fired(connection: Connection, fired: Iterable[RunningTimer]) -> None:
    """Remove waits that are over; a newer one of the same kind stays."""
    for row in fired:
        connection.execute(
            _timers.delete().where(
                _timers.c.repository_id == row.repository_id,
                _timers.c.issue_number == row.issue_number,
                _timers.c.kind == row.kind,
                _timers.c.token == row.token,
            )
        )


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (
        numbers[at : at + _ISSUES_AT_ONCE] for at in range(0, len(numbers), _ISSUES_AT_ONCE)
    )


def _within(partition: Partition) -> ColumnElement[bool]:
    remainder: ColumnElement[int] = _timers.c.repository_id % partition.of
    return remainder == partition.number


def _row(lane: Lane, timer: Timer) -> dict[str, Any]:
    return {
        "repository_id": lane.repository_id,
        "issue_number": timer.issue_number,
        "kind": timer.kind,
        "installation_id": lane.installation_id,
        "generation": lane.handling(timer.issue_number).generation,
        "token": timer.token,
        "due_at": timer.due_at,
    }
