"""A lane that this process just folded is the one that the rows say, or it is not used."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane
from events.catalogue import (
    About,
    LanePaused,
    LaneResumed,
    ModeSet,
    QueueReordered,
    ScopePaused,
)
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.engine.runner import Runner
from projections.lanes.fresh import FreshLanes
from projections.registry import telling
from reactions.lanes import EVERY_LANE, Lanes
from simulator.payloads import deliveries
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import a_delivery, another, append_hourly, project
from tests.projections.own_events import told
from tests.worlds.histories import worlds
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@st.composite
def commanded(draw: st.DrawFn) -> list[NewEvent]:
    """A world's deliveries, with what operators say among them."""
    found = [*draw(worlds(max_operations=30)).deliveries]
    numbers = sorted({new.repository_id for new in found if new.repository_id})
    for number, content in draw(st.lists(st.tuples(st.sampled_from(numbers), SAID), max_size=6)):
        about = About() if isinstance(content, ScopePaused) else About(repository_id=number)
        found.insert(draw(st.integers(0, len(found))), told(content, about))
    return found


SAID = st.sampled_from(
    (
        ModeSet(mode="live"),
        ModeSet(mode="off"),
        QueueReordered(order=(3, 1)),
        LanePaused(reason="a release"),
        LaneResumed(),
        ScopePaused(reason="an outage"),
    )
)


async def lanes_of(lanes: Lanes, repositories: Sequence[int]) -> list[object]:
    """What is known of lanes, and why nobody can tell what is to be done there."""
    reflections = [await lanes.lane(number) for number in repositories]
    return [(each.survey, each.undecided) for found in reflections for each in found.lanes]


@histories.WITH_DATABASES
@given(
    history=histories.histories | commanded(),
    batches=st.lists(st.integers(1, 10), min_size=1),
    seldom=st.integers(1, 4),
)
async def test_a_lane_as_it_was_folded_and_as_its_rows_say_are_the_same(
    new_database: Callable[[], str],
    history: Sequence[NewEvent],
    batches: Sequence[int],
    seldom: int,
) -> None:
    known = {new.repository_id or 0 for new in history}
    repositories = sorted(number for number in known if number > 0)
    async with another(new_database) as store:
        clock, fresh = Clock(), FreshLanes()
        await append_hourly(EventLog(store, clock, Wake()), clock, history)
        at_hand, seldom_asked = Lanes(store, fresh), Lanes(store, fresh)
        runner = Runner(telling(fresh), store, store)
        await runner.prepare()
        reached = turn = 0
        while reached < len(history):
            reached = await runner.step(reached + batches[turn % len(batches)])
            turn += 1
            stored = await lanes_of(Lanes(store), repositories)
            assert await lanes_of(at_hand, repositories) == stored
            if turn % seldom == 0:
                assert await lanes_of(seldom_asked, repositories) == stored


@pytest.fixture
async def lane(store: Store, log: EventLog) -> Lane:
    """The lane of a repository with an issue, as it is stored."""
    world = World()
    rocket = world.repository("octo-org/rocket")
    rocket.open_issue("One", labels=("status:queued",))
    await log.append(*world.deliveries)
    await project(store)
    [reflected] = (await Lanes(store).lane(rocket.id)).lanes
    return reflected.lane


@pytest.mark.parametrize(
    ("generation", "ahead", "is_used"),
    [(0, 0, True), (1, 0, False), (0, -1, False), (0, 1, False)],
    ids=["the same", "another generation", "behind", "ahead"],
)
async def test_only_a_lane_that_stands_where_its_row_does_is_used(
    store: Store, lane: Lane, generation: int, ahead: int, *, is_used: bool
) -> None:
    fresh = FreshLanes()
    other = replace(lane, access_changed=7, position=lane.position + ahead)
    fresh.tell(other, generation, 0, ())
    for reflection in (
        await Lanes(store, fresh).lane(lane.repository_id),
        await Lanes(store, fresh).changed(0, EVERY_LANE),
    ):
        [reflected] = reflection.lanes
        assert reflected.lane == (other if is_used else lane)


async def test_where_it_is_not_known_how_a_lane_went_on_its_rows_are_read(
    store: Store, lane: Lane
) -> None:
    fresh = FreshLanes()
    lanes = Lanes(store, fresh)
    await lanes.lane(lane.repository_id)
    fresh.tell(replace(lane, access_changed=7), 0, lane.position + 1, ())
    [reflected] = (await lanes.lane(lane.repository_id)).lanes
    assert reflected.lane == lane


async def test_what_another_process_folds_is_forgotten_before_any_is_told_again(
    store: Store, log: EventLog, lane: Lane
) -> None:
    fresh = FreshLanes()
    runner = Runner(telling(fresh), store, store)
    fresh.tell(lane, 0, 0, ())
    await log.append(a_delivery("issues", deliveries.issues()))
    await runner.step()
    assert fresh.lane(lane.repository_id, 0, lane.position) is None
