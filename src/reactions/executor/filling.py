"""Filling the tasks from the log: what is asked for live, less what has its outcome.

Where the table lost some, they are taken in again: the checkpoint says that they were taken in, so
filling does not come by them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, select

from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    OwnEvent,
    content_of,
)
from events.envelope import GITHUB, Event
from events.errors import UnknownEventType
from events.read import head, read
from events.store import Store
from events.table import events, table_of
from projections.actions.fold import ACTIONS
from projections.engine import checkpoints as projected
from reactions import checkpoints
from reactions.executor.tasks import (
    CHECKPOINT,
    UNREAD,
    ActionTask,
    ActionTaskRow,
    add_tasks,
    remove_tasks,
)

_AT_ONCE = 200  # events of ours
_SPAN = 5000  # events of any kind, so that reading a long log is many short reads
_WORTH_A_WRITE = 1000  # events without one of ours, after which the checkpoint follows
_OUTCOMES = (ActionSucceeded.action, ActionFailed.action, ActionCancelled.action)

_actions = ACTIONS.table
_stored = table_of(ActionTaskRow)

_ReadBack: TypeAlias = list[tuple[Event, OwnEvent | None]]

_log = structlog.get_logger("executor")


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the log says of actions behind ``after`` and up to ``reached``."""

    after: int
    reached: int
    found: tuple[Event, ...]


async def fill(store: Store) -> None:
    """Take in what the log has behind the checkpoint."""
    while await _fill_some(store):
        pass


async def restore(store: Store) -> bool:
    """Add the tasks that are missing; False: what came of actions is not known up to there."""
    missing = await store.read(_missing)
    if missing:
        await store.write(_restore)
    return missing is not None


async def _fill_some(store: Store) -> bool:
    """Take in some of it; say whether there may be more.

    The log is read outside the write, since appends wait behind a write.
    """
    batch = await store.read(_read)
    if not batch.found and batch.reached - batch.after < _WORTH_A_WRITE:
        return False
    await store.write(lambda connection: _keep(connection, batch))
    return True


def _read(connection: Connection) -> _Batch:
    after = checkpoints.position(connection, CHECKPOINT)
    until = min(head(connection).position, after + _SPAN)
    ours = (events.c.type == ActionRequested.type, events.c.source != GITHUB)
    found = read(connection, after, _AT_ONCE, events.c.position <= until, *ours)
    # Fewer than asked for may also be what fits into memory: nothing behind the last was seen.
    return _Batch(after, found[-1].position if found else until, tuple(found))


def _keep(connection: Connection, batch: _Batch) -> None:
    """Store what was read, unless another worker was faster."""
    if checkpoints.hold(connection, CHECKPOINT) != batch.after:
        return
    read_back = [(event, _content(event)) for event in batch.found]
    add_tasks(connection, _tasks(read_back))
    remove_tasks(connection, _over(read_back))
    checkpoints.advance(connection, CHECKPOINT, batch.reached)


def _content(event: Event) -> OwnEvent | None:
    """Read an event; None for one of another release, which keeps no repository from acting."""
    try:
        return content_of(event)
    except (UnknownEventType, ValidationError) as error:
        _log.error(
            "an action cannot be read; its repository waits for a release that can",
            position=event.position,
            error=type(error).__name__,
        )
        return None


def _tasks(found: _ReadBack) -> Iterator[ActionTask]:
    """Yield what is to be done, as far as anybody knows: what cannot be read yet waits for it."""
    for event, content in found:
        kind = UNREAD if content is None and event.action == ActionRequested.action else None
        if isinstance(content, ActionRequested) and content.mode == "live":
            kind = content.kind
        if kind is not None and event.repository_id is not None:
            yield ActionTask(
                action_id=event.id,
                position=event.position,
                repository_id=event.repository_id,
                installation_id=event.installation_id,
                kind=kind,
                requested_at=event.recorded_at,
                due_at=event.recorded_at,
                since=event.recorded_at,
            )


def _over(found: _ReadBack) -> Iterator[UUID]:
    """Yield the actions of which an outcome tells, also one that cannot be read."""
    for event, content in found:
        if isinstance(content, ActionSucceeded | ActionFailed | ActionCancelled):
            yield content.action_id
        elif content is None and event.action in _OUTCOMES and event.causation_id is not None:
            yield event.causation_id


def _restore(connection: Connection) -> None:
    """Look once more, while nobody fills, and add them."""
    checkpoints.hold(connection, CHECKPOINT)
    missing = _missing(connection)
    if missing:
        _log.warning("tasks were lost and are taken in again", tasks=len(missing))
        add_tasks(connection, missing)


def _missing(connection: Connection) -> list[ActionTask] | None:
    """Return what was taken in, has no outcome and is no task; None where that is not known yet."""
    filled = checkpoints.position(connection, CHECKPOINT)
    if projected.position(connection, ACTIONS.name) < filled:
        return None
    asked = (_actions.c.mode == "live", _actions.c.outcome == "requested")
    known = select(_stored.c.action_id)
    query = select(_actions).where(
        *asked,
        _actions.c.position <= filled,
        _actions.c.repository_id.is_not(None),
        _actions.c.id.not_in(known),
    )
    rows = connection.execute(query.order_by(_actions.c.position))
    return [
        ActionTask(
            action_id=row.id,
            position=row.position,
            repository_id=row.repository_id,
            installation_id=row.installation_id,
            kind=row.kind,
            requested_at=row.requested_at,
            due_at=row.requested_at,
            since=row.requested_at,
        )
        for row in rows
    ]
