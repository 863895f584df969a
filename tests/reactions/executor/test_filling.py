"""Filling the tasks from the log: all that is asked for live, whatever else is there."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from events.catalogue import About, ActionCancelled, ActionMode, ActionRequested, own_event
from events.envelope import GITHUB, ORCHESTRATOR, NewEvent
from events.log import EventLog
from events.store import Store
from events.table import table_of
from reactions.executor.filling import fill
from reactions.executor.tasks import ActionTaskRow
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio

TASKS = table_of(ActionTaskRow)


def request(mode: ActionMode = "live", issue: int = 1) -> NewEvent:
    content = ActionRequested(
        kind="assign", mode=mode, issue_number=issue, generation=0, token="0", reason="its turn"
    )
    return own_event(content, uuid4(), about=About(repository_id=7, issue_number=issue))


def called_off(asked: NewEvent) -> NewEvent:
    content = ActionCancelled(action_id=asked.id, issue_number=1, why="it passed")
    return own_event(content, uuid4(), about=About(repository_id=7, issue_number=1))


def unreadable() -> NewEvent:
    return NewEvent(
        id=uuid4(),
        source=ORCHESTRATOR,
        type="action",
        action="requested",
        schema_version=99,
        payload="{}",
        repository_id=7,
    )


async def filled(store: Store) -> list[UUID]:
    await fill(store)
    query = select(TASKS.c.action_id).order_by(TASKS.c.position)
    return list(await store.read(lambda c: c.scalars(query).all()))


async def test_what_is_asked_for_live_is_a_task_until_it_has_its_outcome(
    store: Store, log: EventLog
) -> None:
    first, second = request(), request()
    await log.append(first, request("shadow"), second)
    assert await filled(store) == [first.id, second.id]
    await log.append(called_off(first))
    assert await filled(store) == [second.id]
    assert await filled(store) == [second.id]


async def test_what_was_over_before_anybody_looked_never_is_one(
    store: Store, log: EventLog
) -> None:
    asked = request()
    await log.append(asked, called_off(asked))
    assert await filled(store) == []


async def test_what_cannot_be_read_waits_as_a_task_and_keeps_nothing_else_from_being_done(
    store: Store, log: EventLog
) -> None:
    asked = request()
    delivery = an_event(id=uuid4(), source=GITHUB, type="action", action="requested")
    newer = unreadable()
    await log.append(newer, delivery, asked)
    assert await filled(store) == [newer.id, asked.id]


async def test_an_outcome_that_cannot_be_read_ends_what_caused_it(
    store: Store, log: EventLog
) -> None:
    asked, other = request(), request()
    told = replace(unreadable(), id=uuid4(), action="succeeded", causation_id=asked.id)
    unheard_of = replace(unreadable(), id=uuid4(), action="mulled_over", causation_id=other.id)
    await log.append(asked, other, told, unheard_of)
    assert await filled(store) == [other.id]


async def test_a_long_log_is_read_in_spans(
    store: Store, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reactions.executor.filling._SPAN", 3)
    monkeypatch.setattr("reactions.executor.filling._WORTH_A_WRITE", 3)
    monkeypatch.setattr("reactions.executor.filling._AT_ONCE", 2)
    asked = [request(issue=number) for number in range(1, 6)]
    for each in asked:
        await log.append(*(an_event() for _ in range(4)), each)
    assert await filled(store) == [each.id for each in asked]
