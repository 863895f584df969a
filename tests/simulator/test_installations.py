"""Installations from before anybody listened, and repositories that change name or owner."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER
from tests.simulator.builders import ROCKET, a_world
from tests.simulator.running import Client, a_client, a_plan, a_simulator

pytestmark = pytest.mark.anyio

MANY = tuple(f"orbit-works/probe-{n}" for n in range(5))
OTHER = 99_001


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    """Of a GitHub with six repositories in one installation, none of which was told of."""
    assert anyio_backend
    usual = a_plan()
    more = tuple(RepositoryPlan(full_name=name) for name in MANY)
    plan = Plan(repositories=(*usual.repositories, *more), installed_before=True)
    async with a_simulator(plan) as simulator, a_client(simulator) as one:
        yield one


async def reached(client: Client, installation_id: int) -> list[str]:
    """The repositories that an installation lists, page by page."""
    path = f"/app/installations/{installation_id}/access_tokens"
    token = (await client.app("POST", path)).json()["token"]
    page: str | None = "/installation/repositories?per_page=2"
    found: list[str] = []
    while page is not None:
        answer = await client.send("GET", page, token)
        found += [each["full_name"] for each in answer.json()["repositories"]]
        page = answer.links["next"]["url"] if "next" in answer.links else None
    return found


async def test_what_was_there_before_is_listed_and_was_never_told(client: Client) -> None:
    simulator = client.simulator
    installations = (await client.app("GET", "/app/installations?per_page=1")).json()
    listed = await reached(client, simulator.installation_id)

    assert [each["id"] for each in installations] == [simulator.installation_id]
    assert listed == [ROCKET, *MANY]
    assert simulator.repository(ROCKET).issue(1).is_open
    assert simulator.happenings == []
    assert simulator.attempts == []

    simulator.repository(ROCKET).issue(1).assign_copilot(ACTING_USER)
    assert [each.action for each in simulator.happenings] == ["assigned"]


async def test_each_installation_reaches_its_own_repositories(client: Client) -> None:
    simulator = client.simulator
    simulator.world.install(["launch-pad/crane"], installation_id=OTHER)
    first = await client.app("GET", "/app/installations?per_page=1")
    second = await client.app("GET", first.links["next"]["url"])

    assert [each["account"]["login"] for each in second.json()] == ["launch-pad"]
    assert await reached(client, OTHER) == ["launch-pad/crane"]
    assert "launch-pad/crane" not in await reached(client, simulator.installation_id)
    assert (await client.bot("GET", "/repos/launch-pad/crane")).status_code == 404
    assert (await client.app("GET", "/app/installations/7")).status_code == 404
    assert simulator.happenings[-1].payload["installation"]["id"] == OTHER


async def test_a_transferred_repository_is_in_another_installation(client: Client) -> None:
    simulator = client.simulator
    rocket, world = simulator.repository(ROCKET), simulator.world
    world.install([], installation_id=OTHER)
    world.installations[OTHER] = "launch-pad"
    before = rocket.snapshot()
    world.transfer(rocket, "launch-pad")

    told = simulator.happenings[-1].payload
    assert told["action"] == "transferred"
    assert told["installation"]["id"] == OTHER
    assert told["repository"]["id"] == before["id"]
    assert told["repository"]["full_name"] == "launch-pad/rocket"
    assert told["repository"]["owner"]["login"] == "launch-pad"
    assert told["changes"]["owner"]["from"]["organization"]["login"] == "orbit-works"
    assert told["repository"]["updated_at"] > before["updated_at"]
    assert await reached(client, OTHER) == ["launch-pad/rocket"]
    assert (await client.bot("GET", f"/repos/{ROCKET}")).status_code == 404


async def test_a_renamed_repository_stays_what_it_is() -> None:
    world = a_world()
    rocket = world.repository(ROCKET)
    before = rocket.snapshot()
    world.rename(rocket, "ship")
    rocket.write_file("README.md", "A ship")

    renamed, pushed = (each.payload for each in world.happenings.all[-2:])
    assert renamed["changes"]["repository"]["name"] == {"from": "rocket"}
    assert renamed["repository"]["full_name"] == "orbit-works/ship"
    assert (renamed["repository"]["id"], renamed["repository"]["node_id"]) == (
        before["id"],
        before["node_id"],
    )
    assert renamed["installation"]["id"] == world.happenings.installation_id
    times = [each["updated_at"] for each in (before, renamed["repository"], pushed["repository"])]
    assert times == sorted(set(times))
    assert world.repository(ROCKET) is rocket
    assert world.repository("orbit-works/ship") is rocket


async def test_a_story_may_begin_in_the_open() -> None:
    async with a_simulator(replace(a_plan(), installed_before=False)) as simulator:
        assert isinstance(simulator, Simulator)
        assert [each.event for each in simulator.happenings][:2] == ["installation", "issues"]
