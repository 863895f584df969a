"""The runner: each event once, in order, rows and checkpoint together."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from projections.activity import ACTIVITY
from projections.engine.checkpoints import CheckpointMoved, NewerRows
from projections.engine.projection import AnyProjection, Projection
from projections.engine.runner import Runner
from projections.engine.status import status
from projections.lanes.fold import LANES
from projections.lanes.packing import StoredLane, packed
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads import deliveries
from tests.aggregates.lane.folds import folded as lane_of
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import (
    a_delivery,
    all_rows,
    another,
    append_hourly,
    folded,
    positions,
    project,
    rows_of,
)
from tests.projections.stores import CountingReads, FailingWrite, Interrupted

pytestmark = pytest.mark.anyio
ACTIVITIES = cast("AnyProjection", ACTIVITY)


def some_issues(number: int) -> list[NewEvent]:
    return [a_delivery("issues", deliveries.issues()) for _ in range(number)]


def everyone_at(position: int) -> dict[str, int]:
    return {projection.name: position for projection in PROJECTIONS}


@histories.WITH_DATABASES
@given(history=histories.histories, batches=st.lists(st.integers(1, 10), min_size=1))
async def test_batches_of_any_size_and_restarts_between_them_give_the_rows_of_a_plain_fold(
    new_database: Callable[[], str], history: Sequence[NewEvent], batches: Sequence[int]
) -> None:
    async with another(new_database) as store:
        clock = Clock()
        await append_hourly(EventLog(store, clock, Wake()), clock, history)
        await Runner(PROJECTIONS, store, store).prepare()
        turn = 0
        while await Runner(PROJECTIONS, store, store, batch=batches[turn % len(batches)]).step():
            turn += 1
        stored = await all_rows(store)
        assert await positions(store) == everyone_at(len(history))
    for projection in PROJECTIONS:
        if isinstance(projection, Projection):
            plain = {key: dict(row) for key, row in folded(projection, history).items() if row}
            assert stored[projection.name] == plain
    repositories = {new.repository_id for new in history if new.repository_id}
    lanes = {(n,): packed(StoredLane(lane_of(n, history))) for n in repositories}
    told = {key: unsnapped(row) for key, row in stored[LANES.name].items()}
    assert told == {key: unsnapped(row) for key, row in lanes.items() if row["position"]}


def unsnapped(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lane's row without what it says of snapshots, which a lane does not know."""
    state = json.loads(row["state"])
    state.pop("snapshots", None)
    return {**row, "state": state}


async def test_a_batch_reads_the_log_once_for_all_projections(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(4))
    counting = CountingReads(store)
    runner = Runner(PROJECTIONS, counting, store)
    await runner.prepare()
    assert await runner.step() == 4
    assert counting.reads == 1


async def test_what_this_process_appended_is_not_read_again(store: Database, log: EventLog) -> None:
    counting = CountingReads(store)
    runner = Runner(PROJECTIONS, counting, store, recent=log.recent)
    await runner.prepare()
    await log.append(*some_issues(4))
    assert await runner.step() == 4
    counting.reads = 0
    await log.append(*some_issues(2))
    assert await runner.step() == 6
    assert counting.reads == 0
    assert await positions(store) == everyone_at(6)


async def test_whoever_finds_that_another_went_on_meanwhile_looks_where_that_is(
    store: Database, log: EventLog
) -> None:
    runner = Runner(PROJECTIONS, store, store, recent=log.recent)
    await runner.prepare()
    await log.append(*some_issues(2))
    assert await runner.step() == 2
    await log.append(*some_issues(2))
    await project(store)
    assert await runner.step() == 0
    await log.append(*some_issues(1))
    await Runner(PROJECTIONS, store, store).restart(ACTIVITIES)
    assert await runner.step() == 4
    assert await runner.step() == 5
    assert await positions(store) == everyone_at(5)


async def test_rows_and_checkpoints_are_written_together_or_not_at_all(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(3))
    await Runner(PROJECTIONS, store, store).prepare()
    before = await all_rows(store)
    for number in range(1, 100):
        failing = FailingWrite(store, number)
        try:
            await Runner(PROJECTIONS, store, failing).step()
        except OperationalError:
            assert await positions(store) == everyone_at(0)
            assert await all_rows(store) == before
        else:
            assert number > 1
            break
    assert await positions(store) == everyone_at(3)


