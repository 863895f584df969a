"""API tokens: what people let programs do in their name, for some of their rights and a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.table import BIG_INTEGER, table_of
from people.caller import ADMIN, Caller
from people.rights import Reach
from people.roles import Role
from people.secrets import hashed

PREFIX = "cwo_"  # says to people, and to scanners for secrets, what it is
LONGEST = timedelta(days=366)  # a year, a leap day in it
USUAL = timedelta(days=90)
MOST = 100  # of one person
MOST_REPOSITORIES = 1000  # that one names
_TOUCHED_EVERY = timedelta(minutes=1)  # so that not every request writes


class ApiTokenRow(SQLModel, table=True):
    """A token that holds; ``user_id`` is None where whoever has the admin token made it."""

    __tablename__ = "api_tokens"

    token_hash: str = Field(primary_key=True)
    id: UUID = Field(unique=True)
    user_id: int | None = Field(sa_type=BIG_INTEGER, index=True)
    login: str | None
    name: str
    most: int = Field(description="the role that it gives at most")
    only: str | None = Field(description="repositories as JSON; null: all of its maker's")
    made_with: str | None = Field(description="the hash of the admin token behind its maker")
    made_at: datetime
    made_behind: int = Field(sa_type=BIG_INTEGER, description="the log's head when it was made")
    ends_at: datetime
    first_used_at: datetime | None
    used_at: datetime | None


_tokens = table_of(ApiTokenRow)


class TooManyTokens(OrchestratorError):
    """Somebody has as many tokens as one may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token as it is: whose, for what at most, until when."""

    id: UUID
    user_id: int | None
    login: str | None
    name: str
    most: Role
    only: frozenset[int] | None
    made_with: str | None
    made_at: datetime
    made_behind: int
    ends_at: datetime
    first_used_at: datetime | None = None
    used_at: datetime | None = None


def caller_with(token: ApiToken, reach: Reach | None, *, administers: bool) -> Caller:
    """Return who has a token whose maker reaches that far, and administers or does not."""
    return Caller(
        means="api_token",
        user_id=token.user_id,
        login=token.login or (ADMIN if token.user_id is None else str(token.user_id)),
        is_administrator=administers,
        reach=reach,
        most=token.most,
        only=token.only,
        id=token.id,
    )


def keep(connection: Connection, secret: str, token: ApiToken) -> None:
    """Keep a new token, and drop those that have ended; raises TooManyTokens."""
    connection.execute(delete(_tokens).where(_tokens.c.ends_at <= token.made_at))
    held = select(func.count()).select_from(_tokens).where(_of(token.user_id))
    if (connection.scalar(held) or 0) >= MOST:
        raise TooManyTokens(f"you have {MOST} API tokens, as many as one may; revoke one first")
    connection.execute(insert(_tokens).values(token_hash=hashed(secret), **_values(token)))


def find(connection: Connection, secret: str, now: datetime) -> ApiToken | None:
    """Return the token of a secret, unless it has ended."""
    query = select(_tokens).where(_tokens.c.token_hash == hashed(secret), _tokens.c.ends_at > now)
    row = connection.execute(query).mappings().first()
    return None if row is None else _token(row)


def of_person(connection: Connection, user_id: int | None, now: datetime) -> list[ApiToken]:
    """Return somebody's tokens, the newest first; None: those made with the admin token."""
    query = select(_tokens).where(_of(user_id), _tokens.c.ends_at > now)
    query = query.order_by(_tokens.c.made_at.desc(), _tokens.c.id).limit(MOST)
    return [_token(row) for row in connection.execute(query).mappings()]


def by_id(connection: Connection, token_id: UUID, now: datetime) -> ApiToken | None:
    """Return a token, whosever it is, unless it has ended."""
    query = select(_tokens).where(_tokens.c.id == token_id, _tokens.c.ends_at > now)
    row = connection.execute(query).mappings().first()
    return None if row is None else _token(row)


def drop(connection: Connection, token_id: UUID) -> bool:
    """Let a token hold no longer; False: it did not."""
    return bool(connection.execute(delete(_tokens).where(_tokens.c.id == token_id)).rowcount)


def is_to_be_touched(token: ApiToken, now: datetime) -> bool:
    """Say whether its use is worth being written down."""
    return token.used_at is None or now - token.used_at >= _TOUCHED_EVERY


def touch(connection: Connection, token: ApiToken, now: datetime) -> None:
    """Note that a token was used."""
    first = func.coalesce(_tokens.c.first_used_at, now)
    this = _tokens.c.id == token.id
    connection.execute(update(_tokens).where(this).values(first_used_at=first, used_at=now))


def _of(user_id: int | None) -> Any:  # noqa: ANN401 (SQLAlchemy's condition)
    return _tokens.c.user_id.is_not_distinct_from(user_id)


def _values(token: ApiToken) -> dict[str, Any]:
    values = {name: getattr(token, name) for name in ApiToken.__slots__}
    only = None if token.only is None else orjson.dumps(sorted(token.only)).decode()
    return values | {"most": int(token.most), "only": only}


def _token(row: RowMapping) -> ApiToken:
    values = {name: row[name] for name in ApiToken.__slots__}
    only = None if row["only"] is None else frozenset(orjson.loads(row["only"]))
    return ApiToken(**values | {"most": Role(row["most"]), "only": only})
