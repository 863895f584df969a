"""The waits that run, stored so that a start need not look at every lane.

When a wait began and is over stands in the times that events were recorded, which stay at the
newest where a clock that was ahead is set right. When it fires is reckoned once, when it is first
noted, by the clock of this process, which nothing corrects; another process reckons it anew.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, Connection, Index, Integer, bindparam, func, or_, select
from sqlmodel import Field, SQLModel

from aggregates.decisions import Timer, timed_out
from aggregates.lane import Lane
from events.catalogue import TimerKind
from events.envelope import NewEvent
from events.statement import Statement, chunks, named, one_of
from events.table import BIG_INTEGER, GIVEN, table_of
from reactions.lanes import Partition

AT_ONCE = 200


class RunningTimer(SQLModel):
    """A wait of one workflow; ``generation`` is the workflow's when it began."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    kind: str = Field(primary_key=True)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    generation: int
    token: str
    due_at: datetime
    since: datetime | None = None
    fires_at: datetime | None = None
    reckoned_by: str | None = None


class TimerRow(RunningTimer, table=True):
    """A wait as it is stored."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due_at", "due_at"),
        Index("ix_timers_fires_at", "fires_at"),
    )


@dataclass(frozen=True, slots=True)
class Reckoner:
    """Whose clock waits are reckoned by, and what it shows.

    ``steady`` is its own, ``wall`` the machine's, which may have been corrected since its start.
    """

    name: str
    steady: datetime
    wall: datetime

    def fires_at(self, since: datetime | None, due_at: datetime) -> datetime:
        """Return when a wait is over by this clock: in full from now on if it is yet to begin."""
        now = min(self.steady, self.wall)
        began = now if since is None else min(since, now)
        whole = due_at - (since or now)
        return self.steady + max(began + whole - now, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimers:
    """Waits that are over, and when the next one will be; ``foreign``: reckon them anew first."""

    over: list[RunningTimer]
    next_due: datetime | None
    foreign: bool = False


_timers = table_of(TimerRow)

_NOW = bindparam("now", type_=_timers.c.fires_at.type)
_OF_SHARE: ColumnElement[bool] = bindparam("share", type_=Integer) == (
    _timers.c.repository_id % bindparam("shares", type_=Integer)
)
_OVER = Statement(
    select(_timers)
    .where(_timers.c.fires_at <= _NOW, _OF_SHARE)
    .order_by(_timers.c.fires_at)
    .limit(AT_ONCE)
)
_NEXT_DUE = Statement(
    select(func.min(_timers.c.fires_at)).where(_timers.c.fires_at > _NOW, _OF_SHARE)
)
_OF_LANE = _timers.c.repository_id == bindparam("lane")
_ADD = Statement(_timers.insert(), tuple(column.name for column in _timers.columns))


def replace_timers(
    connection: Connection,
    lane: Lane,
    issues: Collection[int] | None,
    timers: Iterable[Timer],
    reckoner: Reckoner,
) -> None:
    """Store the waits of some issues of a lane, None: of all, in the place of those they had.

    One that runs on fires when it was to.
    """
    timers = list(timers)
    running = _running(connection, lane, {timer.issue_number for timer in timers}, reckoner)
    if issues is None:
        forget_timers(connection, lane.repository_id)
    for some in chunks(sorted(issues or ())):
        _forgotten(len(some)).run(connection, _of_lane(lane, some))
    if timers:
        _ADD.run_each(connection, [_row(lane, timer, running, reckoner) for timer in timers])


def forget_timers(connection: Connection, repository_id: int) -> None:
    """Remove the waits of a lane."""
    connection.execute(_timers.delete().where(_timers.c.repository_id == repository_id))


def foreign_timers(connection: Connection, name: str, partition: Partition) -> bool:
    """Say whether some waits of a partition were reckoned by another process."""
    query = select(_timers.c.kind).where(_is_foreign(name), _within(partition)).limit(1)
    return connection.execute(query).first() is not None


def reckon_anew(connection: Connection, reckoner: Reckoner, partition: Partition) -> None:
    """Reckon by this clock when the waits fire that another process reckoned by its own."""
    foreign = select(_timers).where(_is_foreign(reckoner.name), _within(partition))
    for row in connection.execute(foreign).mappings().all():
        this = [column == row[column.name] for column in _timers.primary_key]
        fires_at = reckoner.fires_at(row["since"], row["due_at"])
        values = {"fires_at": fires_at, "reckoned_by": reckoner.name}
        connection.execute(_timers.update().where(*this).values(**values))


def due_timers(connection: Connection, now: datetime, partition: Partition) -> DueTimers:
    """Return the waits of a partition that are over, a bounded number, and when the next will be.

    The first due come first; what is over and was not returned is not the next. ``now`` is of the
    clock by which they were reckoned.
    """
    values = {"now": now, "share": partition.number, "shares": partition.of}
    return DueTimers(
        over=[RunningTimer.model_construct(**row) for row in _OVER.mappings(connection, values)],
        next_due=_NEXT_DUE.scalar(connection, values),
    )


def event_of(row: RunningTimer) -> NewEvent:
    """Return the event that a stored wait is over."""
    timer = Timer(
        issue_number=row.issue_number,
        kind=cast("TimerKind", row.kind),
        token=row.token,
        since=row.since or row.due_at,
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


def _within(partition: Partition) -> ColumnElement[bool]:
    remainder: ColumnElement[int] = _timers.c.repository_id % partition.of
    return remainder == partition.number


def _is_foreign(name: str) -> ColumnElement[bool]:
    return or_(_timers.c.reckoned_by.is_(None), _timers.c.reckoned_by != name)


_Running: TypeAlias = dict[tuple[Any, ...], datetime]


def _running(
    connection: Connection, lane: Lane, issues: Collection[int], reckoner: Reckoner
) -> _Running:
    """Return when waits of some issues fire that this process reckoned."""
    found: _Running = {}
    for some in chunks(sorted(issues)):
        values = _of_lane(lane, some) | {"reckoner": reckoner.name}
        for *wait, fires_at in _reckoned(len(some)).rows(connection, values):
            found[tuple(wait)] = fires_at
    return found


def _of_lane(lane: Lane, issues: Sequence[int]) -> dict[str, Any]:
    return {"lane": lane.repository_id, **named(_timers.c.issue_number, issues)}


@cache
def _forgotten(issues: int) -> Statement:
    return Statement(_timers.delete().where(_OF_LANE, one_of(_timers.c.issue_number, issues)))


@cache
def _reckoned(issues: int) -> Statement:
    """Select of some issues what tells a wait from another, and when it fires."""
    wait = (_timers.c.issue_number, _timers.c.kind, _timers.c.token, _timers.c.due_at)
    ours = _timers.c.reckoned_by == bindparam("reckoner")
    query = select(*wait, _timers.c.fires_at)
    return Statement(query.where(_OF_LANE, ours, one_of(_timers.c.issue_number, issues)))


def _row(lane: Lane, timer: Timer, running: _Running, reckoner: Reckoner) -> dict[str, Any]:
    fires_at = running.get((timer.issue_number, timer.kind, timer.token, timer.due_at))
    return {
        "repository_id": lane.repository_id,
        "issue_number": timer.issue_number,
        "kind": timer.kind,
        "installation_id": lane.installation_id,
        "generation": lane.handling(timer.issue_number).generation,
        "token": timer.token,
        "due_at": timer.due_at,
        "since": timer.since,
        "fires_at": fires_at or reckoner.fires_at(timer.since, timer.due_at),
        "reckoned_by": reckoner.name,
    }
