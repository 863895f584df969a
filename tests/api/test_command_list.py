"""Commands over HTTP: what operators told us, and whether it changed anything."""

import pytest

from events.catalogue import About, LanePaused, LaneResumed, ModeSet, WorkflowSkipped
from events.log import EventLog
from projections.lanes.fold import LANES
from projections.registry import PROJECTIONS
from runtime.database import Database
from tests.api.answers import assert_problem, every_page
from tests.projections.builders import project as project_some
from tests.projections.own_events import a_request, told
from tests.service import Client, project

pytestmark = pytest.mark.anyio

ELSEWHERE = About(installation_id=22, repository_id=8)


async def test_a_command_that_no_longer_applied_is_shown_so(
    client: Client, store: Database, log: EventLog
) -> None:
    first, second = told(ModeSet(mode="live", reason="it did well")), told(ModeSet(mode="live"))
    await log.append(first, second, a_request())
    await project(store)
    ignored, applied = (await client.get("/api/commands")).json()["items"]
    assert applied == {
        "position": 1,
        "id": str(first.id),
        "installation_id": 11,
        "repository": {"id": 7, "full_name": "", "html_url": None},
        "issue": None,
        "command": "lane.mode_set",
        "actor": {"id": None, "login": "ada"},
        "reason": "it did well",
        "details": {"mode": "live"},
        "at": "2026-01-01T00:00:00Z",
        "applied": True,
    }
    assert (ignored["id"], ignored["reason"], ignored["applied"]) == (str(second.id), "", False)


async def test_the_list_reflects_what_both_commands_and_lanes_have_reached(
    client: Client, store: Database, log: EventLog
) -> None:
    await log.append(told(LanePaused()))
    await project_some(store, [each for each in PROJECTIONS if each.name != LANES.name])
    answer = await client.get("/api/commands")
    assert (answer.json()["items"], answer.headers["x-log-position"]) == ([], "0")
    await project(store)
    answer = await client.get("/api/commands")
    assert [item["applied"] for item in answer.json()["items"]] == [True]
    assert answer.headers["x-log-position"] == "1"


async def test_the_list_is_filtered_and_pages_with_its_filters(
    client: Client, store: Database, log: EventLog
) -> None:
    for _ in range(2):
        await log.append(
            told(LanePaused()),
            told(LanePaused(), ELSEWHERE),
            told(WorkflowSkipped(issue_number=17)),
        )
    await log.append(told(LaneResumed()))
    await project(store)
    for wanted, positions in {
        "": [7, 6, 5, 4, 3, 2, 1],
        "repository=7": [7, 6, 4, 3, 1],
        "issue=17": [6, 3],
        "command=lane.paused": [5, 4, 2, 1],
        "applied=false": [6, 5, 4],
        "applied=true&repository=8": [2],
        "before=3": [2, 1],
    }.items():
        pages = await every_page(client, f"/api/commands?limit=2&{wanted}")
        assert [item["position"] for page in pages for item in page] == positions, wanted
        assert all(len(page) == 2 for page in pages[:-1])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_a_problem(client: Client) -> None:
    for name, value in (("limit", 0), ("issue", "x"), ("applied", "perhaps"), ("command", "\0")):
        answer = await client.get("/api/commands", **{name: value})
        assert name in assert_problem(answer, 422, "request_invalid")
