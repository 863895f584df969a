"""Repositories over HTTP, as deliveries told of them."""

from datetime import timedelta

import pytest

from events.catalogue import About, ActingUserSet, ModeSet, ScopePaused, WorkflowTakenOver
from events.log import EventLog
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID, Payload, a_repository, an_installation
from simulator.payloads.deliveries import (
    installation,
    installation_repositories,
    issues,
    repository,
)
from tests.api.answers import assert_problem, every_page
from tests.conftest import Clock
from tests.projections.own_events import told as commanded
from tests.service import Client, project
from tests.worlds.world import World

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

ROCKET = a_repository("orbit-works/rocket")
LATER = "2026-11-03T09:00:00Z"


async def told(client: Client, store: Database, event: str, payload: Payload) -> None:
    assert (await client.deliver(event, payload)).status_code == 202
    await project(store)


async def rocket(client: Client) -> Payload:
    answer = await client.get(f"/api/repositories/{ROCKET['id']}")
    assert answer.status_code == 200, answer.text
    item: Payload = answer.json()
    return item


def listed(shown: Payload) -> Payload:
    """What a list says of a repository: all that its own page says, but what its work costs."""
    return {name: shown[name] for name in shown if name != "costs"}


async def test_without_a_delivery_there_is_none(client: Client) -> None:
    answer = await client.get("/api/repositories")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None, "total": 0})


async def test_a_repository_is_shown_with_what_was_heard_from_it(
    client: Client, store: Database, clock: Clock
) -> None:
    await told(client, store, "installation", installation(repositories=[ROCKET]))
    await told(client, store, "issues", issues(repository=ROCKET))
    clock.advance(minutes=5)
    await told(client, store, "issues", issues(repository=ROCKET))
    item = await rocket(client)
    assert {name: item[name] for name in ("id", "full_name", "private", "default_branch")} == {
        "id": ROCKET["id"],
        "full_name": "orbit-works/rocket",
        "private": True,
        "default_branch": "main",
    }
    assert item["event_count"] == 2
    assert item["last_event_at"] == "2026-01-01T00:05:00Z"
    assert item["health"] == "ok"
    assert item["connected"] is True
    account = an_installation()["account"]["login"]
    assert item["installation"] == {"id": INSTALLATION_ID, "account": account}
    assert (await client.get("/api/repositories")).json()["items"] == [listed(item)]


async def test_a_plain_webhook_needs_no_installation(client: Client, store: Database) -> None:
    await told(client, store, "issues", issues(repository=ROCKET, installation=None))
    item = await rocket(client)
    assert (item["installation"], item["connected"], item["health"]) == (None, None, "ok")


async def test_a_repository_is_found_by_its_name_in_any_case_and_by_those_it_had(
    client: Client, store: Database
) -> None:
    await told(client, store, "issues", issues(repository=ROCKET))
    renamed = ROCKET | {"full_name": "orbit-works/big_rocket", "updated_at": LATER}
    await told(client, store, "repository", repository("renamed", repository=renamed))
    older = ROCKET | {"full_name": "garage/firework", "updated_at": "2020-01-01T00:00:00Z"}
    await told(client, store, "issues", issues(repository=older))
    item = await rocket(client)
    assert (item["full_name"], "names" in item) == ("orbit-works/big_rocket", False)
    for name in ("Orbit-Works/Big_Rocket", "orbit-works/rocket", "garage/firework", ROCKET["id"]):
        found = await client.get("/api/repositories", repository=name)
        assert found.json() == {"items": [listed(item)], "next": None, "total": 1}, name
        assert len((await client.get("/api/events", repository=name)).json()["items"]) == 3, name
        counts = (await client.get("/api/activity", repository=name, since="2020-01-01")).json()
        assert counts["items"] != [], name
    for stranger in ("orbit-works/bigrocket", "orbit-works/big%rocket", "works/big_rocket", "1"):
        found = await client.get("/api/repositories", repository=stranger)
        assert (found.status_code, found.json().get("items")) in ((200, []), (422, None)), stranger
        if found.status_code == 200:
            assert (await client.get("/api/events", repository=stranger)).json()["items"] == []


async def test_who_has_a_name_now_comes_before_who_had_it(client: Client, store: Database) -> None:
    await told(client, store, "issues", issues(repository=ROCKET))
    renamed = ROCKET | {"full_name": "orbit-works/big-rocket", "updated_at": LATER}
    await told(client, store, "repository", repository("renamed", repository=renamed))
    successor = a_repository(ROCKET["full_name"], id=ROCKET["id"] + 1)
    for each in (successor, renamed):
        await told(client, store, "issues", issues(repository=each))
    for name, number in (
        (ROCKET["full_name"], successor["id"]),
        (renamed["full_name"], ROCKET["id"]),
    ):
        [item] = (await client.get("/api/repositories", repository=name)).json()["items"]
        assert item["id"] == number


async def test_a_renamed_repository_keeps_its_id(client: Client, store: Database) -> None:
    await told(client, store, "issues", issues(repository=ROCKET))
    renamed = ROCKET | {"full_name": "orbit-works/big-rocket", "updated_at": LATER}
    await told(client, store, "repository", repository("renamed", repository=renamed))
    item = await rocket(client)
    assert (item["full_name"], item["event_count"]) == ("orbit-works/big-rocket", 2)


