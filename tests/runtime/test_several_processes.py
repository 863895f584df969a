"""Two processes that receive and two that work, on one PostgreSQL: they share everything."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from events import lease
from runtime.background.projecting import LEASE
from runtime.database import Database
from runtime.verify import verify
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.api.test_live import streamed
from tests.service import Client, Started, client_at, started

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("dialect", ["postgresql"], indirect=True),
]

ROCKET = a_repository()
PAGE = f"/api/repositories/{ROCKET['id']}"
EACH = 5


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Iterator[Callable[[str], Started]]:
    """A function that starts one more process in a role."""
    with ExitStack() as running:
        yield lambda role: running.enter_context(started(tmp_path, database_url, role=role))


async def holder(store: Database) -> str:
    """Return the process that projects, once there is one."""

    def work(connection: Connection) -> str | None:
        return lease.holder_of(connection, LEASE, None)

    async with asyncio.timeout(120):
        while (found := await store.read(work)) is None:  # noqa: ASYNC110 (a row tells nobody)
            await asyncio.sleep(0.1)
    return found


async def page_at(client: Client, position: int) -> dict[str, Any]:
    """Read the page once it reflects a position, however busy the machine is."""
    async with asyncio.timeout(120):
        while (answer := await client.get(PAGE, min_position=position)).status_code == 503:
            assert answer.json()["code"] == "position_not_reached"
    page: dict[str, Any] = answer.json()
    return page


async def deliver(webs: list[Client]) -> list[int]:
    """Deliver through both at once, and return the positions in order."""
    sent = [web.deliver("issues", issues(repository=ROCKET)) for web in webs for _ in range(EACH)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {202}
    return sorted(answer.json()["position"] for answer in answers)


async def test_the_work_of_one_that_is_killed_is_taken_over_and_every_stream_goes_on(
    run: Callable[[str], Started], store: Database
) -> None:
    webs, worker = [run("web"), run("web")], run("worker")
    at_work = await holder(store)
    run("worker")
    async with AsyncExitStack() as open_:
        clients = [await open_.enter_async_context(client_at(web.url)) for web in webs]
        streams = [await open_.enter_async_context(streamed(each, after=0)) for each in clients]
        positions = await deliver(clients)
        for client in clients:
            assert (await page_at(client, positions[-1]))["event_count"] == 2 * EACH
        worker.process.kill()
        worker.process.wait()
        positions += await deliver(clients)
        async with asyncio.timeout(120):
            while await holder(store) == at_work:  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.1)
        for client in clients:
            assert (await page_at(client, positions[-1]))["event_count"] == 2 * 2 * EACH
        for stream in streams:
            told = await stream.next(positions[-1])
            assert [message.id for message in told] == list(range(1, positions[-1] + 1))
    assert (await verify(store)).sound
