"""After a move to another installation those with access see what came since, and no more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from events.catalogue import (
    About,
    InstallationAnswered,
    LanePaused,
    PolicyChanged,
    QueueReordered,
    own_event,
)
from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING, Access, held_through
from runtime.database import Database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem
from tests.isolation.callers import let_in
from tests.projections.builders import a_delivery, at
from tests.projections.own_events import a_request, told
from tests.service import Client, project

pytestmark = pytest.mark.anyio

OLD, NEW = 11, 22
PUMP = a_repository("acme/pump")["id"]
OWN = f"/api/repositories/{PUMP}"
WHERE = About(installation_id=OLD, repository_id=PUMP)
THERE = About(installation_id=NEW, repository_id=PUMP)
MINE = Access(frozenset({PUMP}))
MOVED = 7  # the position of GitHub's answer


def opened(whose: int | None, number: int, minute: int, title: str) -> NewEvent:
    pump = a_repository("acme/pump", updated_at=at(minute))
    labels, seen = ("status:queued",), at(minute)
    issue = an_issue(number, repository=pump, title=title, labels=labels, updated_at=seen)
    payload = issues("opened", issue=issue, repository=pump)
    payload["installation"] = {"id": whose} if whose else None
    return a_delivery("issues", payload)


def before() -> Sequence[NewEvent]:
    broken = {"repository": a_repository("acme/pump"), "check_run": {}}
    return [
        opened(OLD, 1, 1, "What was there"),
        opened(OLD, 2, 2, "A former secret"),
        a_request(UUID(int=1), about=WHERE, issue_number=2, reason="a former reason"),
        told(LanePaused(reason="a former pause"), WHERE),
        a_delivery("check_run", broken | {"installation": {"id": OLD}}),
        opened(NEW, 1, 8, "A claim"),
    ]


def the_move() -> NewEvent:
    content = InstallationAnswered(installation_id=NEW, owner="acme", as_of=MOVED - 1)
    return own_event(content, uuid4(), about=About(repository_id=PUMP))


def since() -> Sequence[NewEvent]:
    return [
        opened(NEW, 3, 9, "What came"),
        a_request(UUID(int=2), about=THERE, issue_number=3),
        told(QueueReordered(order=(3, 1), reason="why"), THERE),
    ]


@pytest.fixture
async def moved(store: Database, log: EventLog) -> None:
    for event in (*before(), the_move(), *since()):
        await log.append(event)
    await project(store)


async def positions(client: Client, path: str) -> list[int]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["position"] for item in answer.json()["items"]]


async def page(client: Client, path: str, **params: Any) -> Any:  # noqa: ANN401 (JSON)
    answer = await client.get(path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def streamed(client: Client) -> list[int]:
    """The positions of which a stream tells until its reader is let out."""
    told = (await client.get("/api/live", after=0)).text.split("\n\n")
    return [int(each.split("\n")[0].removeprefix("id: ")) for each in told if 'data: {"pos' in each]


@pytest.mark.usefixtures("moved")
async def test_who_has_access_sees_what_came_since(app: FastAPI, client: Client) -> None:
    let_in(app, MINE, batches=1)
    assert await positions(client, "/api/events") == [10, 9, 8, 7]
    assert await positions(client, f"/api/events?repository={PUMP}&before=9") == [8, 7]
    assert await positions(client, "/api/actions") == [9]
    assert await positions(client, "/api/commands") == [10]
    assert await positions(client, "/api/problems/reading") == []
    assert_problem(await client.get("/api/events/2"), 404, "event_not_found")
    assert_problem(await client.get("/api/events/2?raw=true"), 404, "event_not_found")
    assert_problem(await client.get(f"/api/actions/{UUID(int=1)}"), 404, "action_not_found")
    assert (await client.get("/api/events/7")).status_code == 200
    counted = (await page(client, "/api/activity", since="2000-01-01", until="2100-01-01"))["items"]
    assert {each["type"]: each["count"] for each in counted} == {
        "tenancy": 1,
        "issues": 1,
        "action": 1,
        "queue": 1,
    }
    assert (await page(client, OWN))["event_count"] == 4
    assert (await page(client, OWN))["costs"]["sessions"] == 1
    assert (await page(client, "/api/costs"))["totals"]["sessions"] == 1
    totals = (await page(client, "/api/dashboard"))["totals"]
    assert (totals["events"], totals["problems"]) == (4, 0)
    [installation] = (await page(client, "/api/installations"))["items"]
    assert (installation["id"], installation["event_count"]) == (NEW, 4)
    assert await streamed(client) == [7, 8, 9, 10]


@pytest.mark.usefixtures("moved")
async def test_how_its_issues_stand_now_is_githubs_and_stays(app: FastAPI, client: Client) -> None:
    let_in(app, MINE)
    listed = (await page(client, f"{OWN}/workflows"))["items"]
    assert [each["issue"]["number"] for each in listed] == [1, 2, 3]
    shown = await page(client, f"{OWN}/workflows/2")
    assert (shown["issue"]["title"], shown["timeline"]) == ("A former secret", [])
    assert [each["position"] for each in (await page(client, f"{OWN}/workflows/3"))["timeline"]]


@pytest.mark.usefixtures("moved")
async def test_nobody_asks_how_it_stood_before(app: FastAPI, client: Client) -> None:
    path = f"{OWN}/workflows/2"
    let_in(app, EVERYTHING)
    assert (await client.get(path, as_of=MOVED - 1)).status_code == 200
    let_in(app, MINE)
    assert_problem(await client.get(path, as_of=MOVED - 1), 404, "workflow_not_found")
    assert (await client.get(path, as_of=MOVED)).status_code == 200


@pytest.mark.usefixtures("moved")
async def test_no_list_and_no_count_tells_how_it_stood_before(app: FastAPI, client: Client) -> None:
    let_in(app, MINE)
    before = {"as_of": MOVED - 1}
    assert (await page(client, "/api/repositories", **before))["items"] == []
    assert (await page(client, "/api/actions", **before))["items"] == []
    then = await page(client, "/api/dashboard", **before)
    totals = then["totals"]
    assert (then["repositories"], totals["repositories"], totals["events"]) == ([], 0, 0)
    assert (totals["problems"], {*totals["workflows"].values()}) == (0, {0})
    for own in (OWN, f"{OWN}/queue", f"{OWN}/workflows", f"{OWN}/policy"):
        assert_problem(await client.get(own, **before), 404, "repository_not_found")
    assert (await page(client, OWN, as_of=MOVED))["event_count"] == 1
    assert (await page(client, OWN, as_of=MOVED + 2))["event_count"] == 3
    let_in(app, EVERYTHING)
    assert (await page(client, OWN, **before))["event_count"] == MOVED - 1


@pytest.mark.usefixtures("moved")
async def test_administrators_see_all_of_it(app: FastAPI, client: Client) -> None:
    let_in(app, EVERYTHING, batches=1)
    assert len(await positions(client, "/api/events")) == 10
    assert (await page(client, OWN))["event_count"] == 10
    assert len(await streamed(client)) == 10


@pytest.mark.usefixtures("moved")
async def test_a_policy_may_show_its_history(
    app: FastAPI, client: Client, store: Database, log: EventLog
) -> None:
    shown = PolicyChanged(
        layer="repository", origin="a file", content="", document={"history": "all"}
    )
    await log.append(own_event(shown, uuid4(), about=THERE))
    await project(store)
    let_in(app, MINE, batches=1)
    assert len(await positions(client, "/api/events")) == 11
    assert await positions(client, "/api/actions") == [9, 3]
    assert (await page(client, OWN))["event_count"] == 11
    assert len((await page(client, f"{OWN}/workflows/2"))["timeline"]) > 0
    assert len(await streamed(client)) == 11


async def test_what_no_installation_had_shows_all_to_those_of_its_first(
    app: FastAPI, client: Client, store: Database, log: EventLog
) -> None:
    await log.append(opened(None, 1, 1, "By a plain webhook"), opened(NEW, 1, 2, "By an App"))
    await project(store)
    let_in(app, MINE)
    assert await positions(client, "/api/events") == [2, 1]


async def test_nobody_holds_a_repository_through_an_installation_until_the_move_is_settled(
    store: Database, log: EventLog
) -> None:
    through_old, through_new = {PUMP: OLD, 5: OLD}, {PUMP: NEW, 5: NEW}
    await log.append(*before())
    await project(store)
    assert await store.read(lambda c: held_through(c, through_old)) == {PUMP, 5}
    assert await store.read(lambda c: held_through(c, through_new)) == {5}
    await log.append(the_move())
    await project(store)
    assert await store.read(lambda c: held_through(c, through_old)) == {5}
    assert await store.read(lambda c: held_through(c, through_new)) == {PUMP, 5}
