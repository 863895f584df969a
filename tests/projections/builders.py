"""Deliveries as events, and what projections make of them with and without a database."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Table, select
from sqlmodel import SQLModel

from events.delivery import delivery_event
from events.envelope import Event, NewEvent
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from projections.engine import checkpoints, parked
from projections.engine.projection import AnyProjection, Key, Projection
from projections.engine.runner import BATCH, Runner, read_event
from projections.registry import PROJECTIONS
from runtime.database import Database, open_database
from simulator import delivery
from simulator.payloads import Payload
from tests.conftest import Clock

Row = TypeVar("Row", bound=SQLModel)
Rows = dict[Key, dict[str, object]]
FIRST_RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def a_delivery(name: str, payload: Payload) -> NewEvent:
    """A delivery of a GitHub event as the receiver would hand it to the log."""
    body = json.dumps(payload).encode()
    sent = delivery.headers(name, str(uuid4()), body, None)
    return delivery_event({key.lower(): value for key, value in sent.items()}, body)


def redelivered(event: NewEvent) -> NewEvent:
    """The same content once more, as another delivery."""
    return replace(event, id=uuid4())


def at(minute: int) -> str:
    """A time of GitHub's, so many minutes into a day."""
    return f"2026-11-02T{minute // 60:02}:{minute % 60:02}:00Z"


def seconds(minute: int) -> int:
    """The same time as installations write it."""
    return int(datetime.fromisoformat(at(minute)).timestamp())


def placed(new: NewEvent, position: int) -> Event:
    """An event with a place in a log, an hour after the one before."""
    recorded_at = FIRST_RECORDED + timedelta(hours=position - 1)
    place = {"position": position, "recorded_at": recorded_at, "payload_sha256": "", "hash": ""}
    return Event(**asdict(new) | place)


def folded(projection: Projection[Row], history: Iterable[NewEvent]) -> dict[Key, Row | None]:
    """The rows of one projection after a history: the plainest fold, without any database."""
    rows: dict[Key, Row | None] = {}
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        for key in projection.touches(read):
            rows[key] = projection.evolve(rows.get(key), key, read)
    return rows


async def append_hourly(log: EventLog, clock: Clock, history: Iterable[NewEvent]) -> None:
    """Record events one by one, an hour apart, the first at the clock's time."""
    for new in history:
        await log.append(new)
        clock.advance(hours=1)


async def project(
    store: Store, projections: Sequence[AnyProjection] = PROJECTIONS, batch: int = BATCH
) -> None:
    """Bring projections to the head of the log."""
    runner = Runner(projections, store, store, batch=batch)
    await runner.prepare()
    while await runner.step():
        pass


async def make_tables(store: Store, projection: AnyProjection) -> None:
    """Make the tables of a projection that no migration knows."""
    for table in projection.tables:
        await store.write(table.create)


async def rows_of(store: Store, projection: AnyProjection) -> Rows:
    """Every row of a projection as the database holds it."""
    return await table_rows(store, projection.tables[0])


async def table_rows(store: Store, table: Table) -> Rows:
    """Every row of a table as the database holds it."""
    names = [column.name for column in table.primary_key]

    def work(connection: Connection) -> Rows:
        found = connection.execute(select(table)).mappings()
        return {tuple(row[name] for name in names): dict(row) for row in found}

    return await store.read(work)


async def all_rows(store: Store) -> dict[str, Rows]:
    """Every row of every projection."""
    return {projection.name: await rows_of(store, projection) for projection in PROJECTIONS}


async def positions(store: Store) -> dict[str, int]:
    """How far each projection is."""
    return await store.read(checkpoints.positions)


async def parked_events(store: Store) -> set[tuple[str, int]]:
    """Which projection parked which position."""
    found = await store.read(lambda c: parked.list_parked(c, EVERYTHING, None, 1000))
    return {(entry.projection, entry.position) for entry in found}


@asynccontextmanager
async def another(new_database: Callable[[], str]) -> AsyncIterator[Database]:
    """One more fresh database; making it takes an event loop of its own."""
    async with opened(await asyncio.to_thread(new_database)) as database:
        yield database


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database, closed at the end of the block."""
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()
