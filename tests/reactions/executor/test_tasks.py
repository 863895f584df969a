"""The table of tasks: who may take what, and when somebody is to look again."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from events.store import Store
from reactions.executor import tasks
from reactions.executor.tasks import ActionTask, Holding
from tests.conftest import Clock

pytestmark = pytest.mark.anyio

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
    return await store.write(lambda c: tasks.claim(c, clock(), holding, 8))


async def due(store: Store, clock: Clock) -> datetime | None:
    return await store.read(lambda c: tasks.next_due(c, clock()))


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
    await store.write(lambda c: tasks.put_off(c, late, clock(), 1))
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
    await store.write(lambda c: tasks.put_off_installation(c, 5, until))
    assert ids(await claimed(store, clock)) == other
    clock.advance(minutes=20)
    assert {task.repository_id for task in await claimed(store, clock, TWO)} == {7, 8, 9}
