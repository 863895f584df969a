"""Reading the log, inside one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from events.envelope import GITHUB, LARGE, LEFT_OUT, Event
from events.statement import Statement
from events.table import events, log_head

BATCH_BYTES = 8 * 1024 * 1024
_AHEAD = timedelta(minutes=5)  # a clock that is set back by more than this was wrong
_LEFT_OUT_SIZE = 1024 * 1024  # so many characters a large payload counts: it is read by itself
_NOT_READ = "{}"  # stands for a payload that was not asked for, which is not to count as large
_FETCH = 64  # rows fetched at once, so that a run of huge payloads is never all in memory

WITHOUT_PAYLOAD = tuple(column for column in events.columns if column.name != "payload")
_NAMES = tuple(column.name for column in events.columns)
_RECORDED_AT = select(events.c.recorded_at).where(events.c.position == bindparam("position"))
_HEAD = Statement(select(log_head.c.position, log_head.c.recorded_at, log_head.c.hash))


class _Octets(FunctionElement[int]):
    """The length of a text in UTF-8; SQLite has ``octet_length`` since 3.43 only."""

    type = Integer()
    inherit_cache = True


@compiles(_Octets, "postgresql")
def _octet_length(element: _Octets, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (SQLAlchemy's own)
    return f"octet_length({compiler.process(element.clauses, **given)})"


@compiles(_Octets, "sqlite")
def _length_as_blob(element: _Octets, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (likewise)
    return f"length(CAST({compiler.process(element.clauses, **given)} AS BLOB))"


_BYTES = {
    "sqlite": select(cast(events.c.payload, LargeBinary)),
    "postgresql": select(func.convert_to(events.c.payload, "UTF8", type_=LargeBinary)),
}
_IS_LARGE = and_(events.c.source == GITHUB, _Octets(events.c.payload) > LARGE)
_PAYLOAD = case((_IS_LARGE, LEFT_OUT), else_=events.c.payload).label("payload")
# All columns in the table's order; of a large delivery without its payload.
BOUNDED = tuple(_PAYLOAD if each.name == "payload" else each for each in events.columns)


def _behind(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .where(events.c.position > bindparam("after"))
        .order_by(events.c.position)
        .limit(bindparam("limit", type_=Integer))
    )


_BEHIND = _behind(*BOUNDED)
_FEW_BEHIND = Statement(_BEHIND)
_FEW_OF_LANE = Statement(
    _BEHIND.where(
        events.c.repository_id == bindparam("repository_id"),
        events.c.position <= bindparam("until"),
    )
)
_AT = Statement(select(*BOUNDED).where(events.c.position == bindparam("position")))
_OUTLINES_BEHIND = Statement(_behind(*WITHOUT_PAYLOAD))
_BEHIND_WHOLE = _behind(*events.columns)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event's position (0 in an empty log), time and hash."""

    position: int
    recorded_at: datetime
    hash: str

    def is_ahead_of(self, now: datetime) -> bool:
        """Tell whether its time is yet to come, by more than clocks of a network differ."""
        return self.position > 0 and self.recorded_at > now + _AHEAD


def to_event(row: Sequence[Any]) -> Event:
    """Build the envelope from a row that has all columns in the table's order."""
    return Event(**dict(zip(_NAMES, row, strict=True)))


def head(connection: Connection) -> Head:
    """Return the head of the log."""
    [newest] = _HEAD.rows(connection)
    return Head(*newest)


