"""A copy that is made while the service writes is whole, and a service goes on from it."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from events.read import head
from runtime.database.url import sqlite_file
from runtime.migrate import with_database
from runtime.verify import verify
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.databases import sqlite_url
from tests.postgres import client_program
from tests.service import Client, running_app

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

ROCKET = a_repository()
PAGE = f"/api/repositories/{ROCKET['id']}"
Positions = dict[str, int]


def copy_sqlite(url: str, folder: Path) -> str:
    """Copy what one transaction sees; ``.backup`` begins anew with each write between."""
    with closing(sqlite3.connect(sqlite_file(make_url(url)) or "")) as source:
        source.execute("VACUUM INTO ?", (str(folder / "copy.db"),))
    return sqlite_url(folder / "copy.db")


def copy_postgres(url: str, folder: Path, empty: str) -> str:
    """Dump and restore, as docs/operations.md says it."""
    dump = folder / "log.dump"
    _run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={_dsn(url)}")
    _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_dsn(empty)}", str(dump))
    return empty


def _run(program: str, *arguments: str) -> None:
    subprocess.run([client_program(program), *arguments], check=True)  # noqa: S603 (PostgreSQL's own)


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def write(client: Client, stored: Positions, enough: asyncio.Event) -> None:
    """Deliver until it is enough, and note what was acknowledged."""
    while not enough.is_set():
        delivery_id = str(uuid4())
        answer = await client.deliver("issues", issues(repository=ROCKET), delivery_id)
        assert answer.status_code == 202, answer.text
        stored[delivery_id] = answer.json()["position"]


@pytest.fixture
def copied(dialect: str, tmp_path: Path, empty_database_url: str) -> Callable[[str], str]:
    """A function that copies a database and returns the copy's URL."""
    if dialect == "sqlite":
        return lambda url: copy_sqlite(url, tmp_path)
    return lambda url: copy_postgres(url, tmp_path, empty_database_url)


async def test_from_a_copy_made_while_it_writes_the_service_goes_on(
    database_url: str, copied: Callable[[str], str]
) -> None:
    stored: Positions = {}
    async with running_app(database_url) as client:
        enough = asyncio.Event()
        writing = [asyncio.create_task(write(client, stored, enough)) for _ in range(4)]
        while len(stored) < 20:  # noqa: ASYNC110 (the writers tell nobody)
            await asyncio.sleep(0.01)
        noted = await with_database(database_url, lambda database: database.read(head))
        before = len(stored)
        copy = await asyncio.to_thread(copied, database_url)
        enough.set()
        await asyncio.gather(*writing)
    assert len(stored) > before  # it was written to meanwhile
    anchor = (noted.position, noted.hash)
    verdict = await with_database(copy, lambda database: verify(database, anchor))
    assert verdict.sound, verdict.problems
    end = verdict.head
    async with running_app(copy) as client:
        last = 0
        for delivery_id, position in stored.items():
            # GitHub's redelivery: what the copy has it knows, and takes the rest.
            answer = await client.deliver("issues", issues(repository=ROCKET), delivery_id)
            assert answer.status_code == (200 if position <= end.position else 202)
            last = max(last, answer.json()["position"])
        async with asyncio.timeout(60):  # the copy holds the leases of who was at work
            while (page := await client.get(PAGE, min_position=last)).status_code != 200:
                pass
        assert page.json()["event_count"] == len(stored)
    assert (await with_database(copy, verify)).sound
