"""Lanes are read on from where they were, and what is much is looked at beside the event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from aggregates.decisions import surveyed
from aggregates.decisions.survey import Look, look_at
from aggregates.lane import Lane
from aggregates.surroundings import Circumstances
from events.catalogue import About, LanePaused, ModeSet, OwnEvent, QueueReordered, ScopePaused
from events.log import EventLog
from events.store import Store
from projections.lanes.queries import around_lanes
from reactions.lanes import EVERY_LANE, Lanes, Reflected
from tests.projections.builders import project
from tests.projections.own_events import told
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def rocket(world: World, store: Store, log: EventLog) -> Repository:
    """A repository with three queued issues."""
    rocket = world.repository("octo-org/rocket")
    for title in ("One", "Two", "Three"):
        rocket.open_issue(title, labels=("status:queued",))
    await log.append(*world.deliveries)
    await project(store)
    return rocket


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Which issue was looked at, and whether on the event loop's own thread."""
    found: list[tuple[int, bool]] = []
    loops = threading.get_ident()

    def looking(lane: Lane, around: Circumstances, number: int) -> Look | None:
        found.append((number, threading.get_ident() == loops))
        return look_at(lane, around, number)

    monkeypatch.setattr("aggregates.decisions.survey.look_at", looking)
    return found


async def read(lanes: Lanes, repository: Repository) -> Reflected:
    [reflected] = (await lanes.lane(repository.id)).lanes
    return reflected


async def test_only_what_changed_is_looked_at_again(
    store: Store,
    log: EventLog,
    world: World,
    rocket: Repository,
    looked: list[tuple[int, bool]],
) -> None:
    lanes = Lanes(store)
    before = await read(lanes, rocket)
    looked.clear()
    rocket.open_issue("Four", labels=("status:queued",))
    await log.append(world.deliveries[-1])
    await project(store)
    after = await read(lanes, rocket)
    assert looked == [(4, True)]
    assert after.concerned(before.lane.position) == frozenset({4})
    looked.clear()
    await read(lanes, rocket)
    assert looked == []


@pytest.mark.parametrize(
    "content",
    [
        QueueReordered(order=(3, 1)),
        ModeSet(mode="live"),
        LanePaused(reason="a release"),
        ScopePaused(reason="an outage"),
    ],
)
async def test_what_concerns_all_is_looked_at_beside_the_event_loop_and_comes_to_the_same(
    store: Store,
    log: EventLog,
    rocket: Repository,
    looked: list[tuple[int, bool]],
    content: OwnEvent,
) -> None:
    lanes = Lanes(store)
    before = await read(lanes, rocket)
    about = About() if isinstance(content, ScopePaused) else About(repository_id=rocket.id)
    await log.append(told(content, about))
    await project(store)
    looked.clear()
    after = await read(lanes, rocket)
    assert not [number for number, on_the_loop in looked if on_the_loop]
    assert (after.concerned(before.since) or set()) >= {1, 2, 3}
    around = await store.read(around_lanes)
    assert after.survey == surveyed(after.lane, around)


async def test_between_lanes_that_changed_a_little_others_on_the_loop_go_on(
    store: Store, log: EventLog, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reactions.lanes._HELD_SECONDS", 0.0)
    parts = [world.repository(f"octo-org/part-{number}") for number in range(3)]
    lanes, turns = Lanes(store), Turns()
    for title in ("One", "Two"):
        for part in parts:
            part.open_issue(title, labels=("status:queued",))
        await log.append(*world.deliveries)  # those that are known change nothing
        await project(store)
        turns = Turns()
        monkeypatch.setattr("aggregates.decisions.survey.look_at", turns.looking)
        async with turns.taken():
            await lanes.changed(0, EVERY_LANE)
    assert len(set(turns.at_looks)) == len(parts)


class Turns:
    """How often others on the event loop had their turn by when each issue was looked at."""

    def __init__(self) -> None:
        self.at_looks: list[int] = []
        self._had = 0

    def looking(self, lane: Lane, around: Circumstances, number: int) -> Look | None:
        self.at_looks.append(self._had)
        return look_at(lane, around, number)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._take())
        yield
        task.cancel()

    async def _take(self) -> None:
        while True:
            self._had += 1
            await asyncio.sleep(0)
