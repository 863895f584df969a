"""Lanes for which nothing is decided, since something about them failed: alone, and shown."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, func, select
from sqlmodel import Field, SQLModel

from events.statement import Statement, chunks, named, one_of
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access
from reactions.lanes import Stuck

_MAX_ERROR = 500


class StuckLane(SQLModel):
    """A lane that is left alone until it changes or a release mends it, and why."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    error: str
    since: datetime


class StuckLaneRow(StuckLane, table=True):
    """A stuck lane as it is stored."""

    __tablename__ = "stuck_lanes"


_stuck = table_of(StuckLaneRow)


def note_stuck(connection: Connection, stuck: Iterable[Stuck], now: datetime) -> None:
    """Store lanes that are stuck, each with its newest error and since when it is."""
    for lane in stuck:
        known = _stuck.c.repository_id == lane.repository_id
        error = lane.error[:_MAX_ERROR]
        if not connection.execute(_stuck.update().where(known).values(error=error)).rowcount:
            values = {"repository_id": lane.repository_id, "error": error, "since": now}
            connection.execute(_stuck.insert().values(values))


def note_moving(connection: Connection, repository_ids: Iterable[int]) -> None:
    """Forget lanes that are no longer stuck."""
    for some in chunks(repository_ids):
        _moving(len(some)).run(connection, named(_stuck.c.repository_id, some))


@cache
def _moving(lanes: int) -> Statement:
    return Statement(_stuck.delete().where(one_of(_stuck.c.repository_id, lanes)))


def list_stuck(connection: Connection, access: Access, limit: int) -> list[StuckLane]:
    """Return the lanes within reach that are stuck, the longest first."""
    query = select(_stuck).where(access.holds(_stuck.c.repository_id))
    query = query.order_by(_stuck.c.since, _stuck.c.repository_id).limit(limit)
    rows = connection.execute(query, access.values).mappings()
    return [StuckLane.model_construct(**row) for row in rows]


def count_stuck(connection: Connection) -> int:
    """Return how many lanes are stuck."""
    return connection.scalar(select(func.count()).select_from(_stuck)) or 0
