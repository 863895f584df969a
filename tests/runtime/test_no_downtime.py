"""Pages are whole all the while read models are built anew, whoever is killed at it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from events.catalogue import WorkflowEnqueued
from events.lease import holder_of
from events.log import EventLog
from projections.engine import builds
from projections.engine.checkpoints import checkpoints
from projections.engine.generations import number_of
from projections.registry import PROJECTIONS
from runtime.check import Difference, check
from runtime.clock import now
from runtime.database import Database
from tests.conftest import BOTH, SOAK
from tests.events.builders import an_event
from tests.forkserver import Copy, copy
from tests.projections.builders import project
from tests.projections.own_events import told
from tests.service import Client, Started, client_at, environment, started
from tests.service import until as service_until

pytestmark = pytest.mark.anyio

# Several processes are started and killed; one database takes a minute, and `make soak` has both.
# On PostgreSQL readers wait for nobody, and tables are exchanged under their hands.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[1:], indirect=True)

EVENTS = 2_000  # some ten batches, one of which somebody is killed at
REPOSITORIES = 20
PATIENCE = 240.0
_PAUSE = 0.25  # of a reader: tables are exchanged in between, and a busy machine is not kept so
WORKFLOWS = "/api/repositories/7/workflows"
DASHBOARD = "/api/dashboard"  # a page that is not listed in parts
PAGES = ("/api/repositories", WORKFLOWS, DASHBOARD, "/api/events")


@dataclass(slots=True)
class Readers:
    """Read each page again and again, and see that it is never less than it was."""

    client: Client
    least: dict[str, tuple[int, int]] = field(default_factory=dict)
    looks: int = 0

    async def read(self, page: str) -> None:
        answer = await self.client.get(page, **({} if page == DASHBOARD else {"limit": 200}))
        assert answer.status_code == 200, answer.text
        seen = int(answer.headers["X-Log-Position"]), whole(page, answer.json())
        before = self.least.get(page, (EVENTS, seen[1]))
        assert seen >= before, page
        assert seen[1] >= before[1], page
        self.least[page] = seen
        self.looks += 1

    async def keep_reading(self, page: str) -> None:
        while True:
            await self.read(page)
            await asyncio.sleep(_PAUSE)


def whole(page: str, body: Mapping[str, Any]) -> int:
    """How much a page shows; of repositories also the events that were counted."""
    if page == DASHBOARD:
        return len(body["repositories"])
    items = body["items"]
    if page == "/api/repositories":
        return sum(item["event_count"] for item in items)
    return len(items)


@asynccontextmanager
async def read_meanwhile(client: Client) -> AsyncIterator[Readers]:
    """Read all the pages until the block ends."""
    readers = Readers(client)
    for page in PAGES:
        await readers.read(page)
    tasks = [asyncio.create_task(readers.keep_reading(page)) for page in PAGES]
    try:
        yield readers
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        failed = [each for each in results if not isinstance(each, asyncio.CancelledError)]
        assert not failed, failed


async def filled(store: Database, log: EventLog) -> None:
    numbers = (1 + n % REPOSITORIES for n in range(EVENTS - 2))
    await log.append(
        *(an_event(type="issues", repository_id=n, installation_id=1) for n in numbers)
    )
    await log.append(*(told(WorkflowEnqueued(issue_number=n)) for n in (17, 18)))
    await project(store)


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 (what is waited for is anything)
            await asyncio.sleep(0.01)


@on_one_database
async def test_no_page_is_ever_less_than_it_was_whoever_is_killed_while_others_are_built(
    store: Database, log: EventLog, database_url: str, tmp_path: Path
) -> None:
    await filled(store, log)
    with ExitStack() as stack:

        async def start(role: str) -> Started:
            process = started(tmp_path, database_url, role=role)
            service = await asyncio.to_thread(stack.enter_context, process)
            await asyncio.to_thread(until_told, service)
            return service

        web, *workers = [await start(role) for role in ("web", "worker", "worker")]
        async with client_at(web.url) as client, read_meanwhile(client) as readers:
            await store.write(lambda c: builds.ask_for(c, PROJECTIONS))
            await until(lambda: store.read(is_half_built))
            workers[await store.read(which_builds)].process.kill()
            looks = readers.looks
            await store.write(made_by_an_older_release)
            await store.write(long_past)
            await until(lambda: store.read(is_built))
            assert readers.looks > looks
        await until(lambda: store.read(nothing_is_left))
        assert await differences(store) == []
        async with client_at(web.url) as client, read_meanwhile(client):
            one, other = (replaying(stack, tmp_path, database_url) for _ in range(2))
            await until(lambda: store.read(is_half_built))
            one.kill()
            await store.write(long_past)
            assert await asyncio.to_thread(other.wait, PATIENCE) == 0
            await until(lambda: store.read(is_built))
        assert await differences(store) == []


def until_told(service: Started) -> None:
    """Wait until it has recorded its start, by which the order of several is known."""
    service_until(lambda: any(line["event"] == "service started" for line in service.logged()))


def replaying(stack: ExitStack, folder: Path, database_url: str) -> Copy:
    """Start ``replay``; it is killed at the end if it is still there."""
    with (folder / "replay").open("ab") as said:
        outputs = said.fileno(), said.fileno()
        command = ["replay", "--batch", "200"]
        process = copy(command, folder, environment(database_url), *outputs)
    stack.callback(process.kill)
    return process


def is_half_built(connection: Connection) -> bool:
    found = builds.known_builds(connection).values()
    return any(0 < each.position < EVENTS for each in found)


def which_builds(connection: Connection) -> int:
    """Which of the workers does, in the order in which they were started."""
    starts = text(
        "SELECT payload FROM events WHERE type = 'service' AND action = 'started' ORDER BY position"
    )
    told = [json.loads(payload) for payload in connection.scalars(starts)]
    instances = [each["instance"] for each in told if each["role"] == "worker"]
    return instances.index(holder_of(connection, "building", now()))


def is_built(connection: Connection) -> bool:
    made = checkpoints(connection)
    ours = all(made[each.name].version == each.version for each in PROJECTIONS)
    return ours and not builds.known_builds(connection)


def made_by_an_older_release(connection: Connection) -> None:
    connection.execute(text("UPDATE projection_checkpoints SET version = version - 1"))


def long_past(connection: Connection) -> None:
    """Let the leases of whoever was killed have run out."""
    connection.execute(text("DELETE FROM leases"))


def nothing_is_left(connection: Connection) -> bool:
    """Say whether those tables are gone that nobody reads."""
    return all(number_of(name) is None for name in inspect(connection).get_table_names())


async def differences(store: Database) -> list[Difference]:
    return [each async for each in check(store, PROJECTIONS, 500, lambda _done, _of: None)]
