"""The disk is full for a while, for the log lines and for the database; then all catches up."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, text

from runtime.database import Database
from simulator.payloads.deliveries import issues
from tests.service import BEARER, Client, Started, client_at, started, until

pytestmark = pytest.mark.anyio

HEALTH = "/api/health"


@contextmanager
def no_room_for(service: Started) -> Iterator[None]:
    """Let a process write to no file: not to its database, and not to the log of its lines."""
    pid = service.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


async def refused_for_want_of_room(client: Client) -> None:
    answer = await client.deliver("issues", issues())
    assert answer.status_code == 503


def health(service: Started, which: str) -> dict[str, Any]:
    url = f"{service.url}{HEALTH}/{which}"
    found: dict[str, Any] = httpx2.get(url, headers=BEARER).json()
    return found


def caught_up(service: Started, position: int) -> bool:
    shown = health(service, "work")
    lags = [each["lag"] for each in shown.get("projections", {}).values()]
    return bool(lags) and not any(lags) and shown["head"] >= position and shown["status"] == "ok"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_after_a_full_disk_everything_catches_up_by_itself(
    database_url: str, tmp_path: Path
) -> None:
    with started(tmp_path, database_url) as service:
        async with client_at(service.url) as client:
            assert (await client.deliver("issues", issues())).status_code == 202
            until(lambda: caught_up(service, 1))
            with no_room_for(service):
                for _ in range(20):
                    await refused_for_want_of_room(client)
                assert (await client.http.get(f"{HEALTH}/live")).status_code == 200
                until(lambda: health(service, "ready").get("status") != "ok")
            position = 0
            for _ in range(20):
                answer = await client.deliver("issues", issues())
                assert answer.status_code == 202
                position = answer.json()["position"]
        until(lambda: caught_up(service, position))
        until(lambda: [each for each in service.logged() if each["event"] == "log lines were lost"])
        assert any(
            "log lines were lost" in reason for reason in health(service, "ready")["reasons"]
        )
        assert service.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_read_models_that_find_no_room_catch_up_and_take_no_event_for_sick(
    database_url: str, store: Database, tmp_path: Path
) -> None:
    """Rows find no room, as PostgreSQL says it of a full disk; what is small still finds some."""
    with started(tmp_path, database_url) as service:
        async with client_at(service.url) as client:
            until(lambda: health(service, "work")["status"] == "ok")
            await store.write(lambda c: execute(c, *NO_ROOM))
            answer = await client.deliver("issues", issues())
            assert answer.status_code == 202
            until(lambda: health(service, "work")["status"] == "unavailable")
            assert (await client.http.get(f"{HEALTH}/work")).status_code == 503
            assert (await client.http.get(f"{HEALTH}/ready")).status_code == 200
            assert health(service, "ready")["status"] == "degraded"
            await store.write(lambda c: execute(c, "DROP FUNCTION no_room CASCADE"))
            until(lambda: caught_up(service, answer.json()["position"]))
            parked = [each["parked"] for each in health(service, "work")["projections"].values()]
            assert not any(parked)


_REFUSES = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
    "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
)
NO_ROOM = (
    _REFUSES,
    *(
        f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()"
        for table in ("repositories", "lanes", "activity")
    ),
)


def execute(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))
