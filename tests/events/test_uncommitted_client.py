"""Another client has the head and has not committed: nobody passes it, nobody reads its rows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from events.append import append, prepare
from events.log import EventLog
from events.wake import Wake
from runtime.database import Database, open_database
from runtime.verify import verify
from tests.conftest import Clock
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
End = Literal["commit", "rollback", "disconnect"]


@dataclass(frozen=True, slots=True)
class Other:
    """A connection that has nothing to do with our stores."""

    connection: Connection | AsyncConnection

    async def run(self, work: Callable[[Connection], object]) -> None:
        if isinstance(self.connection, AsyncConnection):
            await self.connection.run_sync(work)
        else:
            work(self.connection)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Other]:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        sqlite = create_engine(url.set(drivername="sqlite"))
        with sqlite.connect() as connection:
            yield Other(connection)
        sqlite.dispose()
        return
    engine = create_async_engine(url)
    async with engine.connect() as connected:
        yield Other(connected)
    await engine.dispose()


@pytest.fixture
async def reader(database_url: str, clock: Clock) -> AsyncIterator[EventLog]:
    database = open_database(database_url)
    yield EventLog(database, clock, Wake())
    await database.close()


def insert(connection: Connection) -> None:
    """Take the head and insert as an append does, but do not commit."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    append(connection, [prepare(an_event(type="uncommitted"))], NOW)


async def until_it_waits(store: Database, reader: EventLog) -> None:
    """Return once the append waits for the other's lock, as far as the database can tell."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    if store.dialect == "postgresql":
        while not await store.read(lambda c: c.scalar(waiting)):
            await reader.read(0, 10)
    for _ in range(10):
        await reader.read(0, 10)


def finish(connection: Connection, end: End) -> None:
    if end == "commit":
        connection.commit()
    elif end == "rollback":
        connection.rollback()
    else:
        connection.invalidate()


@pytest.mark.parametrize("end", ["commit", "rollback", "disconnect"])
async def test_an_append_waits_for_another_client_and_the_positions_have_no_hole(
    log: EventLog, store: Database, reader: EventLog, other: Other, end: End
) -> None:
    await log.append(an_event())
    await other.run(insert)
    appending = asyncio.create_task(log.append(an_event(), an_event()))
    await until_it_waits(store, reader)
    assert not appending.done()
    assert [event.position for event in await reader.read(0, 10)] == [1]
    await other.run(lambda connection: finish(connection, end))
    await appending
    expected = ["ping", "uncommitted", "ping", "ping"] if end == "commit" else ["ping"] * 3
    events = await reader.read(0, 10)
    assert [event.type for event in events] == expected
    assert [event.position for event in events] == list(range(1, len(expected) + 1))
    assert (await verify(store)).problems == ()
