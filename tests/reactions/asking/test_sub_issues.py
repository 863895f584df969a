"""What an epic consists of is asked for, kept where it is news, and asked for again."""

import pytest

from events.catalogue import ModeSet, PolicyChanged
from events.envelope import NewEvent
from simulator.payloads import Payload
from simulator.payloads.deliveries import sub_issues
from tests.projections.builders import a_delivery
from tests.reactions.asking.desk import Desk
from tests.reactions.conductor.stages import command
from tests.worlds.issues import Issue
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

EPICS = PolicyChanged(
    layer="repository",
    origin=".github/copilot-orchestrator.yml",
    content="",
    document={"queue": {"epics": True, "max_active": 5}, "labels": {"sync": False}},
)


@pytest.fixture
async def desk(desk: Desk, rocket: Repository) -> Desk:
    await desk.stage.happens(command(EPICS, rocket.id), command(ModeSet(mode="live"), rocket.id))
    return desk


async def an_epic(desk: Desk, world: World, where: Repository, *parts: Issue) -> Issue:
    """Queue an issue with these parts, of which deliveries tell that it has some."""
    epic = where.open_issue("Epic")
    await desk.goes_on(world)
    await desk.stage.happens(changed(epic, parts[0]))
    epic.label("status:queued")
    tells(desk, epic, *parts)
    await desk.goes_on(world)
    return epic


def changed(epic: Issue, part: Issue) -> NewEvent:
    repository, child = epic.repository.snapshot(), part.snapshot()
    told = sub_issues(repository=repository, parent=counted(epic, 1), child=child)
    return a_delivery("sub_issues", told)


def counted(epic: Issue, total: int) -> Payload:
    return epic.snapshot() | {"sub_issues_summary": {"total": total, "completed": 0}}


def tells(desk: Desk, epic: Issue, *parts: Issue) -> None:
    """Let GitHub answer that an epic has these parts, in this order."""
    desk.github.whole[epic.number] = counted(epic, len(parts))
    desk.github.parts[epic.number] = [
        {**each.snapshot(), "repository": home(each, epic)} for each in parts
    ]


def home(part: Issue, epic: Issue) -> Payload:
    name: Payload = {"full_name": part.repository.full_name}
    return name if part.repository is epic.repository else {**name, "id": part.repository.id}


async def assigned(desk: Desk) -> list[int | None]:
    events = [each for each in await desk.stage.own() if each.action == "requested"]
    return [each.subject_number for each in events if '"assign"' in each.payload]


async def test_its_parts_are_started_once_github_told_of_their_order(
    desk: Desk, world: World, rocket: Repository
) -> None:
    one, other = rocket.open_issue("One"), rocket.open_issue("Other")
    epic = await an_epic(desk, world, rocket, other, one)
    assert [each.kind for each in await desk.questions()] == ["sub_issues"]
    assert await assigned(desk) == []
    desk.clock.advance(seconds=1)
    await desk.asks()
    assert desk.github.asked == [f"sub-issues {epic.number}"]
    assert await assigned(desk) == [other.number, one.number]
    [answer] = await desk.answers("sub_issues")
    assert answer["parts"] == [
        {"repository_id": rocket.id, "number": each.number, "state": "open"}
        for each in (other, one)
    ]


async def test_a_part_that_nobody_heard_of_is_told_with_the_answer(
    desk: Desk, world: World, rocket: Repository
) -> None:
    one = rocket.open_issue("One")
    await desk.goes_on(world)
    unheard = rocket.open_issue("Unheard of")
    desk.told[world] = len(world.deliveries)
    await an_epic(desk, world, rocket, one, unheard)
    desk.clock.advance(seconds=10)
    await desk.asks()
    assert await assigned(desk) == [one.number, unheard.number]


async def test_it_is_asked_again_and_an_order_that_changed_unheard_is_news(
    desk: Desk, world: World, rocket: Repository
) -> None:
    one, other = rocket.open_issue("One"), rocket.open_issue("Other")
    epic = await an_epic(desk, world, rocket, one, other)
    for seconds in (1, 120):  # by the second of them the issue's own time is over, too
        desk.clock.advance(seconds=seconds)
        await desk.asks()
    known = len(await desk.answers("sub_issues")), len(await desk.answers("issue"))
    desk.clock.advance(minutes=10)
    await desk.asks()
    assert len(desk.github.asked) == 3
    assert (len(await desk.answers("sub_issues")), len(await desk.answers("issue"))) == known
    tells(desk, epic, other, one)
    desk.clock.advance(hours=1)
    await desk.asks()
    assert len(await desk.answers("sub_issues")) == known[0] + 1


async def test_a_change_that_is_heard_of_is_asked_about_at_once_though_nothing_differs(
    desk: Desk, world: World, rocket: Repository
) -> None:
    one = rocket.open_issue("One")
    epic = await an_epic(desk, world, rocket, one)
    desk.clock.advance(seconds=1)
    await desk.asks()
    desk.clock.advance(seconds=1)
    one.edit_title("One!")
    await desk.goes_on(world)
    await desk.stage.happens(changed(epic, one))
    await desk.stage.settle()
    desk.clock.advance(seconds=1)
    await desk.asks()
    assert len(desk.github.asked) == 2
    assert len(await desk.answers("sub_issues")) == 2
    assert await desk.shown(epic) == "an epic: 0 of 1 finished"


async def test_where_the_policy_says_nothing_nobody_is_asked(desk: Desk, world: World) -> None:
    lander = world.repository("octo-org/lander")
    await an_epic(desk, world, lander, lander.open_issue("One"))
    assert await desk.questions() == []


async def test_one_that_we_may_not_read_is_counted_alone(
    desk: Desk, world: World, rocket: Repository
) -> None:
    there = world.repository("octo-org/lander").open_issue("There")
    one = rocket.open_issue("One")
    epic = await an_epic(desk, world, rocket, one, there)
    [_, away] = desk.github.parts[epic.number]
    desk.github.parts[epic.number][1] = {**away, "repository": {"full_name": "octo-org/lander"}}
    desk.clock.advance(seconds=10)
    await desk.asks()
    [answer] = await desk.answers("sub_issues")
    parts = answer["parts"]
    assert isinstance(parts, list)
    assert [part["number"] for part in parts if isinstance(part, dict)] == [one.number]
    assert await desk.shown(epic) == "an epic: 0 of 2 finished"
