"""The first page: totals, and what needs a person first."""

import pytest

from runtime.database import Database
from simulator.payloads import a_repository, an_installation
from simulator.payloads.deliveries import installation, installation_repositories, issues
from tests.conftest import Clock
from tests.service import Client, project

pytestmark = pytest.mark.anyio


async def test_an_empty_log_makes_an_empty_page(client: Client) -> None:
    answer = await client.get("/api/dashboard")
    assert answer.status_code == 200
    assert answer.json() == {
        "totals": {"repositories": 0, "installations": 0, "events": 0, "problems": 0},
        "repositories": [],
    }


async def test_the_totals_count_everything(client: Client, store: Database) -> None:
    parts = [a_repository(f"orbit-works/part-{number}") for number in range(3)]
    await client.deliver("installation", installation(repositories=parts))
    for part in (*parts, parts[0]):
        await client.deliver("issues", issues(repository=part))
    await client.deliver("issues", issues(issue={"number": "seventeen"}, repository=parts[0]))
    await project(store)
    answer = await client.get("/api/dashboard")
    totals = {"repositories": 3, "installations": 1, "events": 5, "problems": 1}
    assert answer.json()["totals"] == totals


async def test_what_needs_a_person_comes_first_and_then_the_newest(
    client: Client, store: Database, clock: Clock
) -> None:
    names = ("cut-off", "oldest", "older", "newest")
    parts = {name: a_repository(f"orbit-works/{name}") for name in names}
    await client.deliver("installation", installation(repositories=list(parts.values())))
    for part in parts.values():
        await client.deliver("issues", issues(repository=part))
        clock.advance(minutes=1)
    later = an_installation(updated_at=1_793_710_000)
    removed = installation_repositories(
        "removed", installation=later, repositories=[parts["cut-off"]]
    )
    await client.deliver("installation_repositories", removed)
    await project(store)
    shown = (await client.get("/api/dashboard")).json()["repositories"]
    assert [(item["full_name"], item["health"]) for item in shown] == [
        ("orbit-works/cut-off", "disconnected"),
        ("orbit-works/newest", "ok"),
        ("orbit-works/older", "ok"),
        ("orbit-works/oldest", "ok"),
    ]


async def test_a_line_is_the_same_as_the_repository_itself(client: Client, store: Database) -> None:
    part = a_repository()
    await client.deliver("issues", issues(repository=part))
    await project(store)
    [line] = (await client.get("/api/dashboard")).json()["repositories"]
    assert line == (await client.get(f"/api/repositories/{part['id']}")).json()
