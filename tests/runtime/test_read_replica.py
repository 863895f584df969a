"""Pages are read from a real replica while it follows, and nobody notices when it does not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from pydantic import ValidationError

from api.reads import STALE_SECONDS, Replica
from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import Database, open_database
from runtime.doctor.replica import examine_replica
from runtime.migrate import migrate
from runtime.sentences import sentence
from runtime.settings import Settings
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.api.test_live import streamed
from tests.databases import execute, migrated
from tests.events.builders import an_event
from tests.replicas import Pair, running_pair
from tests.service import Client, Started, client_at, started, until

pytestmark = pytest.mark.anyio

ROCKET = a_repository()
PAGE = f"/api/repositories/{ROCKET['id']}"
READY = "/api/health/ready"
TOLD = "from the replica"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with running_pair() as pair:
        migrated(pair.primary.url)
        yield pair


@pytest.fixture(scope="module")
def service(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("replica")
    given = {"read_database_url": pair.replica.url}
    with started(folder, pair.primary.url, **given) as service:
        until(lambda: told(service))
        yield service


@pytest.fixture
async def caller(service: Started) -> AsyncIterator[Client]:
    async with client_at(service.url) as client:
        await following(client)
        yield client


@pytest.fixture
async def primary(pair: Pair) -> AsyncIterator[Database]:
    database = open_database(pair.primary.url)
    yield database
    await database.close()


@pytest.fixture
async def copy(pair: Pair) -> AsyncIterator[Database]:
    database = open_database(pair.replica.url)
    yield database
    await database.close()


def told(service: Started) -> list[tuple[str, str]]:
    """Return what the service logged of where pages are read."""
    lines = [(line["level"], line["event"]) for line in service.logged()]
    return [line for line in lines if TOLD in line[1]]


async def following(client: Client) -> None:
    await reasons(client, "ok")


async def reasons(client: Client, status: str) -> list[str]:
    """Wait until the service says it is so, and return why."""
    async with asyncio.timeout(120):
        while (answer := (await client.get(READY)).json())["status"] != status:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.1)
    return list(answer.get("reasons", ()))


async def deliver(client: Client) -> int:
    answer = await client.deliver("issues", issues(repository=ROCKET))
    assert answer.status_code == 202, answer.text
    return int(answer.json()["position"])


async def page_at(client: Client, position: int) -> int:
    """Read the page once it reflects a position, and return which; however busy the machine is."""
    async with asyncio.timeout(120):
        while (answer := await client.get(PAGE, min_position=position)).status_code == 503:
            assert answer.json()["code"] == "position_not_reached"
    assert answer.status_code == 200, answer.text
    return int(answer.headers["x-log-position"])


async def copied(client: Client, position: int) -> None:
    """Wait until the replica itself shows the page as of a position."""
    async with asyncio.timeout(120):
        while int((await client.get(PAGE)).headers.get("x-log-position", 0)) < position:  # noqa: ASYNC110 (of another process)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def cut_off(pair: Pair) -> AsyncIterator[None]:
    """Let the replica answer and no longer follow."""
    await execute(pair.replica.url, "SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        await execute(pair.replica.url, "SELECT pg_wal_replay_resume()")


async def test_pages_are_read_from_the_replica_even_while_the_primary_is_away(
    caller: Client, pair: Pair
) -> None:
    position = await deliver(caller)
    assert await page_at(caller, position) >= position
    pair.primary.stop()
    try:
        answer = await caller.get(PAGE)
        detail = await caller.get(f"/api/events/{position}")
        recovery = await caller.get("/api/recovery")
        async with asyncio.timeout(120):  # what was found a moment ago is told again
            while (await caller.http.get(READY)).status_code != 503:  # noqa: ASYNC110 (of another process)
                await asyncio.sleep(0.1)
    finally:
        pair.primary.start()
    assert [each.status_code for each in (answer, detail, recovery)] == [200, 200, 200]
    assert answer.json()["id"] == ROCKET["id"]
    await following(caller)


async def test_what_the_replica_lacks_is_asked_of_the_primary(caller: Client, pair: Pair) -> None:
    await copied(caller, await deliver(caller))
    async with streamed(caller) as stream, cut_off(pair):
        sent = [await deliver(caller) for _ in range(3)]
        assert await page_at(caller, sent[-1]) >= sent[-1]
        assert (await caller.get(f"/api/events/{sent[-1]}")).status_code == 200
        assert [message.id for message in await stream.next(3)] == sent
        old = await caller.get(PAGE)
        assert int(old.headers["x-log-position"]) < sent[0]
        assert (await caller.get("/api/events/999999")).status_code == 404


async def test_a_replica_that_is_away_is_no_outage(
    caller: Client, pair: Pair, service: Started
) -> None:
    before = len(told(service))
    settings = Settings(
        _env_file=None, database_url=pair.primary.url, read_database_url=pair.replica.url
    )
    [found] = await examine_replica(settings)
    assert found.state == "ok"
    pair.replica.stop()
    try:
        for _ in range(5):
            position = await deliver(caller)
            assert await page_at(caller, position) >= position
            assert (await caller.get(PAGE)).status_code == 200
        [reason] = await reasons(caller, "degraded")
        assert reason.startswith("the read replica is not read: it does not answer (")
        assert "orchestrator_read_replica_down 1.0" in (await caller.get("/metrics")).text
        [found] = await examine_replica(settings)
        assert found.state == "warning"
        assert "it does not answer" in found.found
    finally:
        pair.replica.start()
    await following(caller)
    assert "orchestrator_read_replica_down 0.0" in (await caller.get("/metrics")).text
    until(lambda: len(told(service)) >= before + 2)
    assert [level for level, _ in told(service)[before:]] == ["warning", "info"]


async def test_a_replica_that_does_not_follow_is_read_for_a_while_only(
    pair: Pair, primary: Database, copy: Database
) -> None:
    seconds = 0.0
    replica, log = Replica(copy, lambda: seconds), EventLog(primary, now, Wake())
    await replica.look(primary)
    assert replica.is_read
    async with cut_off(pair):
        await log.append(an_event())
        for passed in (0, STALE_SECONDS, STALE_SECONDS + 1):
            seconds = passed
            await replica.look(primary)
            assert replica.is_read is (passed <= STALE_SECONDS), passed
        assert replica.trouble == f"it has not followed for {seconds:.0f} s"
        seconds = 3600.0  # to reach what the primary had an hour ago would not be enough
        await replica.look(primary)
        assert replica.trouble == "it has not followed for 3600 s"
    async with asyncio.timeout(120):
        while not replica.is_read:
            await replica.look(primary)


async def test_a_database_with_another_log_is_never_read(pair: Pair, primary: Database) -> None:
    """Whoever mistypes the address shows nobody's pages to somebody else."""
    await execute(pair.primary.url, "CREATE DATABASE other")
    other = open_database(pair.primary.url.removesuffix("postgres") + "other")
    try:
        await migrate(other)
        await EventLog(primary, now, Wake()).append(an_event())
        replica = Replica(other)
        assert not replica.is_read
        await replica.look(primary)
        assert replica.trouble == "it has not caught up yet"
        await EventLog(other, now, Wake()).append(an_event())
        await replica.look(primary)
        assert replica.trouble == "it holds another log than the primary"
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("primary_url", "read_url", "why"),
    [
        ("sqlite+aiosqlite:///log.db", "postgresql+asyncpg://h/log", "SQLite has no replica"),
        ("postgresql+asyncpg://h/log", "sqlite+aiosqlite:///log.db", "names an SQLite file"),
        ("postgresql+asyncpg://h/log", "postgresql://u:hunter2@h/log", "it is postgresql://…"),
    ],
)
def test_where_there_can_be_no_replica_the_setting_is_refused(
    primary_url: str, read_url: str, why: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, database_url=primary_url, read_database_url=read_url)
    line = sentence(refused.value)
    assert line.startswith("ORCHESTRATOR_READ_DATABASE_URL: it ")
    assert why in line
    assert "hunter2" not in line
