"""Actions over HTTP: what was decided, and what came of it."""

from uuid import UUID

import pytest

from events.catalogue import About
from events.log import EventLog
from runtime.database import Database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem, every_page
from tests.projections.asked import ACTION as CONFIRMED
from tests.projections.asked import Told
from tests.projections.own_events import (
    ACTION,
    a_cancellation,
    a_failure,
    a_request,
    a_success,
)
from tests.service import Client, project

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

ELSEWHERE = About(installation_id=22, repository_id=8)


async def test_without_a_decision_there_is_none(client: Client) -> None:
    answer = await client.get("/api/actions")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None, "total": 0})


async def test_an_action_is_shown_with_its_decision_its_cause_and_its_outcome(
    client: Client, store: Database, log: EventLog
) -> None:
    queued = an_issue(17, repository=a_repository(), labels=("status:queued",))
    await client.deliver("issues", issues(issue=queued))
    cause = await log.event(1)
    assert cause is not None
    await log.append(
        a_request(ACTION, cause=cause, pull_request_number=20, parameters={"attempt": 1}),
        a_failure(attempts=4, answer={"status": 403}),
    )
    await project(store)
    answer = await client.get(f"/api/actions/{ACTION}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown == {
        "id": str(ACTION),
        "position": 2,
        "repository": {"id": 7, "full_name": "", "html_url": None},
        "issue": {"number": 17, "title": None, "html_url": None},
        "pull_request": {"number": 20, "title": None, "html_url": None},
        "head_sha": None,
        "kind": "assign",
        "mode": "live",
        "generation": 0,
        "decision": "it is next in the queue",
        "cause": {"position": 1, "id": str(cause.id)},
        "parameters": {"attempt": 1},
        "requested_at": "2026-01-01T00:00:00Z",
        "outcome": "failed",
        "outcome_position": 3,
        "outcome_at": "2026-01-01T00:00:00Z",
        "attempts": 4,
        "error": "GitHub said no",
        "answer": {"status": 403},
        "state": "failed",
        "confirmed_at": None,
        "confirmed_position": None,
    }
    assert (await client.get("/api/actions")).json()["items"] == [shown]


async def test_the_list_is_filtered_and_pages_with_its_filters(
    client: Client, store: Database, log: EventLog
) -> None:
    for number in range(1, 7):
        mode = "shadow" if number % 2 else "live"
        kind = "merge" if number == 6 else "assign"
        pull = {"pull_request_number": 10 * number} if number > 4 else {}
        await log.append(
            a_request(UUID(int=number), issue_number=number, mode=mode, kind=kind, **pull)
        )
    await log.append(
        a_request(UUID(int=7), issue_number=7, about=ELSEWHERE),
        a_success(UUID(int=2)),
        a_cancellation(UUID(int=4)),
    )
    await project(store)
    for wanted, numbers in {
        "": [7, 6, 5, 4, 3, 2, 1],
        "repository=7&kind=assign": [5, 4, 3, 2, 1],
        "issue=3": [3],
        "pull_request=50": [5],
        "pull_request=3": [],
        "mode=live": [7, 6, 4, 2],
        "outcome=requested": [7, 6, 5, 3, 1],
        "outcome=cancelled": [4],
        "before=3": [2, 1],
    }.items():
        pages = await every_page(client, f"/api/actions?limit=2&{wanted}")
        assert [item["issue"]["number"] for page in pages for item in page] == numbers, wanted
        assert all(len(page) == 2 for page in pages[:-1])


@on_one_database
async def test_what_does_not_fit_is_a_problem(client: Client) -> None:
    for name, value in (
        ("limit", 201),
        ("before", -1),
        ("repository", "rocket"),
        ("kind", "destroy"),
        ("outcome", "unknown"),
        ("mode", "off"),
        ("colour", "red"),
    ):
        answer = await client.get("/api/actions", **{name: value})
        assert name in assert_problem(answer, 422, "request_invalid")
    assert_problem(await client.get("/api/actions/17"), 422, "request_invalid")
    assert_problem(await client.get(f"/api/actions/{ACTION}"), 404, "action_not_found")


async def test_the_list_is_filtered_by_it_and_says_the_state(
    client: Client, store: Database, log: EventLog
) -> None:
    told = Told(store, log)
    await told.asked("assign")

    async def states(**filters: str) -> list[str]:
        answer = await client.get("/api/actions", **filters)
        assert answer.status_code == 200, answer.text
        return [item["state"] for item in answer.json()["items"]]

    assert await states() == await states(confirmed="false") == ["requested"]
    about = About(installation_id=5, repository_id=told.rocket.id)
    await log.append(a_success(CONFIRMED, about=about, issue_number=told.issue.number))
    await project(store)
    assert await states() == ["sent"]
    told.issue.assign_copilot()
    await told.goes_on()
    assert await states() == await states(confirmed="true") == ["confirmed"]
    assert await states(confirmed="false") == []
