"""Every revision leads up from every other, with rows in the tables, and keeps the log as it is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    inspect,
)

from events.log import EventLog
from events.table import missing_triggers
from events.wake import Wake
from runtime.database import Database, open_database
from runtime.migrate import alembic_config, current_revision, migrate, newest_revision
from runtime.verify import verify
from tests.conftest import SOAK
from tests.events.builders import an_event
from tests.service import run

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

SCRIPTS = ScriptDirectory.from_config(alembic_config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OF_THE_LOG = {"events", "log_head", "alembic_version"}
EXAMPLES: tuple[tuple[type, Callable[[int], object]], ...] = (
    (Boolean, lambda _number: True),
    (Integer, lambda number: number),
    (DateTime, lambda number: NOW + timedelta(days=number)),
    (Date, lambda number: date(2026, 1, number)),
    (JSON, lambda number: [str(number)]),
    (Uuid, lambda number: UUID(int=number)),
    (LargeBinary, lambda number: b"x" * number),
)


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    """A store over a database without any table."""
    database = open_database(empty_database_url)
    yield database
    await database.close()


def log_of(store: Database) -> EventLog:
    return EventLog(store, lambda: NOW, Wake())


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def fill(connection: Connection, number: int = 1) -> int:
    """Put a numbered row into every table but the log's, whatever its columns are."""
    metadata = MetaData()
    metadata.reflect(connection)
    filled = [table for name, table in metadata.tables.items() if name not in OF_THE_LOG]
    for table in filled:
        connection.execute(table.insert().values(a_row(table, number)))
    return len(filled)


def a_row(table: Table, number: int) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in table.columns:
        fitting = [example for kind, example in EXAMPLES if isinstance(column.type, kind)]
        row[column.name] = fitting[0](number) if fitting else f"{number:032}"
    return row


def downgrade(connection: Connection) -> None:
    command.downgrade(alembic_config(connection), "base")


async def test_an_empty_database_comes_to_the_newest_revision(empty: Database) -> None:
    assert await empty.read(current_revision) is None
    assert await migrate(empty) == (None, newest_revision())
    assert await empty.read(current_revision) == newest_revision() == REVISIONS[-1]
    assert await migrate(empty) == (newest_revision(), newest_revision())


async def test_a_database_with_rows_comes_up_through_each_revision(empty: Database) -> None:
    """One more row in each table at each revision: from there on, it goes all the way up."""
    for number, revision in enumerate(REVISIONS, start=1):
        await migrate(empty, revision)
        assert await empty.read(missing_triggers) == [], revision
        filled = await empty.write(partial(fill, number=number))
        assert filled == len(await empty.read(tables) - OF_THE_LOG)
        await log_of(empty).append(an_event(repository_id=7))
    before = await log_of(empty).read(0, 100)
    await migrate(empty)
    assert await empty.read(current_revision) == newest_revision()
    assert await log_of(empty).read(0, 100) == before
    assert [event.position for event in before] == list(range(1, len(REVISIONS) + 1))
    assert (await verify(empty)).sound


@pytest.mark.parametrize("revision", REVISIONS if SOAK else REVISIONS[:1])
async def test_a_database_with_rows_comes_up_from_each_revision(
    empty: Database, revision: str
) -> None:
    await migrate(empty, revision)
    assert await empty.write(fill) == len(await empty.read(tables) - OF_THE_LOG)
    await log_of(empty).append(*(an_event(repository_id=7) for _ in range(3)))
    before = await log_of(empty).read(0, 10)
    await migrate(empty)
    assert await empty.read(current_revision) == newest_revision()
    assert await log_of(empty).read(0, 10) == before
    assert (await verify(empty)).sound
    [more] = await log_of(empty).append(an_event())
    assert more.event.position == 4


async def test_the_newest_revision_is_what_the_tables_of_the_code_say(store: Database) -> None:
    # Raises when Alembic would write another revision.
    await store.write(lambda connection: command.check(alembic_config(connection)))


async def test_a_downgrade_that_would_drop_events_refuses_and_changes_nothing(
    store: Database, log: EventLog
) -> None:
    await log.append(an_event())
    before = await store.read(tables)
    with pytest.raises(RuntimeError, match="drop recorded events"):
        await store.write(downgrade)
    assert await store.read(current_revision) == newest_revision()
    assert await store.read(tables) == before
    assert (await verify(store)).sound


async def test_an_empty_log_can_go_down_and_up_again(store: Database) -> None:
    await store.write(fill)
    await store.write(downgrade)
    assert await store.read(tables) == {"alembic_version"}
    await migrate(store)
    await log_of(store).append(an_event())
    assert (await verify(store)).sound


async def test_migrations_at_the_same_time_wait_for_one_another(
    empty: Database, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that takes longer than others wait for SQLite's lock.
    monkeypatch.setattr("runtime.database.sqlite.BUSY_SECONDS", 0.02)
    others = [open_database(empty_database_url) for _ in range(3)]
    moves = await asyncio.gather(*(migrate(database) for database in (empty, *others)))
    for other in others:
        await other.close()
    newest = newest_revision()
    assert sorted(moves, key=str) == [(newest, newest)] * 3 + [(None, newest)]


def test_so_do_migrations_of_several_processes(empty_database_url: str, tmp_path: Path) -> None:
    def migrated(_: int) -> tuple[str | None, str | None]:
        ran = run(tmp_path, "migrate", "--json", database_url=empty_database_url)
        told = json.loads(ran.stdout)
        return told["before"], told["after"]

    with ThreadPoolExecutor(3) as at_once:
        moves = list(at_once.map(migrated, range(3)))
    newest = newest_revision()
    assert sorted(moves, key=str) == [(newest, newest)] * 2 + [(None, newest)]
