"""``replay --check``: what it finds, and that it finds nothing where nothing is."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from events.catalogue import About, ModeSet, WorkflowEnqueued
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Result, Store, Work
from projections.access_news import ACCESS_NEWS, REPOSITORY
from projections.activity import ACTIVITY
from projections.commands.model import applied_commands
from projections.engine import builds
from projections.engine.building import Builder
from projections.engine.projection import AnyProjection
from projections.engine.runner import Runner
from projections.lanes.model import lane_circumstances
from projections.registry import PROJECTIONS
from projections.workflows.model import workflows
from runtime.check import Difference, check
from runtime.database import Database
from runtime.frozen import OtherRelease
from runtime.replay import LogIncomplete
from simulator.payloads import a_check_run, a_check_suite, a_repository, deliveries
from tests.events.builders import an_event
from tests.projections.builders import a_delivery, all_rows, project
from tests.projections.own_events import a_request, told
from tests.projections.stores import Around

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

CHUNK = 100  # rows that are compared at a time
BATCH = 100  # events
EVENTS = 220  # more than two chunks of rows in every projection's table
# A column of each projection and what somebody might write there.
CHANGES: Mapping[str, Mapping[str, object]] = {
    "repositories": {"full_name": "forged/name"},
    "installations": {"account_login": "forged"},
    "access_news": {"position": 77},
    "activity": {"count": 77},
    "check_records": {"failed": 77},
    "event_index": {"actor": "forged"},
    "reading_problems": {"places": []},
    "lanes": {"error": "forged"},
    "actions": {"decision": "forged"},
    "commands": {"by": "forged"},
    "costs": {"kind": "forged"},
}
# What a part of the key of a projection's n-th row is, the first but of these; of all others n.
SECOND = {"access_news", "check_records"}
KEYS: Mapping[str, Callable[[int], object]] = {
    "actions": lambda n: UUID(int=n),
    "costs": lambda n: UUID(int=n),
    "commands": lambda n: 2 * EVENTS + n,
    "check_records": str,
}
Found = tuple[str, str, bool, bool]


class Growing(Around):
    """A store in which something happens before each read."""

    def __init__(self, store: Store, grow: Callable[[], Awaitable[object]]) -> None:
        super().__init__(store)
        self.grow = grow

    async def read(self, work: Work[Result]) -> Result:
        await self.grow()
        return await super().read(work)


class GrowingWithin(Around):
    """A store in which something happens before each statement of a read."""

    def __init__(self, store: Store, grow: Callable[[str], Coroutine[Any, Any, object]]) -> None:
        super().__init__(store)
        self.grow = grow

    async def read(self, work: Work[Result]) -> Result:
        loop = asyncio.get_running_loop()

        def grow(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
            if self.dialect == "sqlite":  # whose reads run on threads
                asyncio.run_coroutine_threadsafe(self.grow(statement), loop).result()
            else:
                await_only(self.grow(statement))

        def growing(connection: Connection) -> Result:
            event.listen(connection, "before_cursor_execute", grow)
            return work(connection)

        return await super().read(growing)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.check._CHUNK", CHUNK)


async def filled(store: Store, log: EventLog) -> None:
    """Project events that give each projection as many rows or more."""
    numbers = range(1, EVENTS + 1)
    renamed = {"type": "repository", "action": "renamed", "payload": "?"}
    await log.append(*[an_event(**renamed, repository_id=n, installation_id=n) for n in numbers])
    await log.append(*[a_request(UUID(int=n), about=About(repository_id=EVENTS)) for n in numbers])
    await log.append(*[told(ModeSet(mode="live"), About()) for _ in numbers])
    await log.append(*[_a_checked_commit(str(n)) for n in numbers])
    await project(store)


def _a_checked_commit(name: str) -> NewEvent:
    """A check of the default branch that passed."""
    repository = a_repository()
    suite = a_check_suite(repository=repository, head_branch="main")
    run = a_check_run(name, repository=repository) | {"check_suite": suite}
    return a_delivery("check_run", deliveries.check_run(repository=repository, check_run=run))


async def found(store: Store, projections: Sequence[AnyProjection] = PROJECTIONS) -> list[Found]:
    """The differences: projection, first part of the key, whether live and rebuilt have a row."""
    return [_brief(each) async for each in check(store, projections, BATCH, lambda _d, _t: None)]


def _brief(difference: Difference) -> Found:
    live, rebuilt = difference.live is not None, difference.rebuilt is not None
    part = difference.key[difference.projection in SECOND]
    return difference.projection, part, live, rebuilt


def _key(projection: AnyProjection, number: int) -> object:
    """The part of the key of a projection's n-th row that tells it from others."""
    return KEYS[projection.name](number) if projection.name in KEYS else number


