"""Who lets the service act as them in which repository, in their order: rows, one a consent.

Each change is told in the log afterwards; ``told`` says whether it was, so that what a process
that died left untold is told by another. An id that follows from the change makes it once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, or_, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from people.inserting import inserting
from projections import access_news
from projections.access_news import AccessNewsRow
from projections.repositories.model import RepositoryRow

_ONCE_A_DAY = timedelta(days=1)  # it is looked at what no delivery told of


@dataclass(frozen=True, slots=True)
class Where:
    """A repository as GitHub is asked about it."""

    repository_id: int
    installation_id: int
    full_name: str


class ConsentRow(SQLModel, table=True):
    """A consent; one that was lost stays, with why, until it is given again or taken back."""

    __tablename__ = "consents"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    repository_id: int = Field(
        primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN, index=True
    )
    installation_id: int = Field(sa_type=BIG_INTEGER)
    full_name: str
    login: str
    place: int = Field(description="the lowest comes first in its repository")
    given_at: datetime
    given_behind: int = Field(sa_type=BIG_INTEGER, description="the log's head then")
    checked_at: datetime = Field(description="when GitHub last said that they may write there")
    checked_behind: int = Field(sa_type=BIG_INTEGER, description="the log's head then")
    lost_at: datetime | None
    why: str | None
    told: bool = Field(index=True)


_consents = table_of(ConsentRow)
_news = table_of(AccessNewsRow)
_repositories = table_of(RepositoryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent as it is stored; lost where ``lost_at`` says when, and ``why``."""

    user_id: int
    repository_id: int
    installation_id: int
    full_name: str
    login: str
    place: int
    given_at: datetime
    given_behind: int
    checked_at: datetime
    checked_behind: int
    lost_at: datetime | None
    why: str | None
    told: bool


def give(connection: Connection, consent: Consent) -> None:
    """Keep a consent: behind all others, or in its own place where it is given already."""
    this = _this(consent.user_id, consent.repository_id)
    known = connection.execute(select(_consents).where(*this).with_for_update()).mappings().first()
    values = {name: getattr(consent, name) for name in Consent.__slots__}
    last = select(func.max(_consents.c.place)).where(
        _consents.c.repository_id == consent.repository_id
    )
    stays = known is not None and known["lost_at"] is None
    values["place"] = known["place"] if stays and known else (connection.scalar(last) or 0) + 1
    given = inserting(connection, _consents).values(**values)
    connection.execute(
        given.on_conflict_do_update(
            index_elements=["user_id", "repository_id"],
            set_={name: given.excluded[name] for name in values},
        )
    )


def find(connection: Connection, user_id: int, repository_id: int) -> Consent | None:
    """Return one, lost or not."""
    query = select(_consents).where(*_this(user_id, repository_id))
    row = connection.execute(query).mappings().first()
    return None if row is None else _read(row)


def of_person(connection: Connection, user_id: int) -> list[Consent]:
    """Return somebody's, lost ones too, by the repositories' names."""
    query = select(_consents).where(_consents.c.user_id == user_id)
    return _all(connection, query.order_by(_consents.c.full_name, _consents.c.repository_id))


def of_repository(connection: Connection, repository_id: int) -> list[Consent]:
    """Return those of a repository in their order, lost ones too."""
    query = select(_consents).where(_consents.c.repository_id == repository_id)
    return _all(connection, query.order_by(_consents.c.place, _consents.c.user_id))


def lose(  # noqa: PLR0913 (as above)
    connection: Connection,
    consent: Consent,
    why: str,
    seen: datetime,
    now: datetime,
    *,
    everywhere: bool,
) -> list[Consent]:
    """Note that a consent is lost; ``everywhere``: all that its person had given until ``seen``.

    Returns those that were not before.
    """
    all_of_theirs = (_consents.c.user_id == consent.user_id, _consents.c.given_at <= seen)
    these = all_of_theirs if everywhere else _same(consent)
    lost = update(_consents).where(*these, _consents.c.lost_at.is_(None))
    lost = lost.values(lost_at=now, why=why, told=False)
    found = connection.execute(lost.returning(_consents)).mappings().all()
    return [_read(row) for row in found]


def take_back(connection: Connection, user_id: int, repositories: Collection[int]) -> list[Consent]:
    """Forget consents; returns those that were there."""
    these = (_consents.c.user_id == user_id, _consents.c.repository_id.in_(repositories))
    found = connection.execute(delete(_consents).where(*these).returning(_consents))
    return [_read(row) for row in found.mappings().all()]


