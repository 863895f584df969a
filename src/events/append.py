"""Appending, inside one transaction: lock the head, drop what is known, place, insert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from events import chain
from events.envelope import Event, NewEvent
from events.read import BOUNDED, WITHOUT_PAYLOAD, to_event
from events.statement import Statement, named, one_of
from events.table import events, log_head

Body: TypeAlias = bytes | bytearray
Row: TypeAlias = tuple[Event, str | Body]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new event with all that can be computed before the lock is held.

    ``payload`` is what is stored as such: the event's own, or the bytes of one that has it not.
    """

    event: NewEvent
    payload: str | Body
    payload_sha256: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """An event as first recorded; ``duplicate`` when its id was in the log already."""

    event: Event
    duplicate: bool


def prepare(event: NewEvent) -> Prepared:
    """Compute the digest and the sealed bytes of an event."""
    return prepared_of(event, chain.digest(event.payload), event.payload)


def prepared_of(event: NewEvent, payload_sha256: str, payload: str | Body) -> Prepared:
    """Return what is appended of an event whose payload is handed beside it, as text or UTF-8."""
    return Prepared(event, payload, payload_sha256, chain.seal(event, payload_sha256))


def append(connection: Connection, batch: Sequence[Prepared], now: datetime) -> list[Appended]:
    """Append what is new of a batch in its order; return every event as it stands in the log.

    Positions follow the head without a gap. ``recorded_at`` is ``now``, or the head's time
    where the clock ran backwards.
    """
    [(position, head_time, last_hash)] = _LOCK_HEAD.rows(connection)
    known = _known(connection, [prepared.event.id for prepared in batch])
    recorded_at = max(now, head_time)
    results: list[Appended] = []
    rows: list[Row] = []
    for prepared in batch:
        event = known.get(prepared.event.id)
        duplicate = event is not None
        if event is None:
            position += 1
            last_hash = chain.link(last_hash, position, recorded_at, prepared.sealed)
            event = known[prepared.event.id] = _placed(prepared, position, recorded_at, last_hash)
            rows.append((event, prepared.payload))
        results.append(Appended(event, duplicate))
    if rows:
        _insert(connection, rows)
        _ADVANCE.run_tuples(connection, [(position, recorded_at, last_hash)])
    return results


def _placed(prepared: Prepared, position: int, recorded_at: datetime, link: str) -> Event:
    return Event(
        **dict(zip(_NEW_FIELDS, _new_values(prepared.event), strict=True)),
        position=position,
        recorded_at=recorded_at,
        payload_sha256=prepared.payload_sha256,
        hash=link,
    )


def _known(connection: Connection, ids: list[UUID]) -> dict[UUID, Event]:
    """Return those events of some ids that are in the log."""
    size = 1 << (len(ids) - 1).bit_length()  # so that there are few statements
    padded = named(events.c.id, ids + ids[-1:] * (size - len(ids)))
    found = _having_ids(size).rows(connection, padded)
    if not found:  # as nearly always
        return {}
    query = select(*BOUNDED).where(events.c.id.in_([event_id for (event_id,) in found]))
    return {event.id: event for event in map(to_event, connection.execute(query))}


@lru_cache
def _having_ids(size: int) -> Statement:
    return Statement(select(events.c.id).where(one_of(events.c.id, size)))


def _insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert in order; a payload that is bytes becomes text in the database."""
    for raw, group in groupby(rows, lambda row: not isinstance(row[1], str)):
        statement = _INSERT_RAW[connection.dialect.name] if raw else _INSERT
        statement.run_tuples(connection, [(*_values(event), payload) for event, payload in group])


_NEW_FIELDS = tuple(field.name for field in fields(NewEvent))
_new_values = attrgetter(*_NEW_FIELDS)
_STORED = tuple(column.name for column in WITHOUT_PAYLOAD)
_values = attrgetter(*_STORED)


def _given(table: Table, names: Iterable[str]) -> dict[str, BindParameter[object]]:
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


_HEAD = ["position", "recorded_at", "hash"]
_LOCK_HEAD = Statement(select(*(log_head.c[name] for name in _HEAD)).with_for_update())
_ADVANCE = Statement(update(log_head).values(_given(log_head, _HEAD)), _HEAD)
_RAW = bindparam("payload", type_=LargeBinary)


def _inserting(payload: ColumnElement[str]) -> Statement:
    values = _given(events, _STORED) | {"payload": payload}
    return Statement(insert(events).values(values), [*_STORED, "payload"])


_INSERT = _inserting(bindparam("payload", type_=Text))
_INSERT_RAW = {
    "sqlite": _inserting(cast(_RAW, Text)),
    "postgresql": _inserting(func.convert_from(_RAW, literal_column("'UTF8'"))),
}
