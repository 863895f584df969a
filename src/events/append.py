"""Appending, inside one transaction: lock the head, drop what is known, place, insert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import (
    Connection,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from events import chain
from events.envelope import Event, NewEvent
from events.read import BOUNDED, to_event
from events.table import events, log_head

_NEW_FIELDS = tuple(field.name for field in fields(NewEvent))

_LOCK_HEAD = select(log_head.c.position, log_head.c.recorded_at, log_head.c.hash).with_for_update()
_INSERT = insert(events)
_RAW = bindparam("payload", type_=LargeBinary)
_INSERT_RAW = {
    "sqlite": insert(events).values(payload=cast(_RAW, Text)),
    "postgresql": insert(events).values(payload=func.convert_from(_RAW, "UTF8")),
}
_ADVANCE = update(log_head)

Body: TypeAlias = bytes | bytearray
Values: TypeAlias = dict[str, str | Body | int | UUID | datetime | None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new event with all that can be computed before the lock is held."""

    event: NewEvent
    values: Values
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """An event as first recorded; ``duplicate`` when its id was in the log already."""

    event: Event
    duplicate: bool


def prepare(event: NewEvent) -> Prepared:
    """Compute the digest, the sealed bytes and the column values of an event."""
    return prepared_of(event, chain.digest(event.payload), event.payload)


def prepared_of(event: NewEvent, payload_sha256: str, payload: str | Body) -> Prepared:
    """Return what is appended of an event whose payload is handed beside it, as text or UTF-8."""
    values: Values = {name: getattr(event, name) for name in _NEW_FIELDS}
    values |= {"payload": payload, "payload_sha256": payload_sha256}
    return Prepared(event, values, chain.seal(event, payload_sha256))


def append(connection: Connection, batch: Sequence[Prepared], now: datetime) -> list[Appended]:
    """Append what is new of a batch in its order; return every event as it stands in the log.

    Positions follow the head without a gap. ``recorded_at`` is ``now``, or the head's time
    where the clock ran backwards.
    """
    position, head_time, last_hash = connection.execute(_LOCK_HEAD).one()
    known = _known(connection, [prepared.event.id for prepared in batch])
    recorded_at = max(now, head_time)
    results, rows = [], []
    for prepared in batch:
        event = known.get(prepared.event.id)
        duplicate = event is not None
        if event is None:
            position += 1
            last_hash = chain.link(last_hash, position, recorded_at, prepared.sealed)
            place: Values = {"position": position, "recorded_at": recorded_at, "hash": last_hash}
            rows.append(prepared.values | place)
            said = {**rows[-1], "payload": prepared.event.payload}
            event = known[prepared.event.id] = Event(**said)  # type: ignore[arg-type]
        results.append(Appended(event, duplicate))
    if rows:
        _insert(connection, rows)
        head = {"position": position, "recorded_at": recorded_at, "hash": last_hash}
        connection.execute(_ADVANCE, head)
    return results


def _insert(connection: Connection, rows: Sequence[Values]) -> None:
    """Insert in order; a payload that is bytes becomes text in the database."""
    for raw, group in groupby(rows, lambda row: not isinstance(row["payload"], str)):
        connection.execute(_INSERT_RAW[connection.dialect.name] if raw else _INSERT, list(group))


def _known(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Event]:
    rows = connection.execute(select(*BOUNDED).where(events.c.id.in_(ids)))
    return {event.id: event for event in map(to_event, rows)}
