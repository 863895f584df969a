"""An event that cannot be digested is parked, alone; an outage parks nothing."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.exc import OperationalError

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING, Access
from projections.engine import parked
from projections.engine.projection import AnyProjection
from projections.engine.runner import Runner
from runtime.database import Database
from simulator.payloads import a_repository, deliveries
from tests.projections.builders import (
    a_delivery,
    parked_events,
    positions,
    project,
    rows_of,
)
from tests.projections.fragile import CULPRIT, noting, raising_in_evolve, raising_in_touches
from tests.projections.stores import FailingWrite

pytestmark = pytest.mark.anyio

SECRET_TEXT = "a-word-from-the-payload"
AT_THE_CULPRIT = (raising_in_evolve, raising_in_touches)
NULL, TOO_LARGE = None, 2**70  # what no database takes for the column


def a_history(length: int, culprits: Sequence[int]) -> list[NewEvent]:
    """Issues, and at some positions events at which fragile projections fail."""
    culprit = {"action": SECRET_TEXT, "repository": a_repository(), "installation": {"id": 11}}
    return [
        a_delivery(CULPRIT, culprit)
        if position in culprits
        else a_delivery("issues", deliveries.issues())
        for position in range(1, length + 1)
    ]


async def created(store: Store, *projections: AnyProjection) -> None:
    """Make the tables of projections that no migration knows."""
    for projection in projections:
        await store.write(projection.tables[0].create)


async def noted(store: Store, projection: AnyProjection) -> list[int]:
    return sorted(key[0] for key in await rows_of(store, projection))


@pytest.mark.parametrize("fragile", AT_THE_CULPRIT)
async def test_an_event_that_raises_is_parked_and_everything_else_goes_on(
    store: Database, log: EventLog, fragile: Callable[[str], AnyProjection]
) -> None:
    broken, sound = fragile("broken"), noting("sound")
    await created(store, broken, sound)
    await log.append(*a_history(6, [3]))
    await project(store, [broken, sound])
    assert await parked_events(store) == {("broken", 3)}
    assert await noted(store, broken) == [1, 2, 4, 5, 6]
    assert await noted(store, sound) == [1, 2, 3, 4, 5, 6]
    assert await positions(store) == {"broken": 6, "sound": 6}


@pytest.mark.parametrize("fragile", AT_THE_CULPRIT)
async def test_the_error_says_what_and_where_and_nothing_of_the_payload(
    store: Database, log: EventLog, fragile: Callable[[str], AnyProjection]
) -> None:
    broken = fragile("broken")
    await created(store, broken)
    await log.append(*a_history(1, [1]))
    await project(store, [broken])
    [entry] = await store.read(lambda c: parked.list_parked(c, EVERYTHING, None, 10))
    assert entry.error == "ValueError at _refuse_culprit"


@pytest.mark.parametrize(
    ("refused", "culprits"),
    [(NULL, [1]), (TOO_LARGE, [5]), (NULL, [2, 3, 8])],
)
async def test_rows_that_the_database_refuses_are_narrowed_down_to_their_events(
    store: Database, log: EventLog, refused: int | None, culprits: list[int]
) -> None:
    broken, sound = noting("broken", refused), noting("sound")
    await created(store, broken, sound)
    await log.append(*a_history(8, culprits))
    await project(store, [broken, sound])
    assert await parked_events(store) == {("broken", position) for position in culprits}
    assert await noted(store, broken) == [n for n in range(1, 9) if n not in culprits]
    assert await noted(store, sound) == list(range(1, 9))
    assert await positions(store) == {"broken": 8, "sound": 8}


async def test_a_database_that_is_away_parks_nothing_and_is_told(
    store: Database, log: EventLog
) -> None:
    sound = noting("sound")
    await created(store, sound)
    await log.append(*a_history(4, []))
    away = FailingWrite(store, 2, 3)
    runner = Runner([sound], store, away)
    await runner.prepare()
    for _ in range(2):
        with pytest.raises(OperationalError):
            await runner.step()
    assert await parked_events(store) == set()
    assert await positions(store) == {"sound": 0}
    assert await runner.step() == 4
    assert await noted(store, sound) == [1, 2, 3, 4]


async def test_a_replay_with_the_mended_projection_unparks(store: Database, log: EventLog) -> None:
    broken = raising_in_evolve("notes")
    other = raising_in_evolve("others")
    await created(store, broken, other)
    await log.append(*a_history(4, [2]))
    await project(store, [broken, other])
    assert await parked_events(store) == {("notes", 2), ("others", 2)}
    mended = noting("notes")
    await Runner([mended], store, store).restart(mended)
    await project(store, [mended])
    assert await parked_events(store) == {("others", 2)}
    assert await noted(store, mended) == [1, 2, 3, 4]


async def test_parked_events_are_listed_newest_first_in_whole_positions(
    store: Database, log: EventLog
) -> None:
    broken, other = raising_in_evolve("broken"), raising_in_evolve("other")
    await created(store, broken, other)
    await log.append(*a_history(6, [2, 4, 6]))
    await project(store, [broken, other])

    async def listed(before: int | None, least: int) -> list[tuple[int, str]]:
        found = await store.read(lambda c: parked.list_parked(c, EVERYTHING, before, least))
        return [(entry.position, entry.projection) for entry in found]

    assert await listed(None, 1) == [(6, "broken"), (6, "other")]
    assert [position for position, _ in await listed(None, 3)] == [6, 6, 4, 4]
    assert [position for position, _ in await listed(4, 10)] == [2, 2]
    assert await listed(2, 10) == []
    assert await store.read(lambda c: parked.count(c, EVERYTHING)) == 6
    assert (
        await store.read(lambda c: parked.count(c, Access(frozenset({99}), frozenset({99})))) == 0
    )
    assert await store.read(parked.counts) == {"broken": 3, "other": 3}
