"""Claiming tasks: who may take which, and what may be done while one is held.

They are taken in order for each repository, and each installation has a fair share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, or_, select, update

from aggregates.actions import TRAITS
from events.envelope import NewEvent
from events.errors import OrchestratorError
from events.log import EventLog
from events.store import Store
from events.table import table_of
from reactions import checkpoints
from reactions.executor import tasks
from reactions.executor.tasks import CHECKPOINT, ActionTask, ActionTaskRow
from reactions.ports.failures import RateLimited

PER_INSTALLATION = 4  # at once: changes take turns anyway, and others are kept from nothing
# Telling people neither waits for what is put off nor holds it up.
_ONLY_TELLS = tuple(kind for kind, traits in TRAITS.items() if traits.only_tells)
_USERS = tuple(kind for kind, traits in TRAITS.items() if traits.needs_user)
LONGEST_HELD = timedelta(seconds=60)
_FAR = 2 * LONGEST_HELD  # a task that is held until later was taken while a clock was wrong
_SHARE = 0.8  # of the time for which it is held, so that nobody else begins while it is worked on

_tasks = table_of(ActionTaskRow)
_earlier = _tasks.alias("earlier")

_log = structlog.get_logger("executor")


class TakenOver(OrchestratorError):
    """A task is held no longer: another worker may be at it, and this one does nothing more."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Who takes tasks, and for how long before others may take them over."""

    holder: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A task as the worker that took it holds it; it runs out by itself when the worker dies.

    ``clock`` measures how long things take, ``wall`` is the one by which events are recorded.
    """

    task: ActionTask
    store: Store
    log: EventLog
    clock: Callable[[], datetime]
    wall: Callable[[], datetime]

    async def begin(self) -> None:
        """Count an attempt before it is made; raises TakenOver."""
        if not await self.store.write(lambda c: tasks.begin(c, self.task, self.clock())):
            raise TakenOver("the task was held no longer when it was begun")

    async def check(self) -> None:
        """Look whether the task is still held; raises TakenOver."""
        if not await self.store.read(lambda c: tasks.is_held(c, self.task, self.clock())):
            raise TakenOver("the task was held no longer before a change")

    async def note_sent(self) -> None:
        """Note that a comment is about to be posted, while it is still held; raises TakenOver."""
        if not await self.store.write(lambda c: tasks.note_sent(c, self.task, self.clock())):
            raise TakenOver("the task was held no longer before a comment")

    async def note_unsent(self) -> None:
        """Note that it was not posted, for certain."""
        await self.store.write(lambda c: tasks.note_unsent(c, self.task))

    def seconds_left(self) -> float:
        """Return for how long it may be worked on."""
        until = self.task.held_until or self.clock()
        return max(0.0, (until - self.clock()).total_seconds()) * _SHARE

    def age(self) -> timedelta:
        """Return how long ago it was asked for, at the least: either clock may be wrong."""
        return min(self.clock(), self.wall()) - self.task.requested_at

    async def settle(self, outcome: NewEvent) -> None:
        """Append what came of it, unless somebody else took it over, who will find it done."""
        if not await self.store.read(lambda c: tasks.is_claimed(c, self.task)):
            _log.warning("an action was taken over; its outcome is left", kind=self.task.kind)
            return
        await self.log.append(outcome)
        await self.forget()

    async def forget(self) -> None:
        """Remove a task that is none, or is none any more."""
        await self.store.write(lambda c: tasks.remove_tasks(c, [self.task.action_id]))

    async def put_off(self, seconds: float, attempts: int | None = None) -> None:
        """Let it go until later, with so many attempts counted; by default those before this."""
        now = self.clock()
        due_at = now + timedelta(seconds=seconds)
        tried = self.task.attempts if attempts is None else attempts
        await self.store.write(lambda c: tasks.put_off(c, self.task, now, due_at, tried))

    async def stall(self, limited: RateLimited, until: datetime) -> None:
        """Put off what else of the installation is done by the credential that met a limit."""
        installation_id = self.task.installation_id
        if installation_id is None:
            return
        kinds, now = _USERS if limited.holder == "user" else None, self.clock()
        await self.store.write(
            lambda c: tasks.put_off_installation(c, installation_id, now, until, kinds)
        )


def claim(connection: Connection, now: datetime, holding: Holding, limit: int) -> list[ActionTask]:
    """Take the next task of each of several repositories, none of which is at one already.

    Workers claim one after the other: of two that looked at the same time, each might take a task
    of the same repository.
    """
    checkpoints.hold(connection, CHECKPOINT)
    held = {"holder": holding.holder, "held_until": now + timedelta(seconds=holding.seconds)}
    rows = connection.execute(_next(now).limit(limit)).mappings()
    found = [ActionTask.model_construct(**{**row, **held}) for row in rows]
    ids = [task.action_id for task in found]
    connection.execute(update(_tasks).where(_tasks.c.action_id.in_(ids)).values(**held))
    _queue_up_again(connection, now, found)
    return found


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """Return from when on a task may be taken; now or before: one may be already.

    What waits for others of its repository or its installation counts through these.
    """
    held, busy = ~_is_free(_tasks, now), _busy(now)
    when = case((held, _tasks.c.held_until), else_=_tasks.c.due_at)
    waits = or_(_in_the_way(now), _at_once(busy) >= PER_INSTALLATION)
    query = select(func.min(when)).select_from(_tasks.outerjoin(busy, _of_the_same(busy)))
    found: datetime | None = connection.scalar(query.where(or_(held, ~waits)))
    return found


def _next(now: datetime) -> Any:  # noqa: ANN401 (a query's type names every column)
    """Select what may be taken: the first of each installation, then the second, and so on."""
    whose, order = _tasks.c.installation_id, (_tasks.c.due_at, _tasks.c.position)
    turn = func.row_number().over(partition_by=whose, order_by=order).label("turn")
    free = (_tasks.c.due_at <= now, _is_free(_tasks, now), ~_in_the_way(now))
    line, busy = select(_tasks.c.action_id, turn).where(*free).subquery(), _busy(now)
    joined = _tasks.join(line, line.c.action_id == _tasks.c.action_id)
    query = select(_tasks).select_from(joined.outerjoin(busy, _of_the_same(busy)))
    query = query.where(line.c.turn + _at_once(busy) <= PER_INSTALLATION)
    query = query.order_by(line.c.turn, _tasks.c.due_at, _tasks.c.position)
    return query.with_for_update(skip_locked=True, of=_tasks)


def _queue_up_again(connection: Connection, now: datetime, taken: list[ActionTask]) -> None:
    """Let repositories whose turn it was wait behind those whose turn it was not."""
    repositories = _tasks.c.repository_id.in_([task.repository_id for task in taken])
    others = (repositories, _tasks.c.holder.is_(None), _tasks.c.due_at < now)
    connection.execute(update(_tasks).where(*others).values(due_at=now))


def _busy(now: datetime) -> Subquery:
    """Select how many tasks of each installation are held."""
    query = select(_tasks.c.installation_id, func.count().label("held"))
    query = query.where(~_is_free(_tasks, now)).group_by(_tasks.c.installation_id)
    return query.subquery()


def _of_the_same(busy: Subquery) -> ColumnElement[bool]:
    same: ColumnElement[bool] = _tasks.c.installation_id.is_not_distinct_from(
        busy.c.installation_id
    )
    return same


def _at_once(busy: Subquery) -> ColumnElement[int]:
    return func.coalesce(busy.c.held, 0)


def _in_the_way(now: datetime) -> ColumnElement[bool]:
    """Say whether a task has to wait for another of its repository."""
    found = (
        select(_earlier.c.action_id)
        .where(_earlier.c.repository_id == _tasks.c.repository_id)
        .where(_earlier.c.action_id != _tasks.c.action_id)
        .where(or_(~_is_free(_earlier, now), _comes_first(now)))
    )
    return found.exists()


def _is_free(table: Any, now: datetime) -> ColumnElement[bool]:  # noqa: ANN401 (a table or its alias)
    """Say whether nobody holds a task; nobody can have said that it is for longer than _FAR."""
    until = table.c.held_until
    return or_(until.is_(None), until <= now, until > now + _FAR)


def _comes_first(now: datetime) -> ColumnElement[bool]:
    """Say whether an earlier task is to be done before a later one of its repository."""
    telling = or_(_earlier.c.kind.in_(_ONLY_TELLS), _tasks.c.kind.in_(_ONLY_TELLS))
    passed_by = and_(_earlier.c.due_at > now, telling)
    return and_(_earlier.c.position < _tasks.c.position, ~passed_by)
