"""Up to when every delivery is in the log, and which are not; no replay touches it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, events, table_of
from projections.access import EVERYTHING, Access
from projections.lanes.model import lane_circumstances

_AT_ONCE = 500
_THE_ROW = 1
_MAX_WORDS = 300


class Completeness(SQLModel):
    """Between which times every delivery that GitHub lists is in the log, but for missing ones.

    Times are GitHub's, of deliveries; ``looked_at`` and ``settled_at`` are ours: when GitHub was
    last asked, and when last nothing was awaited that it can still deliver.
    """

    complete_from: datetime | None = None
    complete_up_to: datetime | None = None
    looked_at: datetime | None = None
    settled_at: datetime | None = None
    error: str | None = Field(default=None, description="why GitHub could not be asked last time")


class RecoveryRow(Completeness, table=True):
    """The one row of it."""

    __tablename__ = "recovery"

    id: int = Field(default=_THE_ROW, primary_key=True, sa_column_kwargs=GIVEN)


class MissingDelivery(SQLModel):
    """A delivery that GitHub made, or tried to, and that is not in the log."""

    guid: UUID = Field(primary_key=True)
    delivery_id: int = Field(sa_type=BIG_INTEGER, description="GitHub's id of the newest attempt")
    delivered_at: datetime = Field(description="GitHub's time of the first attempt")
    event: str
    action: str | None = None
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    asked: int = Field(default=0, description="how often we asked GitHub to deliver it again")
    asked_at: datetime | None = None
    given_up: str | None = Field(default=None, description="why it will not come any more")


class MissingDeliveryRow(MissingDelivery, table=True):
    """A missing delivery as it is stored."""

    __tablename__ = "missing_deliveries"


_recovery = table_of(RecoveryRow)
_missing = table_of(MissingDeliveryRow)
_NOTHING = Completeness()


def completeness(connection: Connection) -> Completeness:
    """Return how far the log is complete; without values before the first look."""
    row = connection.execute(select(_recovery)).mappings().first()
    if row is None:
        return _NOTHING
    values = {name: row[name] for name in Completeness.model_fields}
    return Completeness.model_construct(**values)


def keep_completeness(connection: Connection, known: Completeness) -> None:
    """Store how far the log is complete."""
    values = known.model_dump()
    values["error"] = known.error[:_MAX_WORDS] if known.error else None
    if not connection.execute(_recovery.update().values(**values)).rowcount:
        connection.execute(_recovery.insert().values(id=_THE_ROW, **values))


def missing(connection: Connection) -> list[MissingDelivery]:
    """Return all deliveries that are not in the log, the oldest first."""
    return _found(connection, select(_missing))


def list_missing(connection: Connection, access: Access, limit: int) -> list[MissingDelivery]:
    """Return deliveries within reach that are not in the log, the oldest first."""
    return _found(connection, select(_missing).where(_within(access)).limit(limit), access)


def count_missing(connection: Connection, access: Access = EVERYTHING) -> int:
    """Return how many deliveries within reach are not in the log."""
    query = select(func.count()).select_from(_missing)
    return connection.scalar(query.where(_within(access)), access.values) or 0


def replace_missing(connection: Connection, those: Iterable[MissingDelivery]) -> None:
    """Store the deliveries that are missing now in the place of those that were."""
    connection.execute(_missing.delete())
    rows: list[dict[str, Any]] = [each.model_dump() for each in those]
    if rows:
        connection.execute(_missing.insert(), rows)


def note_asked(connection: Connection, guid: UUID, now: datetime) -> None:
    """Count that GitHub was asked to deliver again."""
    this = _missing.update().where(_missing.c.guid == guid)
    connection.execute(this.values(asked=_missing.c.asked + 1, asked_at=now))


def note_given_up(connection: Connection, guid: UUID, why: str) -> None:
    """Note that GitHub will not deliver again."""
    this = _missing.update().where(_missing.c.guid == guid)
    connection.execute(this.values(given_up=why[:_MAX_WORDS]))


def in_the_log(connection: Connection, guids: Sequence[UUID]) -> set[UUID]:
    """Return those deliveries that are in the log."""
    found: set[UUID] = set()
    for start in range(0, len(guids), _AT_ONCE):
        some = guids[start : start + _AT_ONCE]
        found.update(connection.scalars(select(events.c.id).where(events.c.id.in_(some))))
    return found


def _within(access: Access) -> ColumnElement[bool]:
    """Say that a delivery is within reach; one of an installation that a repository left is not."""
    if access.is_everything:
        return true()
    repository, installation = _missing.c.repository_id, _missing.c.installation_id
    lane = lane_circumstances.c
    left = exists().where(
        lane.repository_id == repository,
        lane.visible_from > 0,
        lane.installation_id.is_distinct_from(installation),
    )
    of_nobody = and_(repository.is_(None), access.owns(installation))
    return or_(and_(access.holds(repository), ~left), of_nobody)


def _found(
    connection: Connection, query: Select[Any], access: Access = EVERYTHING
) -> list[MissingDelivery]:
    ordered = query.order_by(_missing.c.delivered_at, _missing.c.guid)
    rows = connection.execute(ordered, access.values).mappings()
    return [MissingDelivery.model_construct(**row) for row in rows]
