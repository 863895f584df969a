"""Several runners over one database: nothing is ever counted twice."""

import asyncio

import pytest

from events.log import EventLog
from events.store import Store
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads import deliveries
from tests.projections.builders import (
    a_delivery,
    all_rows,
    opened,
    parked_events,
    positions,
    project,
)
from tests.projections.stores import Interrupted

pytestmark = pytest.mark.anyio


async def some_history(log: EventLog, number: int) -> None:
    await log.append(*[a_delivery("issues", deliveries.issues()) for _ in range(number)])


async def run_to_the_end(store: Store, end: int, batch: int) -> None:
    """Step until everything is projected, whoever did it."""
    runner = Runner(PROJECTIONS, store, store, batch=batch)
    while min((await positions(store)).values()) < end:
        try:
            await runner.step()
        except CheckpointMoved:
            await asyncio.sleep(0)


async def test_a_runner_that_was_overtaken_discards_its_rows(
    store: Database, log: EventLog
) -> None:
    await some_history(log, 4)
    faster = Runner(PROJECTIONS, store, store)
    await faster.prepare()
    slower = Runner(PROJECTIONS, store, Interrupted(store, faster.step))
    with pytest.raises(CheckpointMoved):
        await slower.step()
    assert set((await positions(store)).values()) == {4}
    overtaken = await all_rows(store)
    await _rebuild(store)
    assert overtaken == await all_rows(store)


async def test_runners_at_once_give_the_rows_of_one_alone(
    store: Database, log: EventLog, database_url: str
) -> None:
    await some_history(log, 60)
    await Runner(PROJECTIONS, store, store).prepare()
    async with opened(database_url) as other, opened(database_url) as third:
        await asyncio.gather(
            run_to_the_end(store, 60, 3),
            run_to_the_end(other, 60, 3),
            run_to_the_end(third, 60, 4),
        )
    together = await all_rows(store)
    assert await parked_events(store) == set()
    await _rebuild(store)
    assert together == await all_rows(store)


async def test_a_restart_in_the_middle_of_a_batch_voids_the_batch(
    store: Database, log: EventLog
) -> None:
    await some_history(log, 3)
    await project(store)
    await some_history(log, 3)
    rebuilding = Runner(PROJECTIONS, store, store)

    async def restart() -> None:
        for projection in PROJECTIONS:
            await rebuilding.restart(projection)

    with pytest.raises(CheckpointMoved):
        await Runner(PROJECTIONS, store, Interrupted(store, restart)).step()
    assert set((await positions(store)).values()) == {0}
    assert not any((await all_rows(store)).values())


async def test_a_runner_goes_on_from_what_another_wrote_meanwhile(
    store: Database, log: EventLog
) -> None:
    one, other = Runner(PROJECTIONS, store, store), Runner(PROJECTIONS, store, store)
    await one.prepare()
    for runner in (one, other, one, other):
        await some_history(log, 2)
        await runner.step()
    alternating = await all_rows(store)
    await _rebuild(store)
    assert alternating == await all_rows(store)


@pytest.mark.parametrize("redone", [0, 2])
async def test_a_runner_goes_on_from_where_another_has_started_anew(
    store: Database, log: EventLog, redone: int
) -> None:
    one, other = Runner(PROJECTIONS, store, store), Runner(PROJECTIONS, store, store)
    await one.prepare()
    await some_history(log, 4)
    await one.step()
    for projection in PROJECTIONS:
        await other.restart(projection)
    await other.step(until=redone)
    await one.step()
    continued = await all_rows(store)
    await _rebuild(store)
    assert continued == await all_rows(store)


async def _rebuild(store: Store) -> None:
    runner = Runner(PROJECTIONS, store, store)
    for projection in PROJECTIONS:
        await runner.restart(projection)
    await project(store)
