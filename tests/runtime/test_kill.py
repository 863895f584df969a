"""What was acknowledged survives a service that is killed while it is busy."""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from events.envelope import Event
from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import open_database
from runtime.verify import verify
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.conftest import SOAK
from tests.service import Client, Started, client_at, started

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

ROUNDS, CLIENTS = (20 if SOAK else 1), 8
PAYLOAD = issues(repository=a_repository())


@dataclass(slots=True)
class Senders:
    """Clients that post deliveries until the service is killed under their hands."""

    service: Started
    kill_after: int
    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)

    async def run(self) -> None:
        async with client_at(self.service.url) as client:
            await asyncio.gather(*(self._send(client) for _ in range(CLIENTS)))

    async def _send(self, client: Client) -> None:
        while True:
            delivery_id = str(uuid4())
            try:
                answer = await client.deliver("issues", PAYLOAD, delivery_id)
            except httpx2.TransportError:
                self.unanswered.append(delivery_id)
                return
            assert answer.status_code == 202, answer.text
            self.acknowledged[delivery_id] = answer.json()["position"]
            if len(self.acknowledged) == self.kill_after:
                self.service.process.kill()


async def test_a_delivery_that_was_acknowledged_is_in_the_log(
    database_url: str, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)  # noqa: S311 (no secret)
    print(f"seed {seed}")  # noqa: T201 (a failure is repeated with it)
    moments = random.Random(seed)  # noqa: S311 (no secret)
    acknowledged: dict[str, int] = {}
    unanswered: list[str] = []
    for _ in range(ROUNDS):
        with started(tmp_path, database_url) as service:
            senders = Senders(service, moments.randint(20, 300))
            await senders.run()
            service.process.wait()
        acknowledged |= senders.acknowledged
        unanswered += senders.unanswered
        assert_all_there(acknowledged, await sound_log(database_url))
    assert len(acknowledged) >= 20 * ROUNDS
    assert len(unanswered) == CLIENTS * ROUNDS
    await send_again(database_url, tmp_path, acknowledged, unanswered)


def assert_all_there(acknowledged: dict[str, int], log: list[Event]) -> None:
    positions = {str(event.id): event.position for event in log}
    assert {each: positions.get(each) for each in acknowledged} == acknowledged


async def sound_log(url: str) -> list[Event]:
    """Return the whole log, after verifying it."""
    database = open_database(url)
    try:
        verdict = await verify(database)
        assert verdict.sound, verdict.problems
        events = await EventLog(database, now, Wake()).read(0, 100_000)
    finally:
        await database.close()
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    return events


async def send_again(
    url: str, folder: Path, acknowledged: dict[str, int], unanswered: list[str]
) -> None:
    """Redeliver after the last restart: what is known stays where it is, the rest is taken."""
    known = {str(event.id): event.position for event in await sound_log(url)}
    with started(folder, url) as service:
        async with client_at(service.url) as client:
            for delivery_id in unanswered:
                answer = await client.deliver("issues", PAYLOAD, delivery_id)
                assert answer.status_code == (200 if delivery_id in known else 202)
                position = answer.json()["position"]
                assert position == known.get(delivery_id, position)
                acknowledged[delivery_id] = position
    log = await sound_log(url)
    assert_all_there(acknowledged, log)
    assert {str(event.id) for event in log if event.type == "issues"} == acknowledged.keys()
