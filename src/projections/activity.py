"""How much happens in a repository: events per day and type, for charts."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, case, func, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, FROM_ZERO, table_of
from projections.access import Access, built_once, moved_after
from projections.engine.projection import Key, Projection, ReadEvent, copied
from projections.events.index import event_index
from projections.lanes.model import lane_circumstances
from projections.repositories.names import with_repository


class Activity(SQLModel):
    """The number of events of one type that we recorded for a repository on one day (UTC)."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER)
    day: date = Field(primary_key=True)
    type: str = Field(primary_key=True)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    count: int = Field(default=0, sa_type=BIG_INTEGER)


class HeldActivity(Activity):
    """A count with the positions of the first and the newest of its events."""

    first_position: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)
    position: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)


class ActivityRow(HeldActivity, table=True):
    """A count as it is stored."""

    __tablename__ = "activity"


_activity = table_of(ActivityRow)


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    event = read.event
    if event.repository_id is None:
        return ()
    return ((event.repository_id, event.recorded_at.date(), event.type),)


def _evolve(row: HeldActivity | None, key: Key, read: ReadEvent) -> HeldActivity:
    position = read.event.position
    if row is None:
        repository_id, day, kind = key
        row = HeldActivity.model_construct(
            repository_id=repository_id, day=day, type=kind, first_position=position
        )
    newest = {"installation_id": read.event.installation_id, "count": row.count + 1}
    return copied(row, newest | {"position": position})


ACTIVITY: Projection[HeldActivity] = Projection(
    name="activity",
    version=2,
    table=_activity,
    model=HeldActivity,
    touches=_touches,
    evolve=_evolve,
)


def list_activity(
    connection: Connection,
    access: Access,
    repository: int | str | None,
    days: tuple[date, date],
    limit: int,
) -> list[Activity]:
    """Return counts by repository, day and type, from the first of ``days`` to the last."""
    asked = {"first": days[0], "last": days[1], "repository": repository, "limit": limit}
    values = with_repository(connection, access, asked)
    query = _counted(access, repository is not None)
    rows = connection.execute(query, values | access.values).mappings()
    return [Activity.model_construct(**row) for row in rows]


@built_once
def _counted(access: Access, of_one: bool) -> Select[Any]:  # noqa: FBT001 (as it was asked)
    c = _activity.c
    columns = (c.repository_id, c.day, c.type, c.installation_id, _count(access))
    days = c.day.between(bindparam("first"), bindparam("last"))
    query = select(*columns).where(access.since(c.repository_id, c.position), days)
    if of_one:
        query = query.where(c.repository_id == bindparam("repository"))
    return query.order_by(*_activity.primary_key).limit(bindparam("limit", type_=Integer))


def _count(access: Access) -> ColumnElement[int]:
    """Count a day's events; of the day on which a repository moved, those since."""
    c = _activity.c
    if access.is_everything:
        return c.count
    since = (
        select(func.count())
        .select_from(event_index.join(lane_circumstances, _same_repository))
        .where(
            event_index.c.repository_id == c.repository_id,
            event_index.c.type == c.type,
            event_index.c.position.between(lane_circumstances.c.visible_from, c.position),
        )
        .correlate(_activity)
    )
    straddles = moved_after(c.repository_id, c.first_position)
    return case((straddles, since.scalar_subquery()), else_=c.count).label("count")


_same_repository = event_index.c.repository_id == lane_circumstances.c.repository_id
