"""The first page: totals, and what needs a person first."""

import pytest

from aggregates.stages import Stage
from events.catalogue import About, LanePaused, WorkflowTakenOver
from events.log import EventLog
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID, a_repository, an_installation
from simulator.payloads.deliveries import installation, installation_repositories, issues
from tests.conftest import Clock
from tests.projections.own_events import a_failure, a_request
from tests.projections.own_events import told as commanded
from tests.service import Client, project
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

QUEUE = ("status:queued",)


async def test_an_empty_log_makes_an_empty_page(client: Client) -> None:
    answer = await client.get("/api/dashboard")
    assert answer.status_code == 200
    assert answer.json() == {
        "totals": {
            "repositories": 0,
            "installations": 0,
            "events": 0,
            "problems": 0,
            "workflows": dict.fromkeys(Stage, 0),
            "queue_depth": 0,
            "needs_human": 0,
            "actions_failed": 0,
        },
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
    assert answer.json()["totals"].items() >= totals.items()


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


async def told(client: Client, world: World) -> None:
    for event, payload in world.sent:
        assert (await client.deliver(event, payload)).status_code == 202


async def test_the_totals_count_the_work(client: Client, store: Database, log: EventLog) -> None:
    world = World()
    for name in ("rocket", "lander"):
        part = world.repository(f"octo-org/{name}")
        part.open_issue("One", labels=QUEUE)
        part.open_issue("Two").assign_copilot()
    await told(client, world)
    about = About(repository_id=world.repositories[0].id)
    request = a_request(about=about, issue_number=1, mode="shadow")
    await log.append(request, a_failure(request.id, about=about, issue_number=1))
    await project(store)
    totals = (await client.get("/api/dashboard")).json()["totals"]
    assert {name: number for name, number in totals["workflows"].items() if number} == {
        "needs_human": 1,
        "queued": 1,
        "in_progress": 2,
    }
    assert (totals["queue_depth"], totals["needs_human"], totals["actions_failed"]) == (1, 1, 1)


async def test_repositories_come_by_how_much_they_need_a_person(
    client: Client, store: Database, log: EventLog
) -> None:
    world = World()
    names = ("needs-help", "held", "busy", "quiet")
    help_, held, busy, quiet = (world.repository(f"octo-org/{name}") for name in names)
    for part in (help_, held, busy):
        part.open_issue("One", labels=QUEUE)
    quiet.open_issue("None of ours")
    commands = (
        (WorkflowTakenOver(issue_number=1), help_),
        (LanePaused(reason="a release"), held),
    )
    await told(client, world)
    for command, part in commands:
        about = About(installation_id=INSTALLATION_ID, repository_id=part.id)
        await log.append(commanded(command, about))
    await project(store)
    lines = (await client.get("/api/dashboard")).json()["repositories"]
    assert [(line["full_name"], line["attention"]) for line in lines] == [
        ("octo-org/needs-help", "needs_human"),
        ("octo-org/held", "stuck"),
        ("octo-org/busy", "running"),
        ("octo-org/quiet", "idle"),
    ]
    assert lines[0]["needs_human"] == 1
    assert lines[1]["paused"] == {"where": "lane", "reason": "a release"}


async def test_a_line_is_the_same_as_the_repository_itself(client: Client, store: Database) -> None:
    part = a_repository()
    await client.deliver("issues", issues(repository=part))
    await project(store)
    [line] = (await client.get("/api/dashboard")).json()["repositories"]
    shown = (await client.get(f"/api/repositories/{part['id']}")).json()
    assert line == {name: shown[name] for name in shown if name != "costs"}
