"""Which errors blame the database, so that what it was given is kept and tried again."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from events.store import is_outage
from runtime.database import Database, open_database
from tests.databases import sqlite_url

pytestmark = pytest.mark.anyio

on_postgresql = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)

# SQLSTATEs of PostgreSQL's manual, appendix A.
OF_THE_SERVER = {
    "08006": "connection failure",
    "25006": "read-only transaction, as on a standby",
    "40001": "serialisation failure",
    "40P01": "deadlock",
    "53100": "disk full",
    "53300": "too many connections",
    "55P03": "lock not available",
    "57014": "query cancelled",
    "57P01": "shut down by its administrator",
    "57P03": "starting up",
    "58030": "input or output failed",
    "XX001": "data corrupted",
}
OF_THE_EVENT = {
    "22003": "number out of range",
    "22021": "character not in the repertoire",
    "22P05": "untranslatable character",
    "23502": "null where none may be",
    "23505": "unique violation",
    "54000": "a limit of the program exceeded",
    "P0001": "raised by a function",
}


async def error_of(database: Database, statement: str) -> Exception:
    def work(connection: Connection) -> None:
        connection.execute(text(statement))

    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one is the test's question)
        await database.append(work)
    return caught.value


def raising(state: str) -> str:
    return f"DO $$ BEGIN RAISE EXCEPTION 'on demand' USING ERRCODE = '{state}'; END $$"


@on_postgresql
async def test_what_postgresql_says_of_itself_is_an_outage(store: Database) -> None:
    for state, meaning in OF_THE_SERVER.items():
        assert is_outage(await error_of(store, raising(state))), meaning


@on_postgresql
async def test_what_postgresql_says_of_the_event_is_none(store: Database) -> None:
    for state, meaning in OF_THE_EVENT.items():
        assert not is_outage(await error_of(store, raising(state))), meaning


@on_postgresql
async def test_a_connection_cut_in_the_middle_is_an_outage_and_the_next_works(
    store: Database,
) -> None:
    assert is_outage(await error_of(store, "SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await store.append(lambda c: c.scalar(text("SELECT 1"))) == 1


async def test_a_server_that_does_not_listen_is_an_outage(free_tcp_port: int) -> None:
    database = open_database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_tcp_port}/none")
    assert is_outage(await error_of(database, "SELECT 1"))
    await database.close()


async def test_a_database_that_is_not_there_is_an_outage(postgres_server: str) -> None:
    absent = make_url(postgres_server).set(database="there_is_none")
    database = open_database(absent.render_as_string(hide_password=False))
    assert is_outage(await error_of(database, "SELECT 1"))
    await database.close()


@pytest.mark.parametrize("damage", ["no database", "a folder"])
async def test_a_file_that_cannot_be_used_is_an_outage(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "log.db"
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_bytes(b"this is text " * 1000)
    database = open_database(sqlite_url(file))
    assert is_outage(await error_of(database, "SELECT 1"))
    await database.close()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_what_sqlite_refuses_in_an_event_is_none(store: Database) -> None:
    for statement in ("INSERT INTO log_head (id) VALUES (1)", "DELETE FROM log_head"):
        assert not is_outage(await error_of(store, statement))


@pytest.mark.parametrize(
    "error", [PoolTimeout("no connection is free"), TimeoutError(), ConnectionResetError()]
)
def test_a_wait_in_vain_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize("error", [ValueError("x"), OverflowError("x"), LookupError("x")])
def test_a_mistake_is_none(error: Exception) -> None:
    assert not is_outage(error)
