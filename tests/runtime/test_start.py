"""``start`` as a real process: it serves, stops in good order, and goes on where it was."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from events.envelope import Event
from events.log import EventLog
from events.wake import Wake
from projections.registry import PROJECTIONS
from runtime.check import check
from runtime.clock import now
from runtime.database import open_database
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.conftest import SOAK
from tests.service import (
    BEARER,
    RECEIVER,
    Client,
    Started,
    client_at,
    signed,
    started,
    until,
)

pytestmark = pytest.mark.anyio

_LOOKS = 10  # each waits for some seconds by itself
# A hang-up, of whoever supervises several processes, is turned into the other there.
STOPS = [signal.SIGHUP, signal.SIGTERM] if SOAK else [signal.SIGHUP]
on_postgres = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)

ROCKET = a_repository()


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Let whom we start hear of hang-ups, also where the tests themselves ignore them."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


async def recorded(url: str) -> list[Event]:
    database = open_database(url)
    try:
        return await EventLog(database, now, Wake()).read(0, 10_000)
    finally:
        await database.close()


async def of_the_service(url: str) -> list[str | None]:
    return [event.action for event in await recorded(url) if event.type == "service"]


async def deliver(client: Client, number: int) -> list[int]:
    sent = (client.deliver("issues", issues(repository=ROCKET)) for _ in range(number))
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {202}
    return sorted(answer.json()["position"] for answer in answers)


@asynccontextmanager
async def open_stream(client: Client) -> AsyncIterator[None]:
    """Keep a live stream open until the service ends it."""
    beginning = asyncio.Event()

    async def read() -> None:
        stream = client.http.stream("GET", "/api/live", params={"after": 0}, headers=BEARER)
        async with stream as answer:
            async for _line in answer.aiter_lines():
                beginning.set()

    reading = asyncio.create_task(read())
    await beginning.wait()
    yield
    async with asyncio.timeout(120):
        await reading  # it was ended, not cut off


def slow_upload(url: str) -> socket.socket:
    """Begin a delivery and do not go on with it."""
    address = urlsplit(url)
    assert address.hostname is not None
    connection = socket.create_connection((address.hostname, address.port or 0))
    headers = signed("issues", b"") | {"Host": address.netloc, "Content-Length": "100000"}
    lines = [f"POST {RECEIVER} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    connection.sendall("\r\n".join([*lines, "", '{"a":']).encode())
    return connection


@pytest.mark.parametrize(
    ("dialect", "number"),
    [("sqlite", signal.SIGINT), ("postgresql", signal.SIGTERM)],
    indirect=["dialect"],
)
async def test_a_stop_signal_ends_it_in_good_order_while_callers_hang_on(
    database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    with ExitStack() as open_things:
        service = open_things.enter_context(started(tmp_path, database_url, loaded=""))
        async with client_at(service.url) as client:
            acknowledged = await deliver(client, 5)
            await client.deliver("issues", b"[]")
            await client.deliver("issues", b"[]")
            for _ in range(3):
                open_things.enter_context(slow_upload(service.url))
            async with open_stream(client), open_stream(client):
                assert await asyncio.to_thread(service.stop, number) == 0
    assert "service stopped" in [line["event"] for line in service.logged()]
    events = await recorded(database_url)
    assert {event.position for event in events if event.type == "issues"} == set(acknowledged)
    assert await of_the_service(database_url) == ["started", "stopped"]
    assert events[-1].action == "stopped"
    refused = [json.loads(event.payload)["count"] for event in events if event.action == "refused"]
    assert sum(refused) == 2  # what was counted and not yet recorded was not lost


async def test_it_migrates_and_goes_on_at_the_next_position_after_a_restart(
    empty_database_url: str, tmp_path: Path
) -> None:
    positions: list[int] = []
    greetings: list[str] = []
    for _ in range(2):
        with started(tmp_path, empty_database_url) as service:
            async with client_at(service.url) as client:
                positions += await deliver(client, 3)
                counted = await client.get(
                    f"/api/repositories/{ROCKET['id']}", min_position=positions[-1]
                )
            assert service.stop(signal.SIGTERM) == 0
        assert counted.json()["event_count"] == len(positions)
        greetings.append(service.log.read_text())
    assert ["migrated the database from empty" in greeting for greeting in greetings] == [
        True,
        False,
    ]
    assert positions == [2, 3, 4, 7, 8, 9]
    events = await recorded(empty_database_url)
    assert [event.position for event in events] == list(range(1, 11))
    ours = [event for event in events if event.type == "service"]
    assert [event.action for event in ours] == ["started", "stopped"] * 2
    instances = [json.loads(event.payload)["instance"] for event in ours]
    assert instances[0] == instances[1] != instances[2] == instances[3]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_it_says_where_it_listens_and_what_is_not_configured(
    database_url: str, tmp_path: Path
) -> None:
    half = {"webhook_secret": "", "admin_token": "", "github_app_id": "1234"}
    with started(tmp_path, database_url, **half) as service:
        address = urlsplit(service.url)
        assert address.hostname == "127.0.0.1"
        socket.create_connection((address.hostname, address.port or 0)).close()  # at once
        async with client_at(service.url) as client:
            assert (await client.deliver("issues", issues())).status_code == 401
            assert (await client.get("/api/events")).status_code == 401
    greeting = service.log.read_text()
    assert "warning: ORCHESTRATOR_WEBHOOK_SECRET is not set" in greeting
    assert "warning: ORCHESTRATOR_ADMIN_TOKEN is not set" in greeting
    assert "warning: ORCHESTRATOR_GITHUB_PRIVATE_KEY is not set" in greeting


async def caught_up(client: Client, position: int) -> dict[str, object]:
    """Return the repository as the projections show it at a position."""
    path = f"/api/repositories/{ROCKET['id']}"
    answer = await client.get(path, min_position=position)
    for _ in range(_LOOKS):  # whoever works may just have been started
        if answer.status_code == 200:
            break
        answer = await client.get(path, min_position=position)
    assert answer.status_code == 200, answer.text
    item: dict[str, object] = answer.json()
    return item


async def assert_equals_a_lone_run(url: str) -> None:
    """Compare the read models with what one process makes of the log alone."""
    database = open_database(url)
    try:
        found = [each async for each in check(database, PROJECTIONS, 250, lambda *_progress: None)]
    finally:
        await database.close()
    assert found == []


@on_postgres
@pytest.mark.parametrize("number", STOPS)
async def test_several_workers_serve_and_count_once(
    database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    with started(tmp_path, database_url, "--workers", "2", loaded="") as service:
        until(lambda: len(of_kind(service, "service started")) == 2)
        positions: list[int] = []
        for _ in range(10):  # connections of their own, so that either process gets some
            async with client_at(service.url) as client:
                positions += await deliver(client, 12)
        async with client_at(service.url) as client:
            assert (await caught_up(client, max(positions)))["event_count"] == 120
            listed = await client.get("/api/events", type="issues", limit=200)
            assert [item["position"] for item in listed.json()["items"]] == positions[::-1]
        await assert_equals_a_lone_run(database_url)
        assert service.stop(number) == 0
        assert len(of_kind(service, "service stopped")) == 2
    assert await of_the_service(database_url) == ["started", "started", "stopped", "stopped"]


@on_postgres
async def test_workers_end_when_their_parent_is_killed(database_url: str, tmp_path: Path) -> None:
    with started(tmp_path, database_url, "--workers", "2") as service:
        until(lambda: len(of_kind(service, "service started")) == 2)
        service.stop(signal.SIGKILL)
        until(lambda: len(of_kind(service, "service stopped")) == 2)
        until(lambda: not answers(service.url))
    assert await of_the_service(database_url) == ["started", "started", "stopped", "stopped"]


async def assert_tells_its_health(worker_url: str) -> None:
    """A worker is probed where it listens, and answers nothing else."""
    async with client_at(worker_url) as client:
        bare = await client.http.get("/api/health/work")
        assert (bare.status_code, bare.json()) == (200, {"status": "ok"})
        tasks = (await client.get("/api/health/work")).json()["tasks"]
        assert {"projections", "conductor-0", "conductor-3", "lags"} <= tasks.keys()
        assert all(task == {} for task in tasks.values())
        assert (await client.get("/metrics")).status_code == 200
        assert (await client.get("/api/dashboard")).status_code == 404
        assert (await client.deliver("issues", b"{}")).status_code == 404


def of_kind(service: Started, event: str) -> list[object]:
    return [line for line in service.logged() if line["event"] == event]


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/api/health/live").is_success
    except httpx2.TransportError:
        return False


async def test_receiving_and_working_can_be_two_processes(
    database_url: str, tmp_path: Path
) -> None:
    with started(tmp_path, database_url, role="web") as web:
        async with client_at(web.url) as client:
            received = await deliver(client, 5)
            health = (await client.get("/api/health/ready")).json()
            assert all(each["lag"] for each in health["projections"].values())  # it only receives
            with started(tmp_path, database_url, role="worker") as worker:
                assert (await caught_up(client, received[-1]))["event_count"] == 5
                received = await deliver(client, 5)
                assert (await caught_up(client, received[-1]))["event_count"] == 10
                await assert_tells_its_health(worker.url)
                await assert_equals_a_lone_run(database_url)
                assert worker.stop(signal.SIGTERM) == 0
        assert web.stop(signal.SIGINT) == 0
    roles = [
        json.loads(event.payload).get("role")
        for event in await recorded(database_url)
        if event.type == "service"
    ]
    assert roles == ["web", "worker", None, None]
