"""Workflows of all repositories: by whom they wait for, for how long, and what they are about."""

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI

from projections.access import Access
from runtime.database import Database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem, every_page
from tests.api.commanding import keyed
from tests.isolation.callers import let_in
from tests.projections.builders import at
from tests.service import BEARER, Client, project

pytestmark = pytest.mark.anyio

LIST = "/api/workflows"
PUMP, VALVE = a_repository("acme/pump"), a_repository("acme/valve")
TITLES = {1: "Mend the pump", 2: "100% of ÄRGER", 3: "Oil it"}


@pytest.fixture
async def works(client: Client, store: Database) -> None:
    """Three queued issues in each of two repositories; what is queued last waits shortest."""
    for number, title in TITLES.items():
        for repository in (VALVE, PUMP):
            issue = an_issue(
                number,
                repository=repository,
                title=title,
                labels=("status:queued",),
                updated_at=at(number),
            )
            delivered = issues("opened", issue=issue, repository=repository)
            assert (await client.deliver("issues", delivered)).status_code == 202
    await project(store)


async def command(client: Client, store: Database, path: str) -> None:
    answer = await client.http.post(path, json={"reason": "why"}, headers=keyed(path))
    assert answer.status_code == 202, answer.text
    await project(store)


async def listed(client: Client, query: str = "") -> list[tuple[str, int]]:
    answer = await client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.text
    return [which(item) for item in answer.json()["items"]]


def which(item: dict[str, Any]) -> tuple[str, int]:
    return item["repository"]["full_name"], item["issue"]["number"]


def of(repository: dict[str, Any], number: int) -> str:
    return f"/api/repositories/{repository['id']}/workflows/{number}"


@pytest.mark.usefixtures("works")
async def test_all_workflows_come_by_repository_and_number(client: Client) -> None:
    pages = await every_page(client, f"{LIST}?limit=2")
    assert [len(page) for page in pages] == [2, 2, 2]
    found = [(item["repository"]["id"], item["issue"]["number"]) for page in pages for item in page]
    assert found == sorted(found)
    assert len(set(found)) == 6
    assert (await client.get(f"{LIST}?limit=2")).json()["total"] == 6


@pytest.mark.usefixtures("works")
async def test_the_longest_in_its_stage_comes_first(client: Client, store: Database) -> None:
    names = ("acme/valve", "acme/pump")
    order = [(name, number) for number in TITLES for name in names]
    pages = await every_page(client, f"{LIST}?order=waiting&limit=4")
    assert [which(item) for page in pages for item in page] == order
    await command(client, store, f"{of(VALVE, 1)}/take-over")
    assert await listed(client, "order=waiting") == [*order[1:], order[0]]


@pytest.mark.usefixtures("works")
async def test_filters_narrow_it_down_and_several_values_add_up(
    client: Client, store: Database
) -> None:
    await command(client, store, f"{of(PUMP, 2)}/take-over")
    await command(client, store, f"{of(PUMP, 3)}/skip")
    taken, skipped = ("acme/pump", 2), ("acme/pump", 3)
    assert await listed(client, "stage=needs_human") == [taken]
    assert await listed(client, "attention=needs_human") == [taken]
    assert await listed(client, "attention=over") == [skipped]
    assert await listed(client, "attention=over&attention=needs_human") == [taken, skipped]
    assert await listed(client, f"repository={PUMP['id']}&stage=queued") == [("acme/pump", 1)]
    assert len(await listed(client, "issue=1")) == 2
    assert await listed(client, "stage=needs_human&until=2020-01-01") == []
    assert await listed(client, "stage=needs_human&since=2020-01-01") == [taken]
    answer = await client.get(f"{LIST}?attention=waiting")
    assert (len(answer.json()["items"]), answer.json()["total"]) == (4, 4)
    assert_problem(await client.get(f"{LIST}?stage=merged"), 422, "request_invalid")


@pytest.mark.usefixtures("works")
async def test_a_text_is_found_in_any_case_and_stands_for_itself(client: Client) -> None:
    assert await listed(client, "q=MEND") == await listed(client, "q=mend the p")
    assert len(await listed(client, "q=mend")) == 2
    assert len(await listed(client, "q=ärger")) == 2
    assert len(await listed(client, "q=100%25")) == 2
    assert await listed(client, "q=%25oil") == await listed(client, "q=_il") == []
    assert len(await listed(client, "q=its turn")) == 6


@pytest.mark.usefixtures("works")
async def test_a_key_of_another_order_is_refused(client: Client) -> None:
    for query in ("after=1", "after=1:2:3", "order=waiting&after=1:2", "after=x"):
        assert_problem(await client.get(f"{LIST}?{query}"), 422, "request_invalid")


@pytest.mark.usefixtures("works")
async def test_what_a_person_does_next_is_told(client: Client, store: Database) -> None:
    await command(client, store, f"{of(PUMP, 2)}/take-over")
    items = (await client.get(LIST)).json()["items"]
    acts = {which(item): item["next_act"] for item in items}
    assert acts.pop(("acme/pump", 2)) == {
        "kind": "resume",
        "label": "Give it back",
        "html_url": "https://github.com/acme/pump/issues/2",
        "command": "release",
    }
    assert set(acts.values()) == {None}


@pytest.mark.usefixtures("works")
async def test_nobody_is_shown_or_counted_what_is_not_theirs(app: FastAPI, client: Client) -> None:
    let_in(app, Access(frozenset({PUMP["id"]})))
    for query in ("", "order=waiting", "q=mend", "attention=waiting"):
        assert {name for name, _ in await listed(client, query)} == {"acme/pump"}
    assert (await client.get(LIST)).json()["total"] == 3
    answer = await client.http.get(LIST, headers=BEARER | {"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["issue.title"] for row in rows] == [*TITLES.values()]
    assert {row["repository.full_name"] for row in rows} == {"acme/pump"}
