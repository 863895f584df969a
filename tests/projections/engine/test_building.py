"""Read models built beside those that are read, and how they take their place."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import Any, cast

import asyncpg
import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, make_url
from sqlalchemy.exc import OperationalError

from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from projections.activity import ACTIVITY, HeldActivity
from projections.engine import builds
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved, NewerRows
from projections.engine.generations import number_of
from projections.engine.projection import AnyProjection, Key, ReadEvent
from projections.engine.runner import Runner
from projections.lanes.fold import LANES
from projections.lanes.fold import folded as lanes_folded
from projections.registry import PROJECTIONS
from runtime.database import Database
from runtime.migrate import alembic_config, migrate
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import (
    all_rows,
    another,
    append_hourly,
    parked_events,
    positions,
    project,
    rows_of,
)
from tests.projections.stores import FailingWrite, Interrupted
from tests.projections.test_runner import everyone_at, some_issues

pytestmark = pytest.mark.anyio
FORGED = 77
ACTIVITIES = cast("AnyProjection", ACTIVITY)


def of_next_release(*names: str) -> list[AnyProjection]:
    """The projections as a release makes them that changed some; all of them, if none is named."""
    chosen = names or tuple(projection.name for projection in PROJECTIONS)
    return [_next(each) if each.name in chosen else each for each in PROJECTIONS]


def _next(projection: AnyProjection) -> AnyProjection:
    named = "release" if projection.name == LANES.name else "version"
    made: AnyProjection = replace(cast("Any", projection), **{named: projection.version + 1})
    return made


def forge(connection: Connection) -> None:
    """Have a row show what no log says, so that it is seen whose it is."""
    connection.execute(ACTIVITY.table.update().values(count=FORGED))


async def counts(store: Database) -> list[object]:
    return [row["count"] for row in (await rows_of(store, ACTIVITIES)).values()]


async def built(builder: Builder) -> None:
    while await builder.step():
        pass


async def beside(store: Database) -> set[str]:
    """The tables that are not those that are read."""
    there = await store.read(lambda connection: inspect(connection).get_table_names())
    return {name for name in there if number_of(name) is not None}


async def test_a_new_version_is_built_while_the_old_rows_are_shown_and_followed(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(4))
    await project(store)
    await store.write(forge)
    upgraded = of_next_release("activity")
    builder, follower = Builder(upgraded, store, batch=3), Runner(upgraded, store, store)
    assert await builder.plan() == ["activity"]
    assert [await builder.step(), await counts(store)] == [3, [77]]
    await log.append(*some_issues(1))
    assert [await follower.step(), await counts(store)] == [5, [78]]
    assert await positions(store) == everyone_at(5)
    taken = await builder.take_over()
    assert taken is not None
    assert (taken.position, await counts(store)) == (5, [5])
    assert await positions(store) == everyone_at(5)
    assert (await builder.plan(), await builder.outstanding()) == ([], [])
    await log.append(*some_issues(1))
    assert [await follower.step(), await counts(store)] == [6, [6]]


@histories.WITH_DATABASES
@given(history=histories.histories, batch=st.integers(1, 12), cut=st.integers(0, 20))
async def test_rows_built_beside_are_those_that_were_live_however_often_it_is_taken_up(
    new_database: Callable[[], str], history: Sequence[NewEvent], batch: int, cut: int
) -> None:
    async with another(new_database) as store:
        clock = Clock()
        log = EventLog(store, clock, Wake())
        await append_hourly(log, clock, history[:cut])
        await project(store)
        await Builder(of_next_release(), store).plan()
        while await Builder(of_next_release(), store, batch=batch).step():
            pass
        await append_hourly(log, clock, history[cut:])
        await project(store)
        live = await all_rows(store)
        while await Builder(of_next_release(), store).take_over():
            pass
        assert await all_rows(store) == live
        assert await positions(store) == everyone_at(len(history))


async def test_two_builders_at_once_count_nothing_twice(store: Database, log: EventLog) -> None:
    await log.append(*some_issues(9))
    await project(store)
    live = await all_rows(store)
    one, other = (Builder(of_next_release(), store, batch=2) for _ in range(2))
    await one.plan()
    assert await other.plan() == []
    assert [await each.step() for each in (one, other, one, other, one)] == [2, 4, 6, 8, 9]
    await one.take_over()
    assert await other.take_over() is None
    assert await all_rows(store) == live


async def test_one_that_was_overtaken_discards_its_rows(store: Database, log: EventLog) -> None:
    await log.append(*some_issues(4))
    await project(store)
    faster = Builder(of_next_release(), store)
    await faster.plan()
    slower = Builder(of_next_release(), Interrupted(store, faster.step))
    with pytest.raises(CheckpointMoved):
        await slower.step()
    live = await all_rows(store)
    await faster.take_over()
    assert await all_rows(store) == live


async def test_what_a_newer_release_builds_is_left_alone_by_an_older_one(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(3))
    await project(store)
    newer, older = Builder(of_next_release(), store), Builder(PROJECTIONS, store)
    await newer.plan()
    await built(newer)
    assert (await older.plan(), await older.step()) == ([], 0)
    assert await older.take_over() is None
    with pytest.raises(NewerRows, match="a newer release builds"):
        await store.write(lambda c: builds.ask_for(c, PROJECTIONS))
    assert (await newer.take_over()) is not None
    assert (await older.plan(), await Runner(PROJECTIONS, store, store).step()) == ([], 0)
    with pytest.raises(NewerRows, match="a newer release makes"):
        await store.write(lambda c: builds.ask_for(c, PROJECTIONS))


async def test_a_build_of_an_older_version_gives_way_to_a_newer_one(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(3))
    await project(store)
    await store.write(lambda c: builds.ask_for(c, [ACTIVITIES]))
    before = await beside(store)
    older, newer = Builder(PROJECTIONS, store), Builder(of_next_release("activity"), store)
    await older.step()
    assert await newer.plan() == ["activity"]
    assert (await older.step(), await older.take_over()) == (0, None)
    await built(newer)
    assert (await newer.take_over()) is not None
    while await newer.sweep():
        pass
    assert before
    assert await beside(store) == set()
    assert await counts(store) == [3]


async def test_all_that_is_built_together_is_read_at_once_or_not_at_all(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(3))
    await project(store)
    await store.write(forge)
    builder = Builder(of_next_release(), store)
    await builder.plan()
    await built(builder)
    before = await all_rows(store)
    failing = Builder(of_next_release(), FailingWrite(store, *range(1, 9)))
    with pytest.raises(OperationalError):
        await failing.take_over()
    assert await all_rows(store) == before
    assert await counts(store) == [77]
    await builder.take_over()
    assert await counts(store) == [3]


async def test_who_began_to_read_earlier_never_meets_a_half_built_table(
    store: Database, log: EventLog, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its snapshot holds no row that came later, whatever table has the name by now."""
    monkeypatch.setattr("projections.engine.building._LOOKS", 2)
    await log.append(*some_issues(3))
    await project(store)
    await store.write(forge)
    builder = Builder(of_next_release("activity"), store)
    await builder.plan()
    async with earlier_reader(database_url) as counts_seen_earlier:
        await built(builder)
        taken = await taken_over(builder)
        assert taken == (store.dialect == "sqlite")  # there, names are as old as rows
        assert await counts_seen_earlier() == [77]
        assert await taken_over(builder) == False  # noqa: E712 (it reads on, or all is done)
    assert await taken_over(builder) != taken
    assert await counts(store) == [3]


