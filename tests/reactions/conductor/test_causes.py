"""A decision names what brought it about, whatever else came in the same moment."""

import orjson
import pytest

from events.catalogue import ModeSet, WorkflowRetried
from events.envelope import Event, NewEvent
from events.log import EventLog
from events.store import Store
from tests.conftest import Clock
from tests.reactions.conductor.stages import Stage, command, stage
from tests.service import project
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def play(store: Store, log: EventLog, clock: Clock) -> Stage:
    await project(store)
    return stage(store, log, clock)


class Told:
    """What a world has delivered since it was last asked."""

    def __init__(self, world: World) -> None:
        self.world, self.before = world, 0

    def news(self) -> list[NewEvent]:
        told = self.world.deliveries[self.before :]
        self.before = len(self.world.deliveries)
        return told


def decided(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if orjson.loads(event.payload)["kind"] == kind]


async def test_it_is_the_event_since_which_it_is_due_not_what_came_of_the_workflow_after(
    play: Stage, world: World, rocket: Repository
) -> None:
    told = Told(world)
    issue = rocket.open_issue("One", labels=("status:queued",))
    queued = world.deliveries[0]  # it was opened with its label
    issue.edit_title("One, but better")
    await play.happens(*told.news())
    await play.settle()
    [assign] = decided(await play.own(), "assign")
    assert assign.causation_id == queued.id
    issue.assign_copilot()
    rocket.copilot_opens(issue)
    opened = told.news()
    issue.edit_title("One, best of all")
    await play.happens(*opened, *told.news())
    await play.settle()
    last = decided(await play.own(), "set_label")[-1]
    assert orjson.loads(last.payload)["parameters"]["label"] == "status:draft"
    assert last.causation_id is not None
    assert last.causation_id in {each.id for each in opened}


async def test_it_is_not_what_is_newest_in_the_lane(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    queued = world.deliveries[0]
    rocket.open_issue("Another")
    await play.happens(*world.deliveries)
    await play.settle()
    [assign] = decided(await play.own(), "assign")
    assert assign.causation_id == queued.id


async def test_the_next_one_starts_because_the_one_before_gave_up_its_place(
    play: Stage, world: World, rocket: Repository
) -> None:
    told = Told(world)
    first, _ = (rocket.open_issue(name, labels=("status:queued",)) for name in ("One", "Two"))
    first.assign_copilot()
    await play.happens(*told.news())
    await play.settle()
    assert decided(await play.own(), "assign") == []
    first.close()
    closed = told.news()
    rocket.open_issue("Another")
    await play.happens(*closed, *told.news())
    await play.settle()
    [assign] = decided(await play.own(), "assign")
    assert assign.causation_id in {each.id for each in closed}


async def test_a_wait_that_is_over_is_the_cause_of_what_waited(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    told = Told(world)
    issue = rocket.open_issue("One", labels=("status:queued",))
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "failure")
    pull.finish_round()
    await play.happens(*told.news())
    await play.settle()
    clock.advance(minutes=20)
    assert (await play.look()).appended
    rocket.open_issue("Another")
    await play.happens(*told.news())
    await play.settle()
    [mend] = decided(await play.own(), "ask_to_fix_ci")
    fired = {event.id: orjson.loads(event.payload) for event in await play.own("timer")}
    assert mend.causation_id is not None
    assert fired[mend.causation_id]["timer"] == "settle"


async def test_what_is_said_of_the_whole_lane_is_the_cause_where_nothing_else_changed(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    off = command(ModeSet(mode="off"), rocket.id, "off")
    await play.happens(off, *world.deliveries)
    await play.settle()
    shadow = command(ModeSet(mode="shadow"), rocket.id, "on")
    await play.happens(shadow)
    await play.settle()
    [assign] = decided(await play.own(), "assign")
    assert assign.causation_id == shadow.id


async def test_a_command_about_an_issue_is_the_cause_of_what_follows(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    await play.settle()
    again = command(WorkflowRetried(issue_number=1), rocket.id)
    await play.happens(again)
    await play.settle()
    first, second = decided(await play.own(), "assign")
    assert (first.causation_id, second.causation_id) == (world.deliveries[0].id, again.id)
