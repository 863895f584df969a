"""A hundred deliveries a second, while processes are killed: none is lost, none counted twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from signal import SIGKILL

import httpx2
import pytest
from sqlalchemy import func, select

from benchmarks.history import happenings
from events.envelope import GITHUB, NewEvent
from events.table import events
from runtime.database import open_database
from tests.conftest import SOAK
from tests.forkserver import copy
from tests.loop.town import on_one_database
from tests.service import RECEIVER, Started, client_at, environment, signed, started

pytestmark = [pytest.mark.anyio, on_one_database]

PER_SECOND = 100
SECONDS = 600 if SOAK else 4
KILLS = 28 if SOAK else 2
BETWEEN_KILLS = 20.0 if SOAK else 1.0  # seconds
PATIENCE = 1800.0 if SOAK else 150.0  # seconds until all that came is reflected
AT_ONCE = 64
ROLES = ("web", "worker")


@dataclass
class Site:
    """A process that receives and one that works, on one database; each may be killed."""

    folder: Path
    database_url: str
    running: AsyncExitStack
    github: httpx2.AsyncClient
    members: dict[str, Started] = field(default_factory=dict)

    async def join(self, role: str) -> None:
        process = started(self.folder, self.database_url, role=role)
        self.members[role] = await asyncio.to_thread(self.running.enter_context, process)

    async def kill_now_and_then(self) -> None:
        for role in islice(cycle(ROLES), KILLS):
            await asyncio.sleep(BETWEEN_KILLS)
            self.members[role].process.send_signal(SIGKILL)
            await self.join(role)

    async def take(self, event: NewEvent) -> None:
        """Deliver until it is acknowledged, as whoever asks GitHub to send it again."""
        body = event.payload.encode()
        sent = signed(event.type, body, str(event.id))
        while True:
            url = f"{self.members['web'].url}{RECEIVER}"
            with suppress(httpx2.HTTPError):  # it was killed, or its successor is not there yet
                answer = await self.github.post(url, content=body, headers=sent)
                if answer.is_success:
                    return
            await asyncio.sleep(0.5)

    async def caught_up(self) -> None:
        """Wait until everything is reflected, and nothing more comes of it."""
        async with asyncio.timeout(PATIENCE), client_at(self.members["web"].url) as client:
            before = -1
            while True:
                health = (await client.get("/api/health/ready")).json()
                lag = max(each["lag"] for each in health["projections"].values())
                if not lag and health["head"] == before:
                    return
                before = health["head"]
                await asyncio.sleep(2)


@asynccontextmanager
async def at_work(folder: Path, database_url: str) -> AsyncIterator[Site]:
    async with AsyncExitStack() as running, httpx2.AsyncClient(timeout=30) as github:
        site = Site(folder, database_url, running, github)
        for role in ROLES:
            await site.join(role)
        yield site


async def test_nothing_is_lost_or_counted_twice(tmp_path: Path, database_url: str) -> None:
    told = (event for event in happenings() if event.source == GITHUB)
    deliveries = list(islice(told, PER_SECOND * SECONDS))
    async with at_work(tmp_path, database_url) as site:
        killing = asyncio.create_task(site.kill_now_and_then())
        await delivered(site, deliveries)
        await killing
        await site.caught_up()
    for arguments in (("verify",), ("replay", "--check")):
        await passes(tmp_path, database_url, *arguments)
    assert await count(database_url) == len({event.id for event in deliveries})


async def delivered(site: Site, deliveries: list[NewEvent]) -> None:
    """Deliver each at its time, or soon after while too many are under way."""
    loop, room = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)
    begun = loop.time()

    async def one(event: NewEvent) -> None:
        async with room:
            await site.take(event)

    async with asyncio.timeout(PATIENCE + SECONDS), asyncio.TaskGroup() as tasks:
        for number, event in enumerate(deliveries):
            await asyncio.sleep(begun + number / PER_SECOND - loop.time())
            tasks.create_task(one(event))


async def passes(folder: Path, database_url: str, *arguments: str) -> None:
    said = folder / "said"
    with said.open("wb") as out:
        process = copy(arguments, folder, environment(database_url), out.fileno(), out.fileno())
    assert await asyncio.to_thread(process.wait, PATIENCE) == 0, said.read_text()


async def count(database_url: str) -> int:
    """Return how many deliveries the log holds."""
    database = open_database(database_url)
    query = select(func.count()).select_from(events).where(events.c.source == GITHUB)
    try:
        return await database.read(lambda connection: connection.scalar(query)) or 0
    finally:
        await database.close()