async def test_nothing_beyond_until_is_projected(store: Database, log: EventLog) -> None:
    await log.append(*some_issues(5))
    runner = Runner(PROJECTIONS, store, store, batch=2)
    await runner.prepare()
    assert [await runner.step(until=3) for _ in range(3)] == [2, 3, 0]
    assert await positions(store) == everyone_at(3)


async def test_a_projection_that_starts_anew_catches_up_and_then_all_go_on_together(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(5))
    await project(store)
    await log.append(*some_issues(3))
    runner = Runner(PROJECTIONS, store, store)
    await runner.restart(ACTIVITIES)
    assert await rows_of(store, ACTIVITIES) == {}
    assert await runner.step() == 5
    assert await positions(store) == everyone_at(5)
    assert await runner.step() == 8
    assert await positions(store) == everyone_at(8)
    [row] = (await rows_of(store, ACTIVITIES)).values()
    assert row["count"] == 8


async def test_rows_of_an_older_version_are_gone_on_with(store: Database, log: EventLog) -> None:
    await log.append(*some_issues(2))
    await project(store)
    await store.write(_forge_counts)
    await log.append(*some_issues(1))
    await project(store, NEWER)
    assert (await positions(store), await counts(store)) == (everyone_at(3), [78])


NEWER: list[AnyProjection] = [
    replace(ACTIVITY, version=ACTIVITY.version + 1) if p is ACTIVITIES else p for p in PROJECTIONS
]


async def counts(store: Database) -> list[object]:
    return [row["count"] for row in (await rows_of(store, ACTIVITIES)).values()]


async def test_what_a_newer_release_makes_is_left_alone_by_an_older_one(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(2))
    await project(store, NEWER)
    await store.write(_forge_counts)
    await log.append(*some_issues(1))
    older = Runner(PROJECTIONS, store, store)
    assert (await older.prepare(), await older.newer()) == ([], ["activity"])
    assert [await older.step(), await older.step()] == [3, 0]
    assert await positions(store) == everyone_at(3) | {"activity": 2}
    told = await store.read(lambda connection: status(connection, PROJECTIONS))
    assert [(each.name, each.lag) for each in told.projections if each.newer] == [("activity", 1)]
    with pytest.raises(NewerRows):
        await older.restart(ACTIVITIES)
    assert await counts(store) == [77]
    assert await Runner(NEWER, store, store).prepare() == []
    await project(store, NEWER)
    assert (await positions(store), await counts(store)) == (everyone_at(3), [78])


async def test_where_all_is_a_newer_releases_nothing_is_left_to_do(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(2))
    await Runner(NEWER, store, store).prepare()
    assert await Runner([ACTIVITIES], store, store).step() == 0
    assert (await positions(store))["activity"] == 0


async def test_an_older_releases_batch_is_void_where_a_newer_one_starts_anew_meanwhile(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(2))
    await Runner(PROJECTIONS, store, store).prepare()
    [activity] = [p for p in NEWER if p.name == ACTIVITY.name]
    upgraded = Interrupted(store, lambda: Runner(NEWER, store, store).restart(activity))
    with pytest.raises(CheckpointMoved):
        await Runner(PROJECTIONS, store, upgraded).step()
    assert (await positions(store), await counts(store)) == (everyone_at(0), [])


async def test_rows_made_without_the_guards_consent_are_discarded(
    store: Database, log: EventLog
) -> None:
    def refuse(_connection: Connection) -> None:
        raise CheckpointMoved("the lease went to another process")

    await log.append(*some_issues(2))
    await Runner(PROJECTIONS, store, store).prepare()
    with pytest.raises(CheckpointMoved):
        await Runner(PROJECTIONS, store, store, refuse).step()
    assert await positions(store) == everyone_at(0)
    assert all(not rows for rows in (await all_rows(store)).values())


def _forge_counts(connection: Connection) -> None:
    connection.execute(ACTIVITY.table.update().values(count=77))
