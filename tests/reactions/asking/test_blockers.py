"""What blocks an issue is asked for where something of which nothing tells us may be open."""

import pytest

from events.catalogue import ModeSet
from simulator.payloads import Payload
from tests.reactions.asking.desk import Desk
from tests.reactions.conductor.stages import command
from tests.worlds.issues import Issue
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(desk: Desk, rocket: Repository) -> Desk:
    await desk.stage.happens(command(ModeSet(mode="live"), rocket.id))
    return desk


async def blocked_unheard(desk: Desk, world: World, *others: Issue) -> Issue:
    """Queue an issue that others block, of which no delivery is heard but the issue's count."""
    await desk.goes_on(world)
    issue = world.repositories[0].open_issue("Something", labels=("status:queued",))
    desk.told[world] = len(world.deliveries)
    for other in others:
        issue.block_by(other)
    desk.told[world] = len(world.deliveries)
    issue.label("bug")
    await desk.goes_on(world)
    return issue


def tells(desk: Desk, issue: Issue) -> None:
    """Let GitHub answer as it is: the issue, and what blocks it."""
    desk.github.whole[issue.number] = issue.snapshot()
    desk.github.blocking[issue.number] = [
        {**each.snapshot(), "repository": named(each, issue)} for each in issue.blocked_by
    ]


def named(blocker: Issue, issue: Issue) -> Payload:
    home = blocker.repository
    name: Payload = {"full_name": home.full_name}
    return name if home is issue.repository else {**name, "id": home.id}


async def assigned(desk: Desk) -> list[int | None]:
    events = [each for each in await desk.stage.own() if each.action == "requested"]
    return [each.subject_number for each in events if '"assign"' in each.payload]


async def test_a_blocker_that_nobody_heard_of_is_asked_for_and_waited_for(
    desk: Desk, world: World, rocket: Repository
) -> None:
    other = rocket.open_issue("Another")
    issue = await blocked_unheard(desk, world, other)
    tells(desk, issue)
    assert [each.kind for each in await desk.questions()] == ["blockers"]
    await desk.asks()
    assert desk.github.asked == [f"blockers {issue.number}"]
    assert await desk.questions() == []  # it is known now
    assert await assigned(desk) == []
    other.close()
    await desk.goes_on(world)
    assert await assigned(desk) == [issue.number]


async def test_blockers_that_ended_unheard_block_no_longer_than_until_the_answer(
    desk: Desk, world: World, rocket: Repository
) -> None:
    there = world.repository("octo-org/lander").open_issue("There")
    other = rocket.open_issue("Another")
    issue = await blocked_unheard(desk, world, other, there)
    for each in (other, there):
        each.close()
    desk.told[world] = len(world.deliveries)
    tells(desk, issue)
    assert await assigned(desk) == []
    desk.clock.advance(seconds=10)  # the second of the count is over
    await desk.asks()
    assert await assigned(desk) == [issue.number]
    assert await desk.questions() == []


async def test_one_of_another_repository_is_asked_for_again_until_it_is_closed(
    desk: Desk, world: World
) -> None:
    there = world.repository("octo-org/lander").open_issue("There")
    issue = await blocked_unheard(desk, world, there)
    tells(desk, issue)
    desk.clock.advance(seconds=10)
    await desk.asks()
    assert await desk.shown(issue) == f"blocked by issue {there.repository.id}#{there.number}"
    known = len(await desk.answers("blockers"))
    desk.clock.advance(minutes=1)
    await desk.asks()
    assert len(desk.github.asked) == 2
    assert len(await desk.answers("blockers")) == known  # it is no news
    there.close()
    tells(desk, issue)
    desk.clock.advance(hours=1)
    await desk.asks()
    assert await assigned(desk) == [issue.number]


async def test_one_that_may_not_be_read_blocks_as_long_as_it_is_counted(
    desk: Desk, world: World
) -> None:
    there = world.repository("octo-org/lander").open_issue("There")
    issue = await blocked_unheard(desk, world, there)
    tells(desk, issue)
    name = {"full_name": there.repository.full_name}
    desk.github.blocking[issue.number] = [{**there.snapshot(), "repository": name}]
    await desk.asks()
    assert await desk.shown(issue) == "blocked by an issue not seen yet"
    there.close()
    tells(desk, issue)
    desk.github.blocking[issue.number] = [{**there.snapshot(), "repository": name}]
    desk.clock.advance(hours=1)
    await desk.asks()
    assert await assigned(desk) == [issue.number]
