"""What concerns everything reaches every lane that can take it; one that cannot is shown alone."""

import pytest
from sqlalchemy import Connection

from aggregates.stages import Placement, place
from aggregates.workflow import Workflow
from events.catalogue import About, ScopePaused, ScopeResumed
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from projections.commands.queries import CommandFilter, list_commands
from projections.engine.parked import list_parked
from projections.lanes.model import subjects
from projections.lanes.queries import around_lanes
from projections.workflows.queries import list_workflows
from reactions.conductor.stuck import list_stuck
from reactions.lanes import EVERY_LANE, Lanes
from tests.projections.builders import project
from tests.projections.own_events import told
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

PAUSED = told(ScopePaused(reason="an outage"), About())
RESUMED = told(ScopeResumed(), About())


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def rocket(world: World, store: Store, log: EventLog) -> Repository:
    """A repository with a queued issue, and another one beside it."""
    rocket, lander = world.repository("octo-org/rocket"), world.repository("octo-org/lander")
    for repository in (rocket, lander):
        repository.open_issue("One", labels=("status:queued",))
    await log.append(*world.deliveries)
    await project(store)
    return rocket


def break_places(monkeypatch: pytest.MonkeyPatch, broken: Repository) -> None:
    """Let nothing of a repository be placed any more."""

    def placing(workflow: Workflow) -> Placement:
        if workflow.lane.repository_id == broken.id:
            raise LookupError("the text of an issue")
        return place(workflow)

    monkeypatch.setattr("projections.lanes.steps.place", placing)


async def notes(store: Store, repository: Repository) -> list[str]:
    pages = await store.read(lambda c: list_workflows(c, EVERYTHING, repository.id, 0, 10))
    return [note for page in pages for note in page.notes]


async def test_a_pause_of_everything_reaches_the_others_and_is_known_for_all(
    store: Store, log: EventLog, world: World, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_places(monkeypatch, rocket)
    await log.append(PAUSED)
    await project(store)
    lander = world.repositories[1]
    assert await notes(store, lander) == ["everything is paused because an outage"]
    assert await notes(store, rocket) == []
    assert (await store.read(around_lanes)).pauses.keys() == {0}
    [command] = await store.read(lambda c: list_commands(c, EVERYTHING, CommandFilter(), 10))
    assert command.applied


async def test_the_lane_that_cannot_take_it_is_shown_with_the_event_and_nothing_is_decided(
    store: Store, log: EventLog, world: World, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_places(monkeypatch, rocket)
    [paused] = await log.append(PAUSED)
    await project(store)
    [parked] = await store.read(lambda c: list_parked(c, EVERYTHING, None, 10))
    assert (parked.projection, parked.position) == ("lanes", paused.event.position)
    assert "the text of an issue" not in parked.error
    reflection = await Lanes(store).changed(0, EVERY_LANE)
    assert [each.lane.repository_id for each in reflection.lanes] == [world.repositories[1].id]
    [stuck] = reflection.stuck
    assert stuck.repository_id == rocket.id
    assert stuck.error.startswith(f"event {paused.event.position}: LookupError at ")


async def test_it_stays_shown_when_what_is_around_it_changes_again_until_lanes_are_built_anew(
    store: Store, log: EventLog, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        break_places(broken, rocket)
        await log.append(PAUSED)
        await project(store)
    await log.append(RESUMED)
    await project(store)
    [stuck] = (await Lanes(store).changed(0, EVERY_LANE)).stuck
    assert stuck.repository_id == rocket.id
    assert await store.read(lambda c: list_stuck(c, EVERYTHING, 10)) == []  # nobody has looked yet


async def test_a_lane_whose_rows_cannot_be_read_stops_no_other(
    store: Store, world: World, rocket: Repository
) -> None:
    def spoil(connection: Connection) -> None:
        mine = subjects.c.repository_id == rocket.id
        connection.execute(subjects.update().where(mine).values(state='{"seen": 5}'))

    await store.write(spoil)
    reflection = await Lanes(store).changed(0, EVERY_LANE)
    assert [each.lane.repository_id for each in reflection.lanes] == [world.repositories[1].id]
    assert [each.repository_id for each in reflection.stuck] == [rocket.id]
