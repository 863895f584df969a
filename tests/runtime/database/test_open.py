"""What a store promises: whole transactions, snapshots, durable appends, no word of payloads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Never

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from events import read
from events.log import EventLog
from events.wake import Wake
from runtime.database import Database, open_database
from tests.events.builders import an_event

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

on_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
PUT = text("INSERT INTO parked_events (projection, position, error) VALUES ('p', :at, 'e')")


class OurError(Exception):
    """One that no database knows."""


def put(connection: Connection, at: int) -> int:
    connection.execute(PUT, {"at": at})
    return at


async def positions(store: Database) -> list[int]:
    query = text("SELECT position FROM parked_events ORDER BY position")
    return list(await store.read(lambda c: c.scalars(query).all()))


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize("kind", ["append", "write"])
async def test_what_the_work_raises_comes_out_and_undoes_it(store: Database, kind: str) -> None:
    run = store.append if kind == "append" else store.write
    mistake = OurError("ours")

    def work(connection: Connection) -> Never:
        put(connection, 1)
        raise mistake

    with pytest.raises(OurError) as caught:
        await run(work)
    assert caught.value is mistake
    with pytest.raises(IntegrityError):
        await run(lambda c: [put(c, 2), put(c, 2)])
    assert await run(lambda c: put(c, 3)) == 3
    assert await positions(store) == [3]


async def test_a_read_cannot_write(store: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await store.read(lambda c: put(c, 1))
    await store.write(lambda c: put(c, 2))
    assert await positions(store) == [2]


async def test_reads_in_one_transaction_see_the_same_though_an_append_commits_between(
    store: Database, log: EventLog, database_url: str
) -> None:
    await log.append(an_event())

    async def append_elsewhere() -> None:
        database = open_database(database_url)
        await EventLog(database, lambda: datetime.now(UTC), Wake()).append(an_event())
        await database.close()

    def work(connection: Connection) -> list[int]:
        seen = [read.count(connection), read.head(connection).position]
        with ThreadPoolExecutor(1) as other:
            other.submit(asyncio.run, append_elsewhere()).result()
        return [*seen, read.count(connection), read.head(connection).position]

    assert await store.read(work) == [1, 1, 1, 1]
    assert await store.read(read.count) == 2


async def test_an_error_does_not_quote_the_payload(log: EventLog) -> None:
    with pytest.raises(Exception, match="refuses") as caught:
        await log.append(an_event(payload='"private"', type=None))
    assert "private" not in f"{caught.value} {caught.value.__cause__}"


@on_sqlite
async def test_an_append_flushes_and_another_write_need_not(store: Database) -> None:
    full, normal = 2, 1
    for _ in range(2):
        assert await store.append(lambda c: pragma(c, "synchronous")) == full
        assert await store.write(lambda c: pragma(c, "synchronous")) == normal


@on_sqlite
async def test_the_file_is_in_wal_mode_and_really_flushed(store: Database) -> None:
    assert await store.read(lambda c: pragma(c, "journal_mode")) == "wal"
    assert await store.append(lambda c: pragma(c, "journal_mode")) == "wal"
    assert await store.append(lambda c: pragma(c, "fullfsync")) == 1


@on_postgresql
async def test_postgresql_flushes_and_speaks_utc(store: Database) -> None:
    for setting, value in (("synchronous_commit", "on"), ("timezone", "UTC")):
        show = text(f"SHOW {setting}")
        assert await store.append(lambda c, show=show: c.scalar(show)) == value  # type: ignore[misc]


@on_postgresql
async def test_a_caller_who_goes_leaves_its_connection_to_others(store: Database) -> None:
    sleeping = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event = 'PgSleep' AND datname = current_database()"
    )
    for _ in range(25):  # more than there are connections
        gone = asyncio.create_task(
            store.write(lambda c: [put(c, 1), c.scalar(text("SELECT pg_sleep(60)"))])
        )
        while not await store.read(lambda c: c.scalar(sleeping)):
            assert not gone.done()
        gone.cancel()
        await asyncio.wait([gone])
    assert await store.write(lambda c: put(c, 1)) == 1