def order(connection: Connection, repository_id: int, user_ids: Collection[int]) -> None:
    """Put those of a repository in an order; whom it does not name comes behind."""
    places = {user_id: place for place, user_id in enumerate(user_ids)}
    known = of_repository(connection, repository_id)
    known.sort(key=lambda each: places.get(each.user_id, len(places)))
    for place, each in enumerate(known, start=1):
        this = update(_consents).where(*_this(each.user_id, repository_id))
        connection.execute(this.values(place=place))


def check(  # noqa: PLR0913 (a row has this many sides)
    connection: Connection, consent: Consent, login: str, where: Where, now: datetime, behind: int
) -> None:
    """Note that GitHub just said that they may write there, and how both are called by now."""
    values = {
        "login": login,
        "installation_id": where.installation_id,
        "full_name": where.full_name,
        "checked_at": now,
        "checked_behind": behind,
    }
    connection.execute(update(_consents).where(*_same(consent)).values(**values))


def note_told(connection: Connection, consent: Consent) -> None:
    """Note that the log tells of a consent as it is."""
    connection.execute(update(_consents).where(*_same(consent)).values(told=True))


def untold(connection: Connection, limit: int) -> list[Consent]:
    """Return those whose last change nobody told yet, as far as it is known."""
    return _all(connection, select(_consents).where(~_consents.c.told).limit(limit))


def in_doubt(
    connection: Connection, now: datetime, but: Collection[int], limit: int
) -> list[tuple[Consent, Where]]:
    """Return given ones of which GitHub is to be asked: something was told since, or a day passed.

    Those of repositories that the App does not reach are left: nothing is done there. So are those
    of the people ``but``.
    """
    revoked = _news_of(access_news.PERSON, _consents.c.user_id)
    changed = _news_of(access_news.INSTALLATION, _consents.c.installation_id)
    doubtful = or_(
        revoked > _consents.c.given_behind,
        changed > _consents.c.checked_behind,
        _consents.c.checked_at <= now - _ONCE_A_DAY,
        _consents.c.checked_at > now + _ONCE_A_DAY,  # while a clock was wrong
    )
    known = _repositories.c
    query = (
        select(_consents, known.installation_id.label("at"), known.full_name.label("named"))
        .join(_repositories, known.id == _consents.c.repository_id)
        .where(_consents.c.lost_at.is_(None), doubtful)
        .where(known.installation_id.is_not(None), known.connected.is_not(False))
        .order_by(_consents.c.checked_at)
        .limit(limit)
    )
    query = query.where(_consents.c.user_id.not_in(but)) if but else query
    found = connection.execute(query).mappings().all()
    return [(_read(row), Where(row["repository_id"], row["at"], row["named"])) for row in found]


def is_news(connection: Connection, consent: Consent) -> bool:
    """Say whether a delivery told since the last look that access may have changed."""
    at, about, behind = [consent.installation_id], [consent.repository_id], consent.checked_behind
    return access_news.newest(connection, consent.user_id, at, about, behind) > behind


def where_of(connection: Connection, repository_id: int) -> Where | None:
    """Return where a repository is; None where the App does not reach it."""
    query = select(_repositories).where(_repositories.c.id == repository_id)
    row = connection.execute(query).mappings().first()
    if row is None or row["installation_id"] is None or row["connected"] is False:
        return None
    return Where(repository_id, row["installation_id"], row["full_name"])


def any_given(connection: Connection, user_id: int) -> bool:
    """Say whether somebody lets us act as them anywhere."""
    theirs = (_consents.c.user_id == user_id, _consents.c.lost_at.is_(None))
    return (
        connection.execute(select(_consents.c.user_id).where(*theirs).limit(1)).first() is not None
    )


def _news_of(kind: str, whose: Any) -> Any:  # noqa: ANN401 (a column and a subquery)
    query = select(_news.c.position).where(_news.c.kind == kind, _news.c.id == whose)
    return func.coalesce(query.scalar_subquery(), 0)


def _this(user_id: int, repository_id: int) -> tuple[Any, ...]:
    return _consents.c.user_id == user_id, _consents.c.repository_id == repository_id


def _same(consent: Consent) -> tuple[Any, ...]:
    lost = _consents.c.lost_at
    as_it_was = lost.is_(None) if consent.lost_at is None else lost == consent.lost_at
    given = _consents.c.given_at == consent.given_at
    return (*_this(consent.user_id, consent.repository_id), given, as_it_was)


def _all(connection: Connection, query: Any) -> list[Consent]:  # noqa: ANN401 (a query's columns)
    return [_read(row) for row in connection.execute(query).mappings()]


def _read(row: RowMapping) -> Consent:
    return Consent(**{name: row[name] for name in Consent.__slots__})
