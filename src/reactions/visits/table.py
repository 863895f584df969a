"""Which repositories are to be looked at for a purpose, and when; no replay touches it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Index, func, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access
from reactions import reckoning

_MAX_ERROR = 300


class Visit(SQLModel):
    """A repository that is looked at when it is due; never, until something happens, without."""

    purpose: str = Field(
        primary_key=True, description="what for: `policy_files`, `resync` or `settling`"
    )
    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int = Field(sa_type=BIG_INTEGER)
    full_name: str | None = Field(default=None, description="as it was last told to us")
    due_at: datetime | None = Field(default=None, description="when it is looked at next")
    since: datetime | None = Field(
        default=None, description="since when it waits for that, by the clock of who noted it"
    )
    failures: int = Field(default=0, description="how often it could not be looked at in a row")
    error: str | None = Field(default=None, description="why it could not, last time")


class FailingVisit(Visit):
    """A repository that could not be looked at; it is tried again when it is due."""


class VisitRow(Visit, table=True):
    """A visit as it is stored."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_due_at", "purpose", "due_at"),)


_visits = table_of(VisitRow)


def known(connection: Connection, purpose: str, repository_ids: Iterable[int]) -> set[int]:
    """Return which of some repositories are looked at."""
    those = (_visits.c.purpose == purpose, _visits.c.repository_id.in_(repository_ids))
    return {*connection.scalars(select(_visits.c.repository_id).where(*those))}


def want(connection: Connection, visit: Visit, *, again: bool, settled: bool = False) -> None:
    """Have a repository looked at: for the first time, or again.

    Through another installation than before only once it is ``settled`` that it is that one's.
    """
    this = _is(visit.purpose, visit.repository_id)
    row = connection.execute(select(_visits).where(*this)).mappings().first()
    if row is None:
        connection.execute(_visits.insert().values(**visit.model_dump()))
        return
    moved = row["installation_id"] != visit.installation_id
    if not again or (moved and not settled):
        return
    values = visit.model_dump(exclude={"purpose", "repository_id"})
    values["full_name"] = visit.full_name or row["full_name"]
    connection.execute(update(_visits).where(*this).values(**values))


def want_if_idle(connection: Connection, visit: Visit, newest: datetime) -> None:
    """Have a repository looked at unless that is to happen already, through this installation.

    A visit that was due before ``newest`` may be under way and too early for it: it is moved, by
    as little as can be, so that its end does not pass for that of another.
    """
    this = _is(visit.purpose, visit.repository_id)
    row = connection.execute(select(_visits).where(*this)).mappings().first()
    if row is None:
        connection.execute(_visits.insert().values(**visit.model_dump()))
    elif row["due_at"] is None or row["installation_id"] != visit.installation_id:
        values = visit.model_dump(exclude={"purpose", "repository_id", "full_name"})
        connection.execute(update(_visits).where(*this).values(**values))
    elif row["due_at"] < newest:
        later = row["due_at"] + timedelta.resolution
        connection.execute(update(_visits).where(*this).values(due_at=later))


def forget(
    connection: Connection, purpose: str, repository_id: int, installation_id: int | None
) -> None:
    """Look at a repository no more; what another installation still reaches stays."""
    this = _is(purpose, repository_id)
    if installation_id is not None:
        this = (*this, _visits.c.installation_id == installation_id)
    connection.execute(_visits.delete().where(*this))


def hurry(connection: Connection, purpose: str, installation_id: int, now: datetime) -> None:
    """Look at all repositories of an installation soon, such as after it was suspended."""
    those = (_visits.c.purpose == purpose, _visits.c.installation_id == installation_id)
    connection.execute(update(_visits).where(*those).values(since=now, due_at=now, failures=0))


def due(connection: Connection, purpose: str, now: datetime, limit: int) -> list[Visit]:
    """Return what is due first in each of several installations, at most ``limit``."""
    order = (_visits.c.due_at, _visits.c.repository_id)
    place = func.row_number().over(partition_by=_visits.c.installation_id, order_by=order)
    ready = (_visits.c.purpose == purpose, _visits.c.due_at <= now)
    ranked = select(_visits, place.label("place")).where(*ready).subquery()
    names = [ranked.c[column.name] for column in _visits.columns]
    query = select(*names).where(ranked.c.place == 1).order_by(ranked.c.due_at).limit(limit)
    return [Visit.model_construct(**row) for row in connection.execute(query).mappings()]


def done(connection: Connection, visit: Visit, now: datetime, next_due: datetime | None) -> None:
    """Note that a repository was looked at, unless it became due anew meanwhile."""
    same = (*_is(visit.purpose, visit.repository_id), _visits.c.due_at == visit.due_at)
    values = {"since": now, "due_at": next_due, "failures": 0, "error": None}
    connection.execute(update(_visits).where(*same).values(**values))


def put_off(
    connection: Connection, visit: Visit, now: datetime, until: datetime, error: str
) -> None:
    """Look at a repository later, since it failed."""
    same = (*_is(visit.purpose, visit.repository_id), _visits.c.due_at == visit.due_at)
    values = {"since": now, "due_at": until, "error": error[:_MAX_ERROR]}
    values |= {"failures": visit.failures + 1}
    connection.execute(update(_visits).where(*same).values(**values))


def put_off_installation(
    connection: Connection, purpose: str, installation_id: int, now: datetime, until: datetime
) -> None:
    """Let a whole installation wait, since GitHub takes no more from it for now."""
    those = (_visits.c.purpose == purpose, _visits.c.installation_id == installation_id)
    values = {"since": now, "due_at": until}
    connection.execute(update(_visits).where(*those, _visits.c.due_at < until).values(**values))


def began_ahead(connection: Connection, purpose: str, now: datetime) -> bool:
    """Say whether a repository waits since later than now, as a clock that was wrong had it."""
    return reckoning.began_ahead(connection, _visits, now, _visits.c.purpose == purpose)


def reckon_anew(connection: Connection, purpose: str, now: datetime) -> None:
    """Have what waits since later than now wait from now on, no longer than it was to."""
    reckoning.reckon_anew(connection, _visits, now, _visits.c.purpose == purpose)


def next_due(connection: Connection, purpose: str) -> datetime | None:
    """Return when the next repository is due."""
    query = select(func.min(_visits.c.due_at)).where(_visits.c.purpose == purpose)
    found: datetime | None = connection.scalar(query)
    return found


def failing_visits(connection: Connection, access: Access, limit: int) -> list[FailingVisit]:
    """Return repositories within reach that failed last time, the most often first."""
    query = select(_visits).where(_visits.c.failures > 0, access.holds(_visits.c.repository_id))
    query = query.order_by(_visits.c.failures.desc(), _visits.c.repository_id, _visits.c.purpose)
    rows = connection.execute(query.limit(limit), access.values).mappings()
    return [FailingVisit.model_construct(**row) for row in rows]


def _is(purpose: str, repository_id: int) -> tuple[ColumnElement[bool], ...]:
    return (_visits.c.purpose == purpose, _visits.c.repository_id == repository_id)
