"""A build in parts, whoever builds which of them, is the build in one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from events.catalogue import (
    About,
    LanePaused,
    ModeSet,
    ScopePaused,
    ScopeResumed,
    WorkflowEnqueued,
)
from events.envelope import Event, NewEvent
from events.log import EventLog
from events.read import read
from events.wake import Wake
from projections.activity import ACTIVITY, HeldActivity
from projections.engine import builds
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.parts import WHOLE, Part, parts
from projections.engine.projection import AnyProjection, Key, ReadEvent
from projections.lanes.fold import LANES
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads import a_repository, an_installation, deliveries
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.projections import histories
from tests.projections.builders import (
    Rows,
    a_delivery,
    another,
    append_hourly,
    parked_events,
    positions,
    project,
    table_rows,
)
from tests.projections.own_events import a_request, a_success, told
from tests.projections.stores import Interrupted
from tests.projections.test_runner import everyone_at

pytestmark = pytest.mark.anyio

ROCKET, LANDER = (a_repository(f"orbit-works/{name}")["id"] for name in ("rocket", "lander"))
IN_ROCKET, IN_LANDER = (About(installation_id=11, repository_id=n) for n in (ROCKET, LANDER))
TYPES = ("issues", "installation", "github_app_authorization", "scope", "resync")
NUMBERS = (None, *range(-3, 9), 2_000_005, ROCKET, LANDER, -(2**63), 2**63 - 1)


def of_ours() -> list[NewEvent]:
    """What concerns everything, an installation and each of two lanes, and what is odd."""
    asked = a_request(about=IN_LANDER)
    listing = deliveries.installation(
        installation=an_installation(11), repositories=[a_repository("orbit-works/lander")]
    )
    return [
        told(ScopePaused(reason="an outage"), About()),
        told(WorkflowEnqueued(issue_number=17), IN_ROCKET),
        told(WorkflowEnqueued(issue_number=18), IN_LANDER),
        told(ModeSet(mode="live"), IN_ROCKET),
        asked,
        a_success(asked.id, about=IN_LANDER),
        told(ScopeResumed(), About()),
        told(ScopeResumed(), About()),
        told(LanePaused(reason="a release"), IN_LANDER),
        told(ScopePaused(reason="a move"), About(installation_id=11)),
        a_delivery("installation", {**listing, "repository": a_repository("orbit-works/rocket")}),
    ]


def mixed(history: Sequence[NewEvent], seed: int) -> list[NewEvent]:
    """A history with ours in it, wherever."""
    found = list(history)
    for number, event in enumerate(of_ours()):
        found.insert(min(len(found), (seed * number) % (len(found) + 1) + number), event)
    return found


async def everything(store: Database) -> dict[str, Rows]:
    """Every row of every table that a projection writes."""
    tables = [table for projection in PROJECTIONS for table in projection.tables]
    return {table.name: await table_rows(store, table) for table in tables}


async def shown_anew(store: Database, batch: int = 500) -> None:
    """Build what there is to be built, by one process, until it is read."""
    builder = Builder(PROJECTIONS, store, batch=batch)
    while await builder.outstanding():
        if not await builder.step():
            await builder.take_over()


@histories.WITH_DATABASES
@given(
    history=histories.histories,
    jobs=st.integers(1, 3),
    batch=st.integers(1, 12),
    order=st.lists(st.integers(0, 2), max_size=20),
    seed=st.integers(1, 5),
)
async def test_rows_built_in_parts_are_those_that_were_live_whoever_builds_which(  # noqa: PLR0913 (drawn)
    new_database: Callable[[], str],
    history: Sequence[NewEvent],
    jobs: int,
    batch: int,
    order: Sequence[int],
    seed: int,
) -> None:
    async with another(new_database) as store:
        clock = Clock()
        whole = mixed(history, seed)
        await append_hourly(EventLog(store, clock, Wake()), clock, whole)
        await project(store)
        live = await everything(store)
        assert [len(live[name]) for name in ("surroundings", "applied_commands")] == [1, 7]
        await store.write(lambda c: builds.ask_for(c, PROJECTIONS, parts(jobs)))
        [build] = await Builder(PROJECTIONS, store).outstanding()
        for process in order:  # each has nothing in memory, as one that was just started
            builder = Builder(PROJECTIONS, store, batch=batch)
            await builder.step_share(build.generation, Part(process % jobs, jobs), len(whole))
        await shown_anew(store, batch)
        assert await everything(store) == live
        assert await positions(store) == everyone_at(len(whole))
        assert await parked_events(store) == set()


async def test_an_event_is_read_where_its_row_says_so_in_one_part_unless_it_concerns_all(
    store: Database, log: EventLog
) -> None:
    """In Python as in SQL."""
    told = [an_event(type=kind, repository_id=number) for kind in TYPES for number in NUMBERS]
    whole = await log.append(*told)
    for of in (2, 3, 64):
        times = dict.fromkeys(range(1, len(whole) + 1), 0)
        for part in parts(of, {ROCKET: 5, LANDER: 7}):
            for row in await store.read(partial(_read_of, part)):
                assert part.reads(row) == (row.payload != "{}")
                times[row.position] += part.reads(row)
        for event in (each.event for each in whole):
            concerns_all = event.repository_id is None or event.type in TYPES[1:4]
            assert times[event.position] == (of if concerns_all else 1)


def _read_of(part: Part, connection: Connection) -> list[Event]:
    return read(connection, 0, 999, payloads=part.payloads)


def test_repositories_are_spread_by_their_events() -> None:
    weights = dict.fromkeys((2 * number for number in range(1, 11)), 100) | {7: 500}
    for of in (2, 3):
        sums = [
            sum(events for number, events in weights.items() if part.owns(number))
            for part in parts(of, weights)
        ]
        assert max(sums) <= 1.2 * 1500 / of


def test_a_checkpoint_is_called_after_its_part() -> None:
    assert parts(1) == (WHOLE,)
    for part in (WHOLE, *parts(3, {7: 1})):
        assert Part.from_name(part.called("event_index")) == ("event_index", part)


async def test_what_parts_could_not_digest_is_shown_once(store: Database, log: EventLog) -> None:
    def fails(_row: HeldActivity | None, key: Key, _read: ReadEvent) -> HeldActivity | None:
        raise ValueError(key)

    broken = [
        cast("AnyProjection", replace(ACTIVITY, version=ACTIVITY.version + 1, evolve=fails)),
        replace(cast("Any", LANES), release=LANES.release + 1),
    ]
    nonsense = an_event(source="operator", type="scope", action="paused", payload='{"reason":7}')
    await log.append(nonsense, *of_ours()[1:3])
    await project(store)
    await store.write(lambda c: builds.begin(c, broken, parts(2)))
    builder = Builder(broken, store, batch=1)  # of what is shorter, no part is built alone
    while await builder.step():
        pass
    assert await parked_events(store) == {("lanes", 1), ("commands", 1)}
    assert await builder.take_over() is not None
    everywhere = {("lanes", 1), ("commands", 1), ("activity", 2), ("activity", 3)}
    assert await parked_events(store) == everywhere


async def test_what_was_begun_in_parts_is_gone_on_with_so_and_given_up_with_all_of_them(
    store: Database, log: EventLog
) -> None:
    await log.append(*of_ours())
    await project(store)
    await store.write(lambda c: builds.begin(c, PROJECTIONS, parts(3)))
    assert await store.write(lambda c: builds.ask_for(c, PROJECTIONS)) == []
    [build] = await Builder(PROJECTIONS, store).outstanding()
    assert (len(build.parts), build.position, build.is_whole) == (3, 0, False)
    builder = Builder(PROJECTIONS, store)
    await builder.step_share(build.generation, Part(1, 3), 4)
    found = await store.read(builds.known_builds)
    assert {each.position for each in found.values()} == {0}
    assert await store.read(lambda c: builds.mean_position(c, ["lanes"])) == 4 // 3
    assert await builder.take_over() is None
    await store.write(lambda c: builds.abandon(c, PROJECTIONS))
    assert await store.read(builds.known_builds) == {}


async def test_parts_are_united_once_whoever_is_at_it(store: Database, log: EventLog) -> None:
    await log.append(*of_ours())
    await project(store)
    live = await everything(store)
    await store.write(lambda c: builds.begin(c, PROJECTIONS, parts(2)))
    [build] = await Builder(PROJECTIONS, store).outstanding()
    one = Builder(PROJECTIONS, store)
    for number in range(2):
        await one.step_share(build.generation, Part(number, 2), 11)
    slower = Builder(PROJECTIONS, Interrupted(store, one.step))
    with pytest.raises(CheckpointMoved):
        await slower.step()
    assert await one.take_over() is not None
    assert await everything(store) == live
