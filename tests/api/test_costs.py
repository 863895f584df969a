"""What work cost, over HTTP, and the ceilings beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.event import listen, remove

from events.catalogue import About, Json, PolicyChanged, ResyncObserved, own_event
from events.envelope import NewEvent
from events.github.observations import observed_event
from events.log import EventLog
from projections.engine.building import Builder
from projections.lanes.around import around_versions
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID, a_pull_request, a_repository, an_issue, deliveries
from tests.api.answers import assert_problem
from tests.conftest import Clock
from tests.projections.builders import a_delivery, project
from tests.projections.costs.happenings import a_session
from tests.projections.own_events import a_cancellation, a_failure, a_request
from tests.service import Client

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("dialect", ["sqlite"], indirect=True),
]

ROCKET, PROBE = sorted((a_repository(), a_repository("orbit-works/probe")), key=lambda r: r["id"])
HERE = About(installation_id=1, repository_id=ROCKET["id"])
THERE = About(installation_id=1, repository_id=PROBE["id"])
FAILS = UUID(int=7)
NONE = {"sessions": 0, "assignments": 0, "rounds": 0, "mentions": {}, "reruns": 0, "minutes": None}


def a_policy(**budget: int) -> NewEvent:
    document = {"mode": "live", "budget": budget}
    content = PolicyChanged.model_validate(
        {"layer": "repository", "origin": "a file", "content": "", "document": document}
    )
    return own_event(content, uuid4(), about=HERE)


@pytest.fixture
async def month(store: Database, log: EventLog) -> None:
    """Work on two issues of one repository, and on one of another, in January."""
    queued = an_issue(17, repository=ROCKET, labels=("status:queued",), title="Fix the pump")
    await log.append(
        a_delivery("issues", deliveries.issues(issue=queued, repository=ROCKET)),
        a_delivery("issues", deliveries.issues(repository=PROBE)),
        a_request(about=HERE, token="1"),
        a_request(about=HERE, token="1", kind="ask_to_fix_ci"),
        a_session(12, about=HERE),
        a_request(about=HERE, token="2", issue_number=18),
        a_request(about=THERE, token="1", issue_number=3),
        a_request(FAILS, about=THERE, token="2", issue_number=3, kind="ask_to_fix_ci"),
        a_failure(FAILS, about=THERE, issue_number=3),
    )
    await project(store)


async def asked(client: Client, path: str = "/api/costs", **parameters: str | int) -> Any:  # noqa: ANN401 (JSON)
    answer = await client.get(path, **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def costs(**changes: object) -> dict[str, object]:
    return NONE | changes


@pytest.mark.usefixtures("month")
async def test_a_month_is_listed_by_repository_with_what_all_cost_together(client: Client) -> None:
    found = await asked(client)
    assert (found["month"], found["until"]) == ("2026-01", "2026-02-01T00:00:00Z")
    here = costs(sessions=3, assignments=2, rounds=1, mentions={"ask_to_fix_ci": 1}, minutes=12)
    assert [(each["repository"]["id"], each["costs"]) for each in found["items"]] == [
        (ROCKET["id"], here | {"ceilings": []}),
        (PROBE["id"], costs(sessions=1, assignments=1, ceilings=[])),
    ]
    assert found["totals"] == here | {"sessions": 4, "assignments": 3}
    assert (found["total"], found["next"]) == (2, None)


@pytest.mark.usefixtures("month")
async def test_it_pages_by_id_and_its_totals_are_of_all_pages(client: Client) -> None:
    first = await asked(client, limit=1)
    second = await asked(client, first["next"])
    shown = [each["repository"]["id"] for page in (first, second) for each in page["items"]]
    assert shown == [ROCKET["id"], PROBE["id"]]
    assert first["totals"] == second["totals"]
    assert (second["next"], second["total"]) == (None, None)


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize("path", ["/api/costs", f"/api/repositories/{ROCKET['id']}/costs"])
async def test_the_next_page_is_of_the_same_month_though_that_ended_meanwhile(
    client: Client, clock: Clock, path: str
) -> None:
    first = await asked(client, path, limit=1)
    clock.now = datetime(2026, 2, 1, tzinfo=UTC)
    second = await asked(client, first["next"])
    assert (second["month"], len(second["items"])) == ("2026-01", 1)


@pytest.mark.usefixtures("month")
async def test_one_repository_can_be_picked_by_id_or_name(client: Client) -> None:
    for which in (PROBE["id"], PROBE["full_name"]):
        found = await asked(client, repository=which)
        assert [each["repository"]["id"] for each in found["items"]] == [PROBE["id"]]
        assert found["totals"]["sessions"] == 1
    assert (await asked(client, repository="nobody/knows"))["items"] == []


@pytest.mark.usefixtures("month")
async def test_a_repositorys_month_is_listed_by_issue(client: Client) -> None:
    path = f"/api/repositories/{ROCKET['id']}/costs"
    found = await asked(client, path, limit=1)
    [item] = found["items"]
    assert (item["issue"]["number"], item["issue"]["title"]) == (17, "Fix the pump")
    assert (item["costs"]["sessions"], item["costs"]["minutes"]) == (2, 12)
    assert (found["totals"]["sessions"], found["total"]) == (3, 2)
    [other] = (await asked(client, found["next"]))["items"]
    assert (other["issue"]["number"], other["costs"]["sessions"]) == (18, 1)
    answer = await client.get("/api/repositories/1/costs")
    assert_problem(answer, 404, "repository_not_found")


@pytest.mark.usefixtures("month")
async def test_another_month_has_none_of_it(client: Client, clock: Clock) -> None:
    clock.now = datetime(2026, 2, 1, tzinfo=UTC)
    for parameters in ({}, {"month": "2025-12"}):
        found = await asked(client, **parameters)
        assert (found["items"], found["totals"]) == ([], NONE)
    assert (await asked(client, month="2026-01"))["totals"]["sessions"] == 4


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize("wrong", ["2026", "2026-13", "january", "2026-1", "0000-01"])
async def test_what_is_no_month_is_refused(client: Client, wrong: str) -> None:
    assert_problem(await client.get("/api/costs", month=wrong), 422, "request_invalid")


@pytest.mark.usefixtures("month")
async def test_the_ceilings_stand_beside_what_is_used_of_them(
    client: Client, store: Database, log: EventLog, clock: Clock
) -> None:
    clock.advance(days=1)
    await log.append(
        a_policy(sessions_per_day=5, sessions_per_month=100, rounds_per_issue=3),
        a_request(about=HERE, token="3", issue_number=19),
    )
    await project(store)
    own = f"/api/repositories/{ROCKET['id']}"
    listed = (await asked(client))["items"][0]["costs"]
    for found in (listed, (await asked(client, own))["costs"]):
        assert [(c["key"], c["used"], c["ceiling"], c["until"]) for c in found["ceilings"]] == [
            ("budget.sessions_per_day", 1, 5, "2026-01-03T00:00:00Z"),
            ("budget.sessions_per_month", 4, 100, "2026-02-01T00:00:00Z"),
        ]
    of_issue = (await asked(client, f"{own}/workflows/17"))["costs"]
    assert (of_issue["sessions"], of_issue["minutes"]) == (2, 12)
    assert of_issue["ceilings"] == [
        {
            "key": "budget.rounds_per_issue",
            "ceiling": 3,
            "used": 1,
            "until": None,
            "origin": "repository",
            "raised_by": "a maintainer, in the repository's .github/copilot-orchestrator.yml",
        }
    ]
    clock.advance(days=40)
    past = (await asked(client, month="2026-01"))["items"][0]["costs"]
    assert (past["sessions"], past["ceilings"]) == (4, [])


@pytest.fixture
def read() -> Iterator[list[str]]:
    """The statements that are sent to the database."""
    found: list[str] = []

    def note(*sent: object) -> None:
        found.append(str(sent[2]))

    listen(Engine, "before_cursor_execute", note)
    yield found
    remove(Engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("month")
async def test_what_is_around_all_repositories_is_read_once_for_a_page(
    client: Client, read: list[str]
) -> None:
    """It has the policy of each installation, of which there may be thousands."""
    found = await asked(client, as_of=9)
    assert len(found["items"]) == 2
    assert len([each for each in read if f"FROM {around_versions.name}" in each]) == 1


@pytest.mark.usefixtures("month")
async def test_an_issues_ceiling_is_used_by_what_deciding_counts(
    client: Client, store: Database, log: EventLog
) -> None:
    """Heads that were left to Agent Merge count, and no request that was called off."""
    called_off = UUID(int=8)
    pull = a_pull_request(18, repository=ROCKET)
    left: dict[str, Json] = {
        "head_sha": pull["head"]["sha"],
        "mends": "checks",
        "supported": True,
        "enabled": True,
        "asked_at": "2026-11-02T12:00:00Z",
    }
    answer = ResyncObserved(kind="agent_merge", object=left, pull_request_number=18)
    await log.append(
        a_policy(rounds_per_issue=3),
        a_delivery("pull_request", deliveries.pull_request(pull_request=pull, repository=ROCKET)),
        observed_event(answer, UUID(int=9), ROCKET["id"], INSTALLATION_ID),
        a_request(called_off, about=HERE, token="2", kind="ask_to_fix_ci"),
    )
    await project(store)
    path = f"/api/repositories/{ROCKET['id']}/workflows/17"
    assert [each["used"] for each in (await asked(client, path))["costs"]["ceilings"]] == [3]
    await log.append(a_cancellation(called_off, about=HERE))
    await project(store)
    shown = await asked(client, path)
    assert [each["used"] for each in shown["costs"]["ceilings"]] == [2]
    assert (shown["attempts"]["ask_to_fix_ci"], shown["agent_merge"]["rounds"]) == (1, 1)


@pytest.mark.usefixtures("month")
async def test_as_of_a_moment_it_answers_what_it_answered_then(
    client: Client, store: Database, log: EventLog, clock: Clock
) -> None:
    own = f"/api/repositories/{ROCKET['id']}"
    paths = ("/api/costs", f"{own}/costs", own, f"{own}/workflows/17")
    then = [await asked(client, path) for path in paths]
    clock.advance(days=31)
    await log.append(a_policy(sessions_per_month=9), a_request(about=HERE, token="4"))
    await project(store)
    for path, known in zip(paths, then, strict=True):
        assert (await asked(client, path, as_of=9)).get("costs") == known.get("costs")
        assert (await asked(client, path, as_of=9)).get("totals") == known.get("totals")


@pytest.mark.usefixtures("month")
async def test_pages_do_without_it_until_it_was_ever_built(client: Client, store: Database) -> None:
    """An upgrade brings it, and takes no page away meanwhile."""
    own = f"/api/repositories/{ROCKET['id']}"
    forgotten = text("DELETE FROM projection_checkpoints WHERE name = 'costs'")
    await store.write(lambda connection: connection.execute(forgotten).close())
    builder = Builder(PROJECTIONS, store, batch=2)
    await builder.plan()
    await builder.step()
    for path in (own, f"{own}/workflows/17"):
        assert (await asked(client, path))["costs"] is None
        assert (await asked(client, path, as_of=9))["costs"] is None
    assert_problem(await client.get("/api/costs"), 503, "read_model_building")
    while await builder.step():
        pass
    await builder.take_over()
    assert (await asked(client, own))["costs"]["sessions"] == 3
