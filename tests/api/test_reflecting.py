"""A read says which position it reflects, and can wait for one."""

import asyncio

import pytest

from events.log import EventLog
from runtime.database import Database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem
from tests.api.documented import operations
from tests.projections.own_events import ACTION, a_request
from tests.service import Client, project, running_app

pytestmark = pytest.mark.anyio

ROCKET = a_repository()
QUEUED = an_issue(17, repository=ROCKET, labels=("status:queued",))
UNQUEUED = an_issue(18, repository=ROCKET, labels=())  # nothing is decided for it


def reads() -> list[str]:
    """Every path that can wait, as the document knows them."""
    return [
        operation.path.format(repository_id=ROCKET["id"], issue_number=17, action_id=ACTION)
        for operation in operations()
        if any(each["name"] == "min_position" for each in operation.content.get("parameters", ()))
    ]


async def begun(client: Client, log: EventLog) -> None:
    """Record two events, so that every path of ``reads`` leads to something."""
    await client.deliver("issues", issues(repository=ROCKET, issue=QUEUED))
    await log.append(a_request(ACTION))


def test_there_are_reads_that_can_wait() -> None:
    assert {"/api/events", "/api/dashboard", "/api/repositories", "/api/activity"} <= set(reads())


async def test_every_read_says_which_position_it_reflects(
    client: Client, store: Database, log: EventLog
) -> None:
    await begun(client, log)
    await project(store)
    await client.deliver("issues", issues(repository=ROCKET, issue=QUEUED))
    for path in reads():
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["x-log-position"]) == (200, "2"), path


async def test_before_the_first_projection_the_position_is_zero(client: Client) -> None:
    await client.deliver("issues", issues())
    assert (await client.get("/api/events")).headers["x-log-position"] == "0"


async def test_a_read_waits_until_the_position_is_projected(
    client: Client, store: Database, log: EventLog
) -> None:
    await begun(client, log)
    waiting = [asyncio.create_task(client.get(path, min_position=2)) for path in reads()]
    for _ in range(5):  # others are answered meanwhile, with what is there
        assert (await client.get("/api/events")).json()["items"] == []
    assert not any(read.done() for read in waiting)
    await project(store)
    for answer in await asyncio.gather(*waiting):
        assert (answer.status_code, answer.headers["x-log-position"]) == (200, "2"), answer.text


async def test_a_position_that_is_reached_is_not_waited_for(
    client: Client, store: Database, log: EventLog
) -> None:
    await begun(client, log)
    await project(store)
    for path in reads():
        for reached in (0, 1, 2):
            answer = await client.get(path, min_position=reached)
            assert (answer.status_code, answer.headers["x-log-position"]) == (200, "2")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_wait_is_bounded(client: Client) -> None:
    await client.deliver("issues", issues(repository=ROCKET, issue=QUEUED))
    asked = (client.get(path, min_position=1) for path in reads())
    for answer in await asyncio.gather(*asked):
        detail = assert_problem(answer, 503, "position_not_reached")
        assert "position 0, not yet 1" in detail
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_position_that_is_none_is_a_problem(client: Client) -> None:
    for path in reads():
        for wrong in ("-1", "newest", str(2**63), "9" * 400):
            answer = await client.get(path, min_position=wrong)
            assert "min_position" in assert_problem(answer, 422, "request_invalid")


async def test_whoever_writes_reads_what_was_written(database_url: str) -> None:
    async with running_app(database_url) as client:
        for count in range(1, 6):
            accepted = (
                await client.deliver("issues", issues(repository=ROCKET, issue=UNQUEUED))
            ).json()
            position = accepted["position"]
            answer = await client.get(f"/api/repositories/{ROCKET['id']}", min_position=position)
            assert answer.status_code == 200, answer.text
            assert answer.json()["event_count"] == count
            assert int(answer.headers["x-log-position"]) >= position
            listed = await client.get("/api/events", min_position=position, limit=1)
            assert listed.json()["items"][0]["id"] == accepted["delivery_id"]


async def test_a_whole_page_reflects_the_position_it_names(database_url: str) -> None:
    async with running_app(database_url) as client:
        flood = (
            client.deliver("issues", issues(repository=ROCKET, issue=QUEUED)) for _ in range(60)
        )
        delivered = asyncio.gather(*flood)
        while not delivered.done():
            answer = await client.get("/api/events", limit=200)
            newest = [item["position"] for item in answer.json()["items"]]
            assert newest == list(range(int(answer.headers["x-log-position"]), 0, -1))
        await delivered
