"""A whole process: what it does while another one does the work."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import URL, Connection

from events import lease
from events.log import EventLog
from events.store import Result, Work
from events.wake import Wake
from runtime.background.conducting import PARTITIONS
from runtime.background.projecting import LEASE
from runtime.clock import now
from runtime.database import Database
from runtime.process import Process
from runtime.running import running
from runtime.settings import Settings
from runtime.wiring import wire
from tests.events.builders import an_event
from tests.projections.stores import Around

pytestmark = pytest.mark.anyio


class Watched(Around):
    """A database that counts what a process does with it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.url: URL = database.url
        self.reads = 0
        self.writes = 0

    async def write(self, work: Work[Result]) -> Result:
        self.writes += 1
        return await super().write(work)

    async def read(self, work: Work[Result]) -> Result:
        self.reads += 1
        return await super().read(work)

    async def close(self) -> None:
        """Leave it open for the test."""


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.background.leased._STANDBY_SECONDS", 0.02)


@asynccontextmanager
async def a_worker(watched: Watched, url: str) -> AsyncIterator[Process]:
    settings = Settings(
        _env_file=None,
        database_url=url,
        webhook_secret=SecretStr("secret"),
        policy_file=None,
    )
    process = wire(settings, "worker")
    log = EventLog(watched, now, Wake())
    services = replace(process.services, store=watched, log=log)
    try:
        yield replace(process, database=watched, services=services)
    finally:
        await process.database.close()  # who looks for a kept App opened it


def take_all(connection: Connection) -> None:
    for name in names():
        assert lease.acquire(connection, name, "another process", now())


def names() -> Iterator[str]:
    yield LEASE
    yield from (f"conductor-{number}" for number in range(PARTITIONS))


async def test_a_process_that_stands_by_makes_no_write_transaction(
    store: Database, database_url: str
) -> None:
    """Every write of SQLite waits for every other, appends too."""
    await store.write(take_all)
    watched = Watched(store)
    async with a_worker(watched, database_url) as process, running(process):
        await process.services.log.append(an_event())
        begun = watched.reads
        async with asyncio.timeout(120):
            while watched.reads < begun + 50:  # noqa: ASYNC110 (reads tell nobody)
                await asyncio.sleep(0.01)
    assert watched.writes == 0