async def taken_over(builder: Builder) -> bool:
    """Try to have readers change over, and say whether they did."""
    try:
        return await builder.take_over() is not None
    except CheckpointMoved:
        return False


@asynccontextmanager
async def earlier_reader(url: str) -> AsyncIterator[Callable[[], Awaitable[list[int]]]]:
    """A transaction of this program's that began before the block, and has read nothing else."""
    if url.startswith("sqlite"):
        named = make_url(url).database
        with closing(sqlite3.connect(named or "", isolation_level=None)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM log_head").fetchall()

            async def of_sqlite() -> list[int]:
                return [count for (count,) in connection.execute("SELECT count FROM activity")]

            yield of_sqlite
        return
    found = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    settings = {"application_name": "copilot-orchestrator"}
    other = await asyncpg.connect(found, server_settings=settings)
    try:
        async with other.transaction(isolation="repeatable_read", readonly=True):
            await other.fetch("SELECT * FROM log_head")

            async def of_postgres() -> list[int]:
                return [row["count"] for row in await other.fetch("SELECT count FROM activity")]

            yield of_postgres
    finally:
        await other.close()


async def test_what_a_build_could_not_digest_is_shown_with_it_and_not_before(
    store: Database, log: EventLog
) -> None:
    def fails(row: HeldActivity | None, key: Key, read: ReadEvent) -> HeldActivity | None:
        if read.event.position == 2:
            raise ValueError(key)
        return ACTIVITY.evolve(row, key, read)

    await log.append(*some_issues(3))
    await project(store)
    broken = [
        cast("AnyProjection", replace(ACTIVITY, version=ACTIVITY.version + 1, evolve=fails))
        if p is ACTIVITIES
        else p
        for p in PROJECTIONS
    ]
    builder = Builder(broken, store)
    await builder.plan()
    await built(builder)
    assert await parked_events(store) == set()
    await builder.take_over()
    assert await parked_events(store) == {("activity", 2)}
    mended = Builder([replace(cast("Any", p), version=p.version + 2) for p in [ACTIVITIES]], store)
    await mended.plan()
    await built(mended)
    await mended.take_over()
    assert await parked_events(store) == set()


async def test_what_could_not_be_followed_on_older_rows_is_whole_once_others_are_read(
    store: Database, log: EventLog
) -> None:
    """The newest fold goes on with rows that it may not be able to take."""

    def follows(row: HeldActivity | None, key: Key, read: ReadEvent) -> HeldActivity | None:
        if row is not None and row.count == FORGED:
            raise ValueError(key)
        return ACTIVITY.evolve(row, key, read)

    await log.append(*some_issues(3))
    await project(store)
    await store.write(forge)
    upgraded = [
        cast("AnyProjection", replace(ACTIVITY, version=ACTIVITY.version + 1, evolve=follows))
        if p is ACTIVITIES
        else p
        for p in PROJECTIONS
    ]
    builder, follower = Builder(upgraded, store), Runner(upgraded, store, store)
    await builder.plan()
    await built(builder)
    await log.append(*some_issues(2))
    assert await follower.step() == 5
    assert (await counts(store), await parked_events(store)) == (
        [FORGED],
        {("activity", 4), ("activity", 5)},
    )
    assert (await builder.take_over()) is not None
    assert (await counts(store), await parked_events(store)) == ([5], set())
    await log.append(*some_issues(1))
    assert await follower.step() == 6
    assert (await counts(store), await parked_events(store)) == ([6], set())
    assert await positions(store) == everyone_at(6)


async def test_nobody_decides_by_lanes_that_another_release_made(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(3))
    await project(store)
    assert await store.read(lanes_folded) == 3
    upgraded = Builder(of_next_release("lanes"), store)
    await upgraded.plan()
    await built(upgraded)
    assert await store.read(lanes_folded) == 3
    await upgraded.take_over()
    assert await store.read(lanes_folded) == 0


async def test_a_first_start_over_an_empty_database_builds_nothing_beside(
    store: Database,
) -> None:
    builder = Builder(PROJECTIONS, store)
    assert await builder.plan() == []
    assert await positions(store) == everyone_at(0)
    assert await beside(store) == set()


async def test_a_read_model_that_is_new_is_built_beside_where_others_are_shown(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(2))
    await project(store, [p for p in PROJECTIONS if p is not ACTIVITIES])
    builder, follower = Builder(PROJECTIONS, store), Runner(PROJECTIONS, store, store)
    assert await builder.plan() == ["activity"]
    await log.append(*some_issues(1))
    assert await follower.step() == 3
    assert "activity" not in await positions(store)
    await built(builder)
    assert (await builder.take_over()) is not None
    assert (await positions(store), await counts(store)) == (everyone_at(3), [3])


async def test_migrations_go_down_and_up_where_tables_took_the_place_of_others(
    store: Database, log: EventLog
) -> None:
    await log.append(*some_issues(1))
    await project(store)
    builder = Builder(of_next_release(), store)
    await builder.plan()
    await built(builder)
    await builder.take_over()
    await store.write(lambda c: builds.begin(c, of_next_release("activity")[2:3]))
    # Raises when Alembic would write another revision.
    await store.write(lambda connection: command.check(alembic_config(connection)))
    await store.write(lambda connection: command.downgrade(alembic_config(connection), "0009"))
    assert await beside(store) == set()
    await migrate(store)
    await store.write(lambda connection: command.check(alembic_config(connection)))


def test_no_column_is_called_like_a_table() -> None:
    """Names of tables are changed in statements, wherever they stand."""
    tables = [table for projection in PROJECTIONS for table in projection.tables]
    names = {table.name for table in tables} | {"projection_checkpoints", "parked_events"}
    assert not names & {column.name for table in tables for column in table.columns}
