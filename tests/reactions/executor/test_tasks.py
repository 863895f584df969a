"""The table of tasks: who may take what, and when somebody is to look again."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from events.store import Store
from events.table import table_of
from reactions.executor import claiming, tasks
from reactions.executor.claiming import Holding
from reactions.executor.tasks import ActionTask, ActionTaskRow
from tests.conftest import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

TASKS = table_of(ActionTaskRow)
ONE, TWO = Holding("one", 30.0), Holding("two", 30.0)


async def added(
    store: Store,
    clock: Clock,
    *kinds: str,
    repository: int = 7,
    put_off: float = 0.0,
    installation: int = 5,
) -> list[UUID]:
    """Tasks of a repository in order; the first is due only after so many seconds."""
    made = [
        ActionTask(
            action_id=UUID(int=repository * 100 + place),
            position=repository * 100 + place,
            repository_id=repository,
            installation_id=installation,
            kind=kind,
            requested_at=clock(),
            due_at=clock() + timedelta(seconds=0.0 if place else put_off),
        )
        for place, kind in enumerate(kinds)
    ]
    await store.write(lambda c: tasks.add_tasks(c, made))
    return [each.action_id for each in made]


async def claimed(store: Store, clock: Clock, holding: Holding = ONE) -> list[ActionTask]:
    return await store.write(lambda c: claiming.claim(c, clock(), holding, 8))


async def due(store: Store, clock: Clock) -> datetime | None:
    return await store.read(lambda c: claiming.next_due(c, clock()))


async def ended(store: Store, over: list[ActionTask]) -> None:
    await store.write(lambda c: tasks.remove_tasks(c, ids(over)))


def ids(found: list[ActionTask]) -> list[UUID]:
    return [each.action_id for each in found]


async def test_one_of_each_repository_is_taken_the_first_first(store: Store, clock: Clock) -> None:
    here = await added(store, clock, "assign", "mark_ready")
    there = await added(store, clock, "merge", repository=8)
    assert ids(await claimed(store, clock)) == [here[0], there[0]]
    assert await claimed(store, clock, TWO) == []


@pytest.mark.parametrize(("first", "second"), [("assign", "merge"), ("merge", "assign")])
async def test_what_is_put_off_holds_up_what_comes_later(
    store: Store, clock: Clock, first: str, second: str
) -> None:
    await added(store, clock, first, second, put_off=60)
    assert await claimed(store, clock) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("set_label", "assign"), ("hand_to_person", "assign"), ("assign", "set_label")],
)
async def test_what_only_tells_people_neither_holds_up_nor_is_held_up(
    store: Store, clock: Clock, first: str, second: str
) -> None:
    _, later = await added(store, clock, first, second, put_off=60)
    assert ids(await claimed(store, clock)) == [later]


async def test_nobody_else_takes_of_a_repository_while_a_later_task_of_it_is_held(
    store: Store, clock: Clock
) -> None:
    await added(store, clock, "set_label", "assign", put_off=10)
    assert len(await claimed(store, clock)) == 1
    clock.advance(seconds=15)  # the earlier one is due by now
    assert await claimed(store, clock, TWO) == []


async def test_an_attempt_is_counted_as_it_begins(store: Store, clock: Clock) -> None:
    await added(store, clock, "assign")
    [task] = await claimed(store, clock)
    assert await store.write(lambda c: tasks.begin(c, task, clock()))
    clock.advance(seconds=31)
    [again] = await claimed(store, clock, TWO)
    assert again.attempts == 1


async def test_what_is_held_no_longer_is_not_begun(store: Store, clock: Clock) -> None:
    await added(store, clock, "assign")
    [task] = await claimed(store, clock)
    clock.advance(seconds=30)
    assert not await store.write(lambda c: tasks.begin(c, task, clock()))


async def test_who_comes_too_late_lets_go_of_nothing(store: Store, clock: Clock) -> None:
    await added(store, clock, "assign")
    [late] = await claimed(store, clock)
    clock.advance(seconds=31)
    [held] = await claimed(store, clock, TWO)
    assert not await store.write(lambda c: tasks.begin(c, late, clock()))
    await store.write(lambda c: tasks.put_off(c, late, clock(), clock(), 1))
    assert await claimed(store, clock, ONE) == []
    assert await store.write(lambda c: tasks.begin(c, held, clock()))


async def test_what_waits_for_others_is_not_due(store: Store, clock: Clock) -> None:
    """Or a worker would look again and again while nothing may be taken."""
    await added(store, clock, "assign", "merge", put_off=300)
    assert await due(store, clock) == clock() + timedelta(seconds=300)


async def test_what_waits_for_one_that_is_held_is_due_when_that_runs_out(
    store: Store, clock: Clock
) -> None:
    await added(store, clock, "assign", "merge")
    await claimed(store, clock)
    assert await due(store, clock) == clock() + timedelta(seconds=30)


async def test_without_tasks_nothing_is_due(store: Store, clock: Clock) -> None:
    assert await due(store, clock) is None


async def test_a_limit_of_one_installation_stalls_all_of_it_and_no_other(
    store: Store, clock: Clock
) -> None:
    await added(store, clock, "assign", repository=7)
    await added(store, clock, "assign", repository=8)
    other = await added(store, clock, "assign", repository=9, installation=6)
    until = clock() + timedelta(minutes=20)
    await store.write(lambda c: tasks.put_off_installation(c, 5, clock(), until))
    assert ids(await claimed(store, clock)) == other
    clock.advance(minutes=20)
    assert {task.repository_id for task in await claimed(store, clock, TWO)} == {7, 8, 9}


async def repositories_of(store: Store, clock: Clock, holder: str) -> set[int]:
    """Which repositories a worker is at when it has taken what it may."""
    return {task.repository_id for task in await claimed(store, clock, Holding(holder, 30.0))}


async def test_an_installation_with_many_repositories_leaves_room_for_others(
    store: Store, clock: Clock
) -> None:
    for repository in range(10, 30):
        await added(store, clock, "assign", repository=repository)
    await added(store, clock, "assign", repository=99, installation=6)
    assert await repositories_of(store, clock, "one") == {10, 11, 12, 13, 99}
    assert await repositories_of(store, clock, "two") == set()
    assert await due(store, clock) == clock() + timedelta(seconds=30)  # and nobody spins till then
    await added(store, clock, "assign", repository=98, installation=7)
    assert await repositories_of(store, clock, "two") == {98}


async def test_a_repository_with_many_tasks_waits_behind_those_that_had_no_turn(
    store: Store, clock: Clock
) -> None:
    for repository in range(10, 14):
        await added(store, clock, *["assign"] * 50, repository=repository)
    clock.advance(seconds=5)
    await added(store, clock, "assign", repository=98)
    await added(store, clock, "assign", repository=99)
    clock.advance(seconds=5)
    taken = await claimed(store, clock)
    assert {task.repository_id for task in taken} == {10, 11, 12, 13}
    await ended(store, taken)
    again = await claimed(store, clock)
    assert {98, 99} < {task.repository_id for task in again}
    assert len(again) == 4


async def test_tasks_of_a_repository_stay_in_order_however_often_it_has_its_turn(
    store: Store, clock: Clock
) -> None:
    asked = await added(
        store, clock, "assign", "set_label", "mark_ready", "hand_to_person", "merge"
    )
    done = []
    for _ in asked:
        clock.advance(seconds=1)
        [task] = await claimed(store, clock)
        done.append(task.action_id)
        await ended(store, [task])
    assert done == asked


async def test_tasks_whose_installation_is_not_known_have_a_share_of_their_own(
    store: Store, clock: Clock
) -> None:
    await added(store, clock, "assign", repository=8, installation=5)
    await store.write(lambda c: c.execute(TASKS.update().values(installation_id=None)))
    for repository in range(10, 20):
        await added(store, clock, "assign", repository=repository)
    assert 8 in await repositories_of(store, clock, "one")
