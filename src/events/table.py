"""The two tables of the log, as SQLModel declares and Alembic creates them, and their guards."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import PlainSerializer
from sqlalchemy import BigInteger, Connection, Index, Integer, Table, Text, text
from sqlmodel import Field, SQLModel

# SQLite makes a rowid alias only of a column declared INTEGER; PostgreSQL's INTEGER has 32 bits.
BIG_INTEGER = BigInteger().with_variant(Integer(), "sqlite")
GIVEN = {"autoincrement": False}  # of a key that is given, not drawn from a sequence
FROM_ZERO = {"server_default": text("0")}  # of a column that older rows did without
FROM_NOTHING = {"server_default": text("''")}  # likewise, of text
MAX_INTEGER = 2**63 - 1  # the largest that either database holds

# Kept as text, since its bytes are hashed, and shown as the object that it is.
JsonText = Annotated[str, PlainSerializer(orjson.loads, return_type=dict[str, str])]


class EventColumns(SQLModel):
    """What every event has beside its payload, as it is stored and as it is shown."""

    position: int = Field(
        primary_key=True,
        sa_type=BIG_INTEGER,
        sa_column_kwargs=GIVEN,
        schema_extra={"examples": [1042]},
    )
    id: UUID = Field(unique=True)
    source: str = Field(schema_extra={"examples": ["github"]})
    type: str = Field(schema_extra={"examples": ["pull_request"]})
    action: str | None = Field(schema_extra={"examples": ["opened"]})
    schema_version: int | None
    installation_id: int | None = Field(sa_type=BIG_INTEGER)
    repository_id: int | None = Field(sa_type=BIG_INTEGER)
    actor_id: int | None = Field(sa_type=BIG_INTEGER)
    actor_login: str | None = Field(schema_extra={"examples": ["octocat"]})
    subject_kind: str | None = Field(schema_extra={"examples": ["pull_request"]})
    subject_number: int | None = Field(sa_type=BIG_INTEGER, schema_extra={"examples": [17]})
    head_sha: str | None
    occurred_at: datetime | None = Field(description="GitHub's time")
    recorded_at: datetime = Field(description="ours; never runs backwards")
    causation_id: UUID | None
    correlation_id: UUID | None
    headers: JsonText = Field(sa_type=Text)
    payload_sha256: str
    hash: str


class EventRow(EventColumns, table=True):
    """One event a row, never changed: triggers refuse UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_repository_position", "repository_id", "position"),)

    payload: str = Field(sa_type=Text)


class LogHead(SQLModel, table=True):
    """The one row that every append locks: the newest position, its time and its hash."""

    __tablename__ = "log_head"

    id: int = Field(default=1, primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    recorded_at: datetime
    hash: str


def table_of(row: type[SQLModel]) -> Table:
    """Return the table that a model declares, which SQLModel's own types do not tell of."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


events = table_of(EventRow)
log_head = table_of(LogHead)


def missing_triggers(connection: Connection) -> list[str]:
    """Return which guards are absent, or on PostgreSQL not ENABLE ALWAYS."""
    dialect = connection.dialect.name
    present = set(connection.scalars(text(_PRESENT[dialect])))
    return sorted(_EXPECTED[dialect] - present)


_EXPECTED = {
    "sqlite": {
        "events_refuse_update",
        "events_refuse_delete",
        "events_refuse_replace",
        "log_head_refuse_rewind",
        "log_head_refuse_delete",
        "log_head_refuse_insert",
    },
    "postgresql": {
        "events_refuse_change",
        "log_head_refuse_rewind",
        "log_head_refuse_change",
    },
}
_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}