async def test_changed_missing_and_extra_rows_are_found_in_every_chunk_of_every_projection(
    store: Database, log: EventLog
) -> None:
    await filled(store, log)
    rows = await all_rows(store)
    assert rows.keys() == CHANGES.keys()
    assert all(len(found) >= EVENTS for found in rows.values())
    assert await found(store) == []
    await store.write(_tamper)
    expected = [
        difference
        for projection in PROJECTIONS
        for difference in (
            (projection.name, str(_key(projection, 3)), True, True),
            (projection.name, str(_key(projection, 210)), False, True),
            (projection.name, str(_key(projection, 212)), True, True),
            (projection.name, str(_key(projection, 1_000)), True, False),
        )
    ]
    assert sorted(await found(store)) == sorted(expected)


async def test_more_missing_rows_than_a_chunk_holds_are_all_found_and_nothing_else(
    store: Database, log: EventLog
) -> None:
    await filled(store, log)

    def lose(connection: Connection) -> None:
        repository = ACTIVITY.table.c.repository_id
        connection.execute(delete(ACTIVITY.table).where(repository <= EVENTS - 20))

    await store.write(lose)
    missing = [("activity", str(n), False, True) for n in range(1, EVENTS - 20 + 1)]
    assert sorted(await found(store)) == sorted(missing)


async def test_rows_of_every_table_are_compared_and_named_after_their_table(
    store: Database, log: EventLog
) -> None:
    await filled(store, log)
    number = lane_circumstances.c.repository_id

    def tamper(connection: Connection) -> None:
        connection.execute(update(lane_circumstances).values(mode="live").where(number == 3))
        connection.execute(delete(lane_circumstances).where(number == 210))
        row = connection.execute(select(lane_circumstances).where(number == 7)).mappings().one()
        connection.execute(insert(lane_circumstances).values({**row, "repository_id": 1_000}))

    await store.write(tamper)
    assert sorted(await found(store)) == [
        ("lanes.lane_pages", "1000", True, False),
        ("lanes.lane_pages", "210", False, True),
        ("lanes.lane_pages", "3", True, True),
    ]


async def test_so_are_those_that_follow_from_lanes(store: Database, log: EventLog) -> None:
    await log.append(*[told(WorkflowEnqueued(issue_number=n)) for n in (17, 18)])
    await project(store)
    assert await found(store) == []

    def tamper(connection: Connection) -> None:
        connection.execute(update(lane_circumstances).values(mode="live"))
        connection.execute(delete(applied_commands).where(applied_commands.c.position == 2))
        connection.execute(update(workflows).values(started=True))

    await store.write(tamper)
    assert sorted(await found(store)) == [
        ("lanes.applied_commands", "2", False, True),
        ("lanes.lane_pages", "7", True, True),
        ("lanes.workflows", "7", True, True),
        ("lanes.workflows", "7", True, True),
    ]


async def test_a_check_of_a_log_that_grows_meanwhile_finds_nothing(
    store: Database, log: EventLog
) -> None:
    await filled(store, log)
    grown = 0

    async def grow() -> None:
        nonlocal grown
        grown += 1
        await log.append(an_event(type="issues", repository_id=5, installation_id=grown))
        await project(store)

    assert await found(Growing(store, grow)) == []
    assert grown > 3 * EVENTS // BATCH  # each batch of the log is a read


