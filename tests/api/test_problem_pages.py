"""What could not be digested is shown, with its place in the log and never its text."""

from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest

from projections.activity import ACTIVITY
from projections.engine.projection import Key, Projection, ReadEvent
from projections.engine.runner import Runner
from projections.events.index import EVENT_INDEX
from runtime.database import Database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues, push
from tests.api.answers import assert_problem, every_page
from tests.service import Client, project

pytestmark = pytest.mark.anyio

READING, PARKED = "/api/problems/reading", "/api/problems/parked"
SECRET_TEXT = "what-nobody-should-see"


def unreadable() -> dict[str, Any]:
    return issues(issue=an_issue() | {"number": SECRET_TEXT, "updated_at": 17})


async def test_without_problems_the_pages_are_empty(client: Client, store: Database) -> None:
    await client.deliver("issues", issues())
    await project(store)
    for path in (READING, PARKED):
        assert (await client.get(path)).json() == {"items": [], "next": None}


async def test_a_delivery_that_could_not_be_read_is_shown_with_its_places(
    client: Client, store: Database
) -> None:
    await client.deliver("push", push())
    await client.deliver("issues", unreadable())
    await project(store)
    answer = await client.get(READING)
    assert answer.status_code == 200
    [item] = answer.json()["items"]
    assert (item["position"], item["type"], item["action"]) == (2, "issues", "opened")
    assert item["repository"]["id"] == a_repository()["id"]
    paths = {place["path"] for place in item["places"]}
    assert any(path.startswith("$.issue.") for path in paths), paths
    assert all(set(place) == {"path", "expected", "found"} for place in item["places"])
    assert SECRET_TEXT not in answer.text


async def test_reading_problems_page_by_position_newest_first(
    client: Client, store: Database
) -> None:
    for _ in range(5):
        await client.deliver("issues", unreadable())
        await client.deliver("issues", issues())
    await project(store)
    pages = await every_page(client, f"{READING}?limit=2")
    assert [[item["position"] for item in page] for page in pages] == [[9, 7], [5, 3], [1]]


async def park(
    store: Database, *, odd_positions_of: Projection[Any], all_of: Projection[Any]
) -> None:
    """Project with two projections that cannot digest some events."""

    def never(_row: object, _key: Key, _read: ReadEvent) -> None:
        raise ValueError(SECRET_TEXT)

    def on_even(row: Any, key: Key, read: ReadEvent) -> Any:  # noqa: ANN401 (any row)
        if read.event.position % 2:
            raise ValueError(SECRET_TEXT)
        return odd_positions_of.evolve(row, key, read)

    broken = [replace(odd_positions_of, evolve=on_even), replace(all_of, evolve=never)]
    runner = Runner(broken, store, store)
    await runner.prepare()
    while await runner.step():
        pass
    await project(store)  # the others, which leaves what is done as it is


async def test_parked_events_are_shown_by_position_and_projection(
    client: Client, store: Database
) -> None:
    for _ in range(3):
        await client.deliver("issues", issues())
    activity, index = cast("Projection[Any]", ACTIVITY), cast("Projection[Any]", EVENT_INDEX)
    await park(store, odd_positions_of=activity, all_of=index)
    answer = await client.get(PARKED)
    assert answer.status_code == 200
    assert [(item["position"], item["projection"]) for item in answer.json()["items"]] == [
        (3, "activity"),
        (3, "event_index"),
        (2, "event_index"),
        (1, "activity"),
        (1, "event_index"),
    ]
    assert all("ValueError" in item["error"] for item in answer.json()["items"])
    assert SECRET_TEXT not in answer.text
    totals = (await client.get("/api/dashboard")).json()["totals"]
    assert totals["problems"] == 5
    ready = (await client.get("/api/health/ready")).json()["projections"]
    assert (ready["activity"]["parked"], ready["event_index"]["parked"]) == (2, 3)
    page = (await client.get("/metrics")).text
    assert 'orchestrator_parked_events{projection="event_index"} 3.0' in page


async def test_parked_events_page_without_splitting_a_position(
    client: Client, store: Database
) -> None:
    for _ in range(6):
        await client.deliver("issues", issues())
    activity, index = cast("Projection[Any]", ACTIVITY), cast("Projection[Any]", EVENT_INDEX)
    await park(store, odd_positions_of=activity, all_of=index)
    for limit in (1, 2, 3):
        pages = await every_page(client, f"{PARKED}?limit={limit}")
        found = [(item["position"], item["projection"]) for page in pages for item in page]
        assert len(found) == len(set(found)) == 9
        assert [position for position, _ in found] == [6, 5, 5, 4, 3, 3, 2, 1, 1]
        for page, following in pairwise(pages):
            assert not following or page[-1]["position"] > following[0]["position"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_a_problem(client: Client) -> None:
    for path in (READING, PARKED):
        for name, value in (("limit", 0), ("limit", 201), ("before", -1), ("before", 2**63)):
            answer = await client.get(path, **{name: value})
            assert name in assert_problem(answer, 422, "request_invalid")
