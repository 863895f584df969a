"""Sessions of browsers: known by the hash of a cookie, ended by time, by people or by GitHub."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, table_of
from people.secrets import hashed

IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
MOST = 100  # of one person; the one that was used longest ago makes room
_TOUCHED_EVERY = timedelta(minutes=1)  # so that not every request writes
_LONGEST_AGENT = 200


class SessionRow(SQLModel, table=True):
    """A session; ``user_id`` is None for whoever exchanged the admin token."""

    __tablename__ = "sessions"

    token_hash: str = Field(primary_key=True)
    id: UUID = Field(unique=True)
    user_id: int | None = Field(sa_type=BIG_INTEGER, index=True)
    login: str | None
    agent: str = Field(description="how the browser named itself, for the person's own list")
    made_with: str | None = Field(description="the hash of the admin token that was exchanged")
    began_at: datetime
    began_behind: int = Field(sa_type=BIG_INTEGER, description="the log's head when it began")
    used_at: datetime
    ends_at: datetime


_sessions = table_of(SessionRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as it is: whose, and until when at most."""

    id: UUID
    user_id: int | None
    login: str | None
    agent: str
    made_with: str | None
    began_at: datetime
    began_behind: int
    used_at: datetime
    ends_at: datetime


def begin(connection: Connection, token: str, session: Session) -> None:
    """Keep a new session; of more than a hundred of one person the idlest ends."""
    values = {name: getattr(session, name) for name in Session.__slots__}
    values["agent"] = session.agent[:_LONGEST_AGENT]
    connection.execute(insert(_sessions).values(token_hash=hashed(token), **values))
    kept = select(_sessions.c.id).where(_of(session.user_id))
    kept = kept.order_by(_sessions.c.used_at.desc()).offset(MOST)
    surplus = connection.scalars(kept.limit(MOST)).all()
    if surplus:
        connection.execute(delete(_sessions).where(_sessions.c.id.in_(surplus)))


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """Return the session of a cookie's secret, unless it has ended."""
    query = select(_sessions).where(_sessions.c.token_hash == hashed(token), *_holds(now))
    row = connection.execute(query).mappings().first()
    return None if row is None else _session(row)


def is_to_be_touched(session: Session, now: datetime) -> bool:
    """Say whether its use is worth being written down."""
    return now - session.used_at >= _TOUCHED_EVERY


def touch(connection: Connection, session: Session, now: datetime) -> None:
    """Note that a session was used."""
    same = _sessions.c.id == session.id
    connection.execute(update(_sessions).where(same).values(used_at=now))


def of_person(connection: Connection, user_id: int | None, now: datetime) -> list[Session]:
    """Return somebody's sessions, the newest first."""
    query = select(_sessions).where(_of(user_id), *_holds(now))
    query = query.order_by(_sessions.c.began_at.desc()).limit(MOST)
    return [_session(row) for row in connection.execute(query).mappings()]


def has_any(user_id: ColumnElement[int], now: datetime) -> ColumnElement[bool]:
    """Say in a query whether the person of a row has a session."""
    return exists().where(_sessions.c.user_id == user_id, *_holds(now))


def end(connection: Connection, ids: Sequence[UUID]) -> None:
    """End sessions; those that ended already are fine."""
    connection.execute(delete(_sessions).where(_sessions.c.id.in_(ids)))


def clear(connection: Connection, now: datetime, limit: int) -> int:
    """Drop what has ended by itself, at most ``limit``; returns how many."""
    over = or_(_sessions.c.ends_at <= now, _sessions.c.used_at <= now - IDLE)
    ended = select(_sessions.c.token_hash).where(over).limit(limit)
    gone = connection.execute(delete(_sessions).where(_sessions.c.token_hash.in_(ended)))
    return int(gone.rowcount)


def _of(user_id: int | None) -> ColumnElement[bool]:
    return _sessions.c.user_id.is_not_distinct_from(user_id)


def _holds(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (_sessions.c.ends_at > now, _sessions.c.used_at > now - IDLE)


def _session(row: RowMapping) -> Session:
    return Session(**{name: row[name] for name in Session.__slots__})