async def test_what_is_wrong_is_found_and_nothing_that_came_since(
    store: Database, log: EventLog
) -> None:
    """Somebody appends and projects before each statement, in the midst of the snapshot, too."""
    await log.append(*[an_event(type="issues", repository_id=n) for n in (5, 6)])
    await project(store)
    await store.write(lambda c: c.execute(update(ACTIVITY.table).values(count=77)).close())
    grown = 0

    async def grow(_statement: str) -> None:
        nonlocal grown
        grown += 1
        await log.append(an_event(type="issues", repository_id=5, installation_id=grown))
        await log.append(told(WorkflowEnqueued(issue_number=grown)))
        await project(store)

    assert sorted(await found(GrowingWithin(store, grow))) == [
        ("activity", "5", True, True),
        ("activity", "6", True, True),
    ]
    assert grown > len(PROJECTIONS)


async def test_projections_that_stand_apart_are_each_compared_where_they_stand(
    store: Database, log: EventLog
) -> None:
    for each in PROJECTIONS:
        await log.append(an_event(type="issues"), told(WorkflowEnqueued(issue_number=17)))
        await project(store, [each])
    assert await found(store) == []


async def test_rows_begun_anew_meanwhile_are_no_difference(store: Database, log: EventLog) -> None:
    await log.append(an_event())
    await project(store)
    restarted: list[int] = []

    async def restart_once_copied() -> None:
        restarted.append(len(restarted))
        if len(restarted) == 2:
            await Runner(PROJECTIONS, store, store).restart(PROJECTIONS[0])

    assert await found(Growing(store, restart_once_copied)) == []
    assert len(restarted) > 1


async def test_readers_that_change_over_meanwhile_are_no_difference(
    store: Database, log: EventLog
) -> None:
    """They change over to rows that reflect more than those that the check noted."""
    await log.append(an_event(type="issues"), told(WorkflowEnqueued(issue_number=17)))
    await project(store)
    await store.write(lambda connection: builds.ask_for(connection, PROJECTIONS))
    await log.append(an_event(type="issues"))
    builder = Builder(PROJECTIONS, store)
    while await builder.step():
        pass
    [build] = await builder.outstanding()
    changed: list[bool] = []

    async def change_over(statement: str) -> None:
        if "FROM repositories" in statement:  # the first of the tables, behind the checkpoints
            changed.append(False)
            with suppress(DBAPIError):
                await store.write(lambda connection: builds.change_over(connection, build))
                changed[:] = [True]

    assert await found(GrowingWithin(store, change_over)) == []
    assert changed == [store.dialect == "sqlite"]  # there, names are part of the snapshot


async def test_rows_of_another_release_are_refused_rather_than_called_wrong(
    store: Database, log: EventLog
) -> None:
    await log.append(an_event())
    await project(store)
    await store.write(
        lambda c: c.execute(
            text("UPDATE projection_checkpoints SET version = version + 1 WHERE name = 'lanes'")
        ).close()
    )
    with pytest.raises(OtherRelease, match="the rows of lanes are another release's"):
        await found(store)
    assert await found(store, [p for p in PROJECTIONS if p.name != "lanes"]) == []


async def test_a_log_that_ends_before_its_rows_is_told(store: Database, log: EventLog) -> None:
    await log.append(an_event())
    await project(store)
    await store.write(
        lambda c: c.execute(text("UPDATE projection_checkpoints SET position = 2")).close()
    )
    with pytest.raises(LogIncomplete, match="does not reach position 2"):
        await found(store)


def _tamper(connection: Connection) -> None:
    for projection in PROJECTIONS:
        for number in (3, 212):
            changed = update(projection.tables[0]).values(CHANGES[projection.name])
            connection.execute(changed.where(_is(projection, number)))
        connection.execute(delete(projection.tables[0]).where(_is(projection, 210)))
        row = connection.execute(select(projection.tables[0]).where(_is(projection, 7))).mappings()
        another = {_part(projection).name: _key(projection, 1_000)}
        connection.execute(insert(projection.tables[0]).values({**row.one(), **another}))


def _is(projection: AnyProjection, number: int) -> ColumnElement[bool]:
    numbered: ColumnElement[bool] = _part(projection) == _key(projection, number)
    if projection.name == ACCESS_NEWS.name:
        return numbered & (ACCESS_NEWS.table.c.kind == REPOSITORY)
    return numbered


def _part(projection: AnyProjection) -> Column[Any]:
    columns: list[Column[Any]] = [*projection.tables[0].primary_key]
    return columns[projection.name in SECOND]