def read(  # noqa: PLR0913 (which events, and how much of each)
    connection: Connection,
    after: int,
    limit: int,
    *filters: ColumnElement[bool],
    max_bytes: int = BATCH_BYTES,
    whole: bool = False,
    payloads: ColumnElement[bool] | None = None,
) -> list[Event]:
    """Return up to ``limit`` events behind ``after`` in order, at least one if there is one.

    Stops early when their payloads come to ``max_bytes`` characters. The payload of a large
    delivery is left out, unless they are to be ``whole``; with ``payloads``, that of every event
    of which it does not hold, and another stands there.
    """
    if limit <= _FETCH and not filters and not whole and payloads is None:
        few = _FEW_BEHIND.rows(connection, {"after": after, "limit": limit})
        return list(_bounded(map(to_event, few), max_bytes))
    query = _BEHIND_WHOLE if whole else _BEHIND if payloads is None else _behind_with(payloads)
    rows = connection.execute(
        query.where(*filters) if filters else query,
        {"after": after, "limit": limit},
        execution_options={"yield_per": min(limit, _FETCH)},
    )
    try:
        return list(_bounded(map(to_event, rows), max_bytes))
    finally:
        rows.close()


def few_of_lane(
    connection: Connection, repository_id: int, after: int, until: int, limit: int
) -> list[Event]:
    """Return up to ``limit`` events of a repository behind ``after``, and none behind ``until``.

    In order, the payloads of large deliveries left out; fewer where they come to much.
    """
    given = {"after": after, "limit": limit, "repository_id": repository_id, "until": until}
    few = _FEW_OF_LANE.rows(connection, given)
    return list(_bounded(map(to_event, few), BATCH_BYTES))


def outlines(connection: Connection, after: int, limit: int) -> list[Event]:
    """Return up to ``limit`` events behind ``after`` in order, without payloads (empty text)."""
    rows = _OUTLINES_BEHIND.mappings(connection, {"after": after, "limit": limit})
    return [Event(**row, payload="") for row in rows]


def outline(row: Row[Any]) -> Event:
    """Build the envelope from a row that has all columns ``WITHOUT_PAYLOAD``."""
    return Event(**row._mapping, payload="")  # noqa: SLF001 (SQLAlchemy's public name for it)


def at(connection: Connection, position: int) -> Event | None:
    """Return the event at a position, if there is one; a large payload is left out."""
    rows = _AT.rows(connection, {"position": position})
    return to_event(rows[0]) if rows else None


def raw(connection: Connection, position: int) -> bytes | None:
    """Return the payload of the event at a position as the bytes that it is, in UTF-8."""
    query = _BYTES[connection.dialect.name].where(events.c.position == position)
    found: bytes | None = connection.scalar(query)
    return found


def of_id(connection: Connection, event_id: UUID) -> Event | None:
    """Return the event with an id, if there is one."""
    row = connection.execute(select(*BOUNDED).where(events.c.id == event_id)).one_or_none()
    return None if row is None else to_event(row)


def position_before(connection: Connection, moment: datetime) -> int:
    """Return the newest position recorded before a moment, 0 if none.

    ``recorded_at`` never runs backwards and positions have no hole: a binary search over the
    primary key finds it without an index on time.
    """
    low, high = 0, head(connection).position
    while low < high:
        middle = (low + high + 1) // 2
        recorded_at = connection.scalar(_RECORDED_AT, {"position": middle})
        if recorded_at is not None and recorded_at < moment:
            low = middle
        else:
            high = middle - 1
    return low


def time_of(connection: Connection, position: int) -> datetime | None:
    """Return when the event at a position was recorded; None: there is none."""
    found: datetime | None = connection.scalar(_RECORDED_AT, {"position": position})
    return found


def count(connection: Connection) -> int:
    """Return how many events the table really holds."""
    return connection.scalar(select(func.count()).select_from(events)) or 0


def _behind_with(payloads: ColumnElement[bool]) -> Select[Any]:
    some = case((~payloads, _NOT_READ), (_IS_LARGE, LEFT_OUT), else_=events.c.payload)
    named = some.label("payload")
    return _behind(*(named if each.name == "payload" else each for each in events.columns))


def _bounded(found: Iterator[Event], max_bytes: int) -> Iterator[Event]:
    total = 0
    for event in found:
        yield event
        total += len(event.payload) or _LEFT_OUT_SIZE
        if total >= max_bytes:
            return