async def test_the_health_says_what_needs_a_person(client: Client, store: Database) -> None:
    await told(client, store, "installation", installation(repositories=[ROCKET]))
    await told(client, store, "issues", issues(repository=ROCKET))
    seen = [(await rocket(client))["health"]]
    archived = ROCKET | {"archived": True, "updated_at": LATER}
    suspended = an_installation(updated_at=1_793_710_000, suspended_at=LATER)
    unsuspended = an_installation(updated_at=1_793_720_000)
    for event, payload in (
        ("repository", repository("archived", repository=archived)),
        ("installation", installation("suspend", installation=suspended, repositories=[ROCKET])),
        ("installation", installation("unsuspend", installation=unsuspended)),
        (
            "installation_repositories",
            installation_repositories("removed", installation=unsuspended, repositories=[ROCKET]),
        ),
        ("repository", repository("deleted", repository=archived)),
    ):
        await told(client, store, event, payload)
        seen.append((await rocket(client))["health"])
    assert seen == ["ok", "archived", "suspended", "archived", "disconnected", "deleted"]


async def test_a_repository_is_shown_with_its_work_and_what_holds_for_it(
    client: Client, store: Database, log: EventLog
) -> None:
    world = World()
    part = world.repository(ROCKET["full_name"])
    issue = part.open_issue("One")
    issue.assign_copilot()
    part.copilot_opens(issue)
    for title in ("Three", "Four"):
        part.open_issue(title, labels=("status:queued",))
    for event, payload in world.sent:
        await client.deliver(event, payload)
    lane = About(installation_id=INSTALLATION_ID, repository_id=ROCKET["id"])
    await log.append(
        commanded(ModeSet(mode="live"), lane),
        commanded(ActingUserSet(user_id=7, login="ada"), About()),
        commanded(ScopePaused(reason="an outage"), About()),
        commanded(WorkflowTakenOver(issue_number=4), lane),
    )
    await project(store)
    item = await rocket(client)
    workflow = (await client.get(f"/api/repositories/{ROCKET['id']}/workflows/1")).json()
    shown = ("stage", "reason", "since", "waiting_for")
    active = {name: workflow[name] for name in shown} | {
        name: {key: workflow[name][key] for key in ("number", "title", "html_url")}
        for name in ("issue", "pull_request")
    }
    assert active["pull_request"]["number"] == 2
    assert active["stage"] == "draft"
    assert (item["active"], item["active_workflow"]) == ([active], active)
    assert (item["mode"], item["mode_origin"], item["acting_user"]) == ("live", "operator", "ada")
    assert item["paused"] == {"where": "everything", "reason": "an outage"}
    assert (item["queue_depth"], item["needs_human"]) == (1, 1)
    assert item["attention"] == "needs_human"


async def test_where_nothing_goes_on_nothing_is_active(client: Client, store: Database) -> None:
    await told(client, store, "issues", issues(repository=ROCKET))
    item = await rocket(client)
    assert (item["active"], item["active_workflow"], item["paused"]) == ([], None, None)
    assert (item["mode"], item["mode_origin"], item["acting_user"]) == ("shadow", "built-in", None)
    assert (item["queue_depth"], item["needs_human"], item["attention"]) == (0, 0, "idle")


async def test_the_list_pages_by_id(client: Client, store: Database) -> None:
    known = [a_repository(f"orbit-works/part-{number}") for number in range(7)]
    for each in known:
        await client.deliver("issues", issues(repository=each))
    await project(store)
    pages = await every_page(client, "/api/repositories?limit=3")
    assert [len(page) for page in pages] == [3, 3, 1]
    ids = [item["id"] for page in pages for item in page]
    assert ids == sorted(each["id"] for each in known)
    exactly = await every_page(client, "/api/repositories?limit=7")
    assert [len(page) for page in exactly] == [7]


@on_one_database
async def test_the_list_is_narrowed_down_by_a_part_of_the_name(
    client: Client, store: Database
) -> None:
    lander = a_repository("orbit-works/moon_lander", id=8)
    for each in (ROCKET, lander):
        await told(client, store, "issues", issues(repository=each))
    for text, found in {"ORBIT": 2, "moon_l": 1, "moon%": 0, "works/rock": 1}.items():
        answer = (await client.get("/api/repositories", q=text, limit=1)).json()
        assert (answer["total"], len(answer["items"])) == (found, min(found, 1)), text
        assert (answer["next"] is not None) is (found > 1), text
    [item] = (await client.get("/api/repositories", q="moon_lander", as_of=2)).json()["items"]
    assert item["id"] == lander["id"]
    then = (await client.get("/api/repositories", q="moon_lander", as_of=1)).json()
    assert (then["items"], then["total"]) == ([], 0)
    both = await client.get("/api/repositories", q="moon", repository="orbit-works/rocket")
    assert "one repository is named already" in assert_problem(both, 422, "request_invalid")


@on_one_database
async def test_a_repository_that_is_not_there_is_not_found(client: Client) -> None:
    for unknown in (1, 2**63 - 1):
        answer = await client.get(f"/api/repositories/{unknown}")
        assert_problem(answer, 404, "repository_not_found")


@on_one_database
async def test_what_is_no_id_is_a_problem(client: Client) -> None:
    for wrong in ("0", "-1", "rocket", "9" * 400, str(2**63)):
        answer = await client.get(f"/api/repositories/{wrong}")
        assert_problem(answer, 422, "request_invalid")
    for name, value in (("limit", 0), ("limit", 201), ("after", -1), ("after", 2**63)):
        answer = await client.get("/api/repositories", **{name: value})
        assert name in assert_problem(answer, 422, "request_invalid")


async def test_the_newest_event_counts_whatever_its_order(
    client: Client, store: Database, clock: Clock
) -> None:
    await told(client, store, "issues", issues(repository=ROCKET))
    clock.now -= timedelta(days=1)
    await told(client, store, "issues", issues(repository=ROCKET))
    assert (await rocket(client))["last_event_at"] == "2026-01-01T00:00:00Z"
