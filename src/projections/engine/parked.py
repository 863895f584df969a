"""Events that a projection could not digest: shown with their error, never skipped silently."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlmodel import Field, SQLModel

from events.errors import described
from events.statement import Statement
from events.table import BIG_INTEGER, events, table_of
from projections.access import Access, built_once
from projections.as_of import AS_OF

_MAX_ERROR = 500


class ParkedEvent(SQLModel):
    """An event that left no trace in one projection, and why."""

    projection: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER)
    error: str


class ParkedEventRow(ParkedEvent, table=True):
    """A parked event as it is stored."""

    __tablename__ = "parked_events"


_parked = table_of(ParkedEventRow)


def describe(projection: str, position: int, error: Exception) -> ParkedEvent:
    """Describe a failure by the error's type and where it arose, never by the payload's text."""
    kept = described(error)[:_MAX_ERROR]
    return ParkedEvent(projection=projection, position=position, error=kept)


def park(connection: Connection, parked: Iterable[ParkedEvent]) -> None:
    """Store parked events."""
    rows = [entry.model_dump() for entry in parked]
    if rows:
        connection.execute(_parked.insert(), rows)


def forget(connection: Connection, projection: str) -> None:
    """Forget what a projection could not digest, since it starts anew."""
    connection.execute(_parked.delete().where(_parked.c.projection == projection))


def counts(connection: Connection) -> dict[str, int]:
    """Return the number of parked events by projection."""
    query = select(_parked.c.projection, func.count().label("number")).group_by(
        _parked.c.projection
    )
    return {row.projection: row.number for row in connection.execute(query)}


def count(connection: Connection, access: Access, as_of: int | None = None) -> int:
    """Return the number of parked events within reach, once per projection, up to a position."""
    values = {"as_of": as_of} | access.values
    return int(_counted(access, as_of is not None).scalar(connection, values))


def list_parked(
    connection: Connection, access: Access, before: int | None, least: int
) -> list[ParkedEvent]:
    """Return parked events, newest first: at least ``least`` if there are, whole positions."""
    query = _within(select(_parked), access).order_by(_parked.c.position.desc())
    if before is not None:
        query = query.where(_parked.c.position < before)
    rows = list(connection.execute(query.limit(least), access.values).mappings())
    if rows:  # all projections that parked the last of these events
        query = _within(select(_parked), access).where(_parked.c.position == rows[-1]["position"])
        rows = [row for row in rows if row["position"] != rows[-1]["position"]]
        query = query.order_by(_parked.c.projection)
        rows += connection.execute(query, access.values).mappings()
    return [ParkedEvent.model_construct(**row) for row in rows]


@built_once
def _counted(access: Access, then: bool) -> Statement:  # noqa: FBT001 (or of all)
    query = _within(select(func.count()), access)
    return Statement(query.where(_parked.c.position <= AS_OF) if then else query)


def _within(query: Select[Any], access: Access) -> Select[Any]:
    same = events.c.position == _parked.c.position
    return query.select_from(_parked.join(events, same)).where(
        access.told(events.c.repository_id, events.c.installation_id, events.c.position)
    )
