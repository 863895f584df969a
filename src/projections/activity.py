"""How much happens in a repository: events per day and type, for charts."""

from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, table_of
from projections.access import Access
from projections.engine.projection import Key, Projection, ReadEvent, copied


class Activity(SQLModel):
    """The number of events of one type that we recorded for a repository on one day (UTC)."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER)
    day: date = Field(primary_key=True)
    type: str = Field(primary_key=True)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    count: int = Field(default=0, sa_type=BIG_INTEGER)


class ActivityRow(Activity, table=True):
    """A count as it is stored."""

    __tablename__ = "activity"


_activity = table_of(ActivityRow)


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    event = read.event
    if event.repository_id is None:
        return ()
    return ((event.repository_id, event.recorded_at.date(), event.type),)


def _evolve(row: Activity | None, key: Key, read: ReadEvent) -> Activity:
    if row is None:
        repository_id, day, kind = key
        row = Activity.model_construct(repository_id=repository_id, day=day, type=kind)
    newest = {"installation_id": read.event.installation_id, "count": row.count + 1}
    return copied(row, newest)


ACTIVITY: Projection[Activity] = Projection(
    name="activity",
    version=1,
    table=_activity,
    model=Activity,
    touches=_touches,
    evolve=_evolve,
)


def list_activity(
    connection: Connection,
    access: Access,
    repository: int | None,
    days: tuple[date, date],
    limit: int,
) -> list[Activity]:
    """Return counts by repository, day and type, from the first of ``days`` to the last."""
    query = select(_activity).where(
        access.condition(_activity.c.installation_id), _activity.c.day.between(*days)
    )
    if repository is not None:
        query = query.where(_activity.c.repository_id == repository)
    query = query.order_by(*_activity.primary_key).limit(limit)
    return [Activity.model_construct(**row) for row in connection.execute(query).mappings()]
