"""An operator, and the repository that is commanded in the tests."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from events.envelope import OPERATOR, Event
from events.read import read
from events.store import Store
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID
from tests.service import BEARER, Client, project
from tests.worlds.repositories import Repository
from tests.worlds.world import World

STRANGE = 999_999  # the id of nothing that was ever heard of


@dataclass(frozen=True, slots=True)
class Site:
    """A repository with three queued issues, of one installation."""

    client: Client
    store: Database
    repository_id: int
    world: World = field(default_factory=World)

    @property
    def rocket(self) -> Repository:
        return self.world.repositories[0]

    @property
    def lane(self) -> str:
        return f"/api/repositories/{self.repository_id}"

    async def command(self, path: str, key: str = "", /, **body: object) -> httpx2.Response:
        """Send a command, with a new key and some reason unless they are given."""
        headers, said = keyed(key or str(uuid4())), {"reason": "why", **body}
        return await self.client.http.post(self.path(path), json=said, headers=headers)

    async def obeyed(self, path: str, **body: object) -> int:
        """Send a command that is taken, and fold it; return its position."""
        answer = await self.command(path, **body)
        assert answer.status_code == 202, answer.text
        await project(self.store)
        position: int = answer.json()["position"]
        return position

    async def closed(self, number: int) -> None:
        """Close an issue on GitHub, and fold what is delivered of that."""
        self.rocket.issues[number - 1].close()
        event, payload = self.world.sent[-1]
        assert (await self.client.deliver(event, payload)).status_code == 202
        await project(self.store)

    async def shown(self, path: str) -> dict[str, Any]:
        """Read a page of the repository."""
        answer = await self.client.get(f"{self.lane}{path}")
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    async def recorded(self) -> list[Event]:
        """Return the commands in the log."""
        return [event for event in await recorded(self.store) if event.source == OPERATOR]

    def path(self, path: str) -> str:
        """Return a path with the ids in their places."""
        return path.format(lane=self.lane, installation=f"/api/installations/{INSTALLATION_ID}")


async def recorded(store: Store) -> list[Event]:
    """Return what is in the log."""
    return await store.read(lambda connection: read(connection, 0, 1000))


def keyed(key: str) -> dict[str, str]:
    """Return a command's headers."""
    return BEARER | {"Idempotency-Key": key}


async def a_site(client: Client, store: Database) -> Site:
    """Deliver a repository's three queued issues and fold them."""
    world = World()
    rocket = world.repository("octo-org/rocket")
    for number in range(3):
        rocket.open_issue(f"Issue {number}", labels=("status:queued",))
    for event, payload in world.sent:
        assert (await client.deliver(event, payload)).status_code == 202
    await project(store)
    return Site(client, store, rocket.id, world)
