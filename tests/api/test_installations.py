"""Installations over HTTP, with the repositories that they reach."""

import pytest

from runtime.database import Database
from simulator.payloads import a_repository, an_installation
from simulator.payloads.deliveries import installation, installation_repositories, issues
from tests.api.answers import assert_problem, every_page
from tests.service import Client, project

pytestmark = pytest.mark.anyio

ROCKET, PROBE = a_repository("orbit-works/rocket"), a_repository("orbit-works/probe")


async def test_without_a_delivery_there_is_none(client: Client) -> None:
    answer = await client.get("/api/installations")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})


async def test_an_installation_is_shown_with_its_repositories(
    client: Client, store: Database
) -> None:
    both = sorted([ROCKET["id"], PROBE["id"]])
    await client.deliver("installation", installation(repositories=[ROCKET, PROBE]))
    await client.deliver("issues", issues(repository=ROCKET))
    await project(store)
    [item] = (await client.get("/api/installations")).json()["items"]
    described = an_installation()
    assert item["id"] == described["id"]
    assert item["account_login"] == described["account"]["login"]
    assert item["account_id"] == described["account"]["id"]
    assert item["account_type"] == "Organization"
    assert item["repository_selection"] == "selected"
    assert (item["suspended"], item["deleted"]) == (False, False)
    assert (item["event_count"], item["last_event_at"]) == (2, "2026-01-01T00:00:00Z")
    assert [each["id"] for each in item["repositories"]] == both


async def test_a_repository_taken_away_is_no_longer_listed(client: Client, store: Database) -> None:
    later = an_installation(updated_at=1_793_710_000)
    await client.deliver("installation", installation(repositories=[ROCKET, PROBE]))
    await client.deliver(
        "installation_repositories",
        installation_repositories("removed", installation=later, repositories=[ROCKET]),
    )
    await project(store)
    [item] = (await client.get("/api/installations")).json()["items"]
    assert [each["full_name"] for each in item["repositories"]] == [PROBE["full_name"]]


async def test_a_deleted_installation_is_shown_as_such(client: Client, store: Database) -> None:
    later = an_installation(updated_at=1_793_710_000)
    await client.deliver("installation", installation(repositories=[ROCKET]))
    await client.deliver(
        "installation", installation("deleted", installation=later, repositories=[ROCKET])
    )
    await project(store)
    [item] = (await client.get("/api/installations")).json()["items"]
    assert (item["deleted"], item["repositories"]) == (True, [])


async def test_the_list_pages_by_id(client: Client, store: Database) -> None:
    for number in (9, 3, 7, 5, 2**53 + 1):
        created = installation(installation=an_installation(number), repositories=[])
        await client.deliver("installation", created)
    await project(store)
    pages = await every_page(client, "/api/installations?limit=2")
    assert [[item["id"] for item in page] for page in pages] == [[3, 5], [7, 9], [2**53 + 1]]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_a_problem(client: Client) -> None:
    for name, value in (("limit", 0), ("limit", 201), ("after", -1), ("after", 2**63)):
        answer = await client.get("/api/installations", **{name: value})
        assert name in assert_problem(answer, 422, "request_invalid")
