"""Policy files: read when they may have changed, recorded once, reported on where wrong."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from reactions.policy_files import PATH
from reactions.ports.failures import Forbidden, RateLimited, Unavailable
from simulator.payloads import ZEROS, an_installation
from simulator.payloads.deliveries import DELIVERIES
from tests.conftest import Clock
from tests.projections.builders import a_delivery, redelivered
from tests.projections.stores import FailingWrite
from tests.reactions.policy_files.desks import Desk, pushed
from tests.reactions.recovered_github import RecoveredGitHub
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

LIVE, SHADOW, WRONG = "mode: live\n", "mode: shadow\n", "mode: loud\n"
OTHER_FILES = {"added": ["README.md"], "removed": [], "modified": []}


@pytest.fixture
def desk(store: Store, log: EventLog, clock: Clock, world: World) -> Desk:
    return Desk(store, log, clock, RecoveredGitHub(world))


def connected(world: World, *repositories: Repository, action: str = "created") -> NewEvent:
    installation = an_installation(world.deliveries[0].installation_id or 0)
    listed = [repository.snapshot() for repository in repositories]
    payload = DELIVERIES["installation"](action, installation=installation, repositories=listed)
    return a_delivery("installation", payload)


async def test_a_file_is_read_when_its_repository_is_first_seen_through_an_installation(
    desk: Desk, world: World, rocket: Repository
) -> None:
    desk.commits(rocket, "c1", LIVE)
    rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    [change] = await desk.changes()
    assert (change.layer, change.origin, change.commit) == ("repository", PATH, "c1")
    assert (change.content, change.document, change.problems) == (LIVE, {"mode": "live"}, ())
    assert (await desk.policy(rocket)).document == '{"mode":"live"}'
    [event] = [each for each in await desk.log.read(0, 100) if each.type == "policy"]
    assert (event.repository_id, event.installation_id) == (
        rocket.id,
        world.deliveries[0].installation_id,
    )


async def test_a_file_is_read_when_an_installation_is_given_its_repository(
    desk: Desk, world: World, rocket: Repository
) -> None:
    other = world.repository("octo-org/lander")
    rocket.open_issue("One")
    desk.commits(other, "c1", LIVE)
    await desk.happens(connected(world, other))
    await desk.goes_on()
    assert [change.commit for change in await desk.changes()] == ["c1"]


async def test_a_repository_that_is_taken_away_and_given_back_at_once_is_read_again(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    told = [world.deliveries[-1], connected(world, rocket, action="deleted")]
    await desk.happens(*told, redelivered(told[0]))
    desk.commits(rocket, "c1", LIVE)
    await desk.goes_on()
    assert [change.commit for change in await desk.changes()] == ["c1"]


async def test_deliveries_of_a_repository_that_is_known_cost_no_write(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    rocket.open_issue("Two")
    await desk.happens(world.deliveries[-1])
    unwritten = FailingWrite(desk.store)
    await replace(desk.reaction, services=replace(desk.services, store=unwritten)).step()
    assert unwritten.writes == 0


async def test_a_repository_without_a_file_adds_nothing(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    assert desk.reads() == 1
    assert await desk.changes() == []


async def test_a_file_that_is_taken_away_is_the_empty_document(
    desk: Desk, rocket: Repository
) -> None:
    await desk.happens(desk.commits(rocket, "c1", LIVE))
    await desk.goes_on()
    await desk.happens(desk.commits(rocket, "c2", None))
    await desk.goes_on()
    change = (await desk.changes())[-1]
    assert (change.commit, change.content, change.document) == ("c2", "", {})
    assert (await desk.policy(rocket)).document == ""


async def test_a_file_is_not_read_again_for_what_does_not_touch_it(
    desk: Desk, rocket: Repository
) -> None:
    await desk.happens(desk.commits(rocket, "c1", LIVE))
    await desk.goes_on()
    rocket.open_issue("One")
    elsewhere = pushed(rocket, "copilot/fix-1")
    await desk.happens(pushed(rocket, files=OTHER_FILES), elsewhere, rocket.webhook.deliveries[-1])
    await desk.goes_on()
    assert desk.reads() == 1


@pytest.mark.parametrize(
    "push",
    [
        {"files": {**OTHER_FILES, "removed": [PATH]}},
        {"files": {**OTHER_FILES, "added": [PATH]}},
        {"files": OTHER_FILES, "forced": True},
        {"files": OTHER_FILES, "before": ZEROS},
        {"files": OTHER_FILES, "commits": []},
        {"files": {"added": None}},
        {"files": {**OTHER_FILES, "added": [f"a{n}" for n in range(3000)]}},
        {"files": OTHER_FILES, "commits": [{**OTHER_FILES, "id": str(n)} for n in range(2048)]},
    ],
    ids=["removed", "added", "forced", "new branch", "none", "no list", "many files", "many"],
)
async def test_a_push_that_may_touch_it_has_it_read_again(
    desk: Desk, rocket: Repository, push: dict[str, Any]
) -> None:
    await desk.happens(desk.commits(rocket, "c1", LIVE))
    await desk.goes_on()
    desk.commits(rocket, "c2", SHADOW)
    await desk.happens(pushed(rocket, **push))
    await desk.goes_on()
    assert [change.commit for change in await desk.changes()] == ["c1", "c2"]


async def test_there_and_back_and_there_again_are_three_changes(
    desk: Desk, rocket: Repository
) -> None:
    for number, text in enumerate((LIVE, WRONG, "mode: shout\n", WRONG, "mode: shout\n", LIVE)):
        await desk.happens(desk.commits(rocket, f"c{number}", text))
        await desk.goes_on()
    assert [change.commit for change in await desk.changes()] == [f"c{n}" for n in range(6)]
    layer = await desk.policy(rocket)
    assert (layer.commit, layer.problems) == ("c5", ())


async def test_a_branch_that_is_forced_back_and_forth_is_followed(
    desk: Desk, rocket: Repository
) -> None:
    for commit, text in (("c1", LIVE), ("c2", SHADOW), ("c1", LIVE), ("c2", SHADOW)):
        desk.commits(rocket, commit, text)
        await desk.happens(pushed(rocket, forced=True))
        await desk.goes_on()
        assert (await desk.policy(rocket)).commit == commit
    assert len(await desk.changes()) == 4


async def test_a_file_with_problems_leaves_what_holds_and_is_reported_once_on_its_commit(
    desk: Desk, rocket: Repository
) -> None:
    await desk.happens(desk.commits(rocket, "c1", LIVE))
    await desk.goes_on()
    for commit in ("c2", "c3"):
        await desk.happens(desk.commits(rocket, commit, WRONG))
        await desk.goes_on()
        await desk.happens(pushed(rocket))
        await desk.goes_on()
    assert [commit for _, commit, _ in desk.github.reports] == ["c2", "c3"]
    [(name, _, problems), *_] = desk.github.reports
    assert (name, [problem.path for problem in problems]) == ("octo-org/rocket", ["mode"])
    layer = await desk.policy(rocket)
    assert (layer.document, len(layer.problems)) == ('{"mode":"live"}', 1)


async def test_the_first_valid_file_after_a_wrong_one_is_reported_and_no_other(
    desk: Desk, rocket: Repository
) -> None:
    for commit, text in (("c1", LIVE), ("c2", WRONG), ("c3", LIVE), ("c4", SHADOW)):
        await desk.happens(desk.commits(rocket, commit, text))
        await desk.goes_on()
    reported = [(commit, not problems) for _, commit, problems in desk.github.reports]
    assert reported == [("c2", False), ("c3", True)]


async def test_a_file_that_cannot_be_read_as_text_is_a_problem(
    desk: Desk, rocket: Repository
) -> None:
    await desk.happens(desk.commits(rocket, "c1", "\0"))
    await desk.goes_on()
    [change] = await desk.changes()
    assert change.document is None
    assert [problem.message for problem in change.problems] == [f"{PATH} is no UTF-8 text"]


async def test_where_reports_are_forbidden_the_policy_is_recorded_all_the_same(
    desk: Desk, rocket: Repository
) -> None:
    async def before(asked: str) -> None:
        if asked.startswith("report_policy"):
            raise Forbidden("Resource not accessible by integration", status=403)

    desk.github.before = before
    await desk.happens(desk.commits(rocket, "c1", WRONG))
    visited = await desk.goes_on()
    assert visited.next_due is None
    assert len(await desk.changes()) == 1


@pytest.mark.parametrize("operation", ["last_commit", "file", "report_policy"])
async def test_what_fails_is_tried_again_and_stops_no_other_repository(
    desk: Desk, world: World, rocket: Repository, operation: str
) -> None:
    other = world.repository("octo-org/lander")
    away = True

    async def before(asked: str) -> None:
        if away and asked.startswith(f"{operation} octo-org/rocket"):
            raise Unavailable("GitHub did not answer")

    desk.github.before = before
    await desk.happens(desk.commits(rocket, "c1", WRONG), desk.commits(other, "c9", WRONG))
    visited = await desk.goes_on()
    assert "c9" in [commit for _, commit, _ in desk.github.reports]
    assert visited.next_due == desk.clock() + timedelta(minutes=1)
    away = False
    desk.clock.advance(minutes=1)
    visited = await desk.goes_on()
    assert visited.next_due is None
    assert sorted(commit for _, commit, _ in desk.github.reports) == ["c1", "c9"]
    assert sorted(change.commit or "" for change in await desk.changes()) == ["c1", "c9"]


async def test_where_github_takes_no_more_the_whole_installation_waits(
    desk: Desk, world: World, rocket: Repository
) -> None:
    until = desk.clock() + timedelta(minutes=40)

    async def before(_asked: str) -> None:
        if desk.clock() < until:
            raise RateLimited("Slow down", until=until, secondary=False, status=403)

    desk.github.before = before
    names = ("octo-org/lander", "octo-org/probe")
    pushes = [desk.commits(each, "c1", LIVE) for each in (rocket, *map(world.repository, names))]
    await desk.happens(*pushes)
    visited = await desk.goes_on()
    assert (desk.reads(), visited.next_due) == (1, until)
    desk.clock.advance(minutes=40)
    await desk.goes_on()
    assert len(await desk.changes()) == 3


async def test_what_is_out_of_reach_is_looked_at_no_more(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    await desk.happens(desk.commits(rocket, "c1", LIVE), connected(world, rocket, action="deleted"))
    await desk.goes_on()
    assert desk.reads() == 0


async def test_nothing_is_read_while_the_lanes_are_behind_the_log(
    desk: Desk, rocket: Repository
) -> None:
    await desk.happens()
    await desk.log.append(desk.commits(rocket, "c1", LIVE))
    assert (await desk.reaction.step()).behind
    assert desk.reads() == 0
    await desk.happens()
    await desk.goes_on()
    assert len(await desk.changes()) == 1
