"""Filling the tasks from the log: what is asked for live, less what has its outcome."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import Connection

from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    content_of,
)
from events.envelope import Event
from events.read import head, read
from events.table import events
from reactions import checkpoints
from reactions.executor.tasks import ActionTask, add_tasks, remove_tasks

CHECKPOINT = "executor"
_AT_ONCE = 200


def fill(connection: Connection) -> bool:
    """Take in what the log has behind the checkpoint; say whether there may be more."""
    after = checkpoints.hold(connection, CHECKPOINT)
    end = head(connection).position
    if after >= end:
        return False
    found = read(connection, after, _AT_ONCE, events.c.type == ActionRequested.type)
    full = len(found) >= _AT_ONCE
    add_tasks(connection, _tasks(found))
    remove_tasks(connection, _over(found))
    checkpoints.advance(connection, CHECKPOINT, found[-1].position if full else end)
    return full


def _tasks(found: Iterable[Event]) -> Iterator[ActionTask]:
    for event in found:
        content = content_of(event)
        if not isinstance(content, ActionRequested) or content.mode != "live":
            continue
        if event.repository_id is not None:
            yield ActionTask(
                action_id=event.id,
                position=event.position,
                repository_id=event.repository_id,
                installation_id=event.installation_id,
                kind=content.kind,
                requested_at=event.recorded_at,
                due_at=event.recorded_at,
            )


def _over(found: Iterable[Event]) -> Iterator[UUID]:
    for event in found:
        content = content_of(event)
        if isinstance(content, ActionSucceeded | ActionFailed | ActionCancelled):
            yield content.action_id
