"""Actions that are to be done, with whoever is at them; filled from the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Index, and_, case, func, or_, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER
from reactions import checkpoints

CHECKPOINT = "executor"
_TELLING = ("set_label", "hand_to_person")  # these neither wait for what is put off nor hold it up


class ActionTask(SQLModel):
    """A live action without an outcome; it is held by a worker until ``held_until``.

    ``attempts`` counts those that were begun, so that one whose worker died is among them.
    """

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    repository_id: int = Field(sa_type=BIG_INTEGER)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    kind: str
    requested_at: datetime
    due_at: datetime
    attempts: int = 0
    holder: str | None = None
    held_until: datetime | None = None


class ActionTaskRow(ActionTask, table=True):
    """A task as it is stored."""

    __tablename__ = "action_tasks"
    __table_args__ = (Index("ix_action_tasks_repository_id", "repository_id", "position"),)


_tasks = ActionTaskRow.__table__  # type: ignore[attr-defined]
_earlier = _tasks.alias("earlier")


@dataclass(frozen=True, slots=True)
class Holding:
    """Who takes tasks, and for how long before others may take them over."""

    holder: str
    seconds: float


def add_tasks(connection: Connection, tasks: Iterable[ActionTask]) -> None:
    """Store tasks; whoever adds holds the executor's checkpoint, so that none comes twice."""
    rows = [task.model_dump() for task in tasks]
    known = select(_tasks.c.action_id).where(_tasks.c.action_id.in_(r["action_id"] for r in rows))
    there = set(connection.scalars(known)) if rows else set()
    fresh = [row for row in rows if row["action_id"] not in there]
    if fresh:
        connection.execute(_tasks.insert(), fresh)


def remove_tasks(connection: Connection, action_ids: Iterable[UUID]) -> None:
    """Remove tasks that have their outcome."""
    ids = list(action_ids)
    if ids:
        connection.execute(_tasks.delete().where(_tasks.c.action_id.in_(ids)))


def claim(connection: Connection, now: datetime, holding: Holding, limit: int) -> list[ActionTask]:
    """Take the next task of each of several repositories, none of which is at one already.

    Workers claim one after the other: of two that looked at the same time, each might take a task
    of the same repository.
    """
    checkpoints.hold(connection, CHECKPOINT)
    query = select(_tasks).where(_tasks.c.due_at <= now, _is_free(_tasks, now), ~_in_the_way(now))
    query = query.order_by(_tasks.c.position).limit(limit)
    held = {"holder": holding.holder, "held_until": now + timedelta(seconds=holding.seconds)}
    rows = connection.execute(query.with_for_update(skip_locked=True, of=_tasks)).mappings()
    found = _one_of_each([ActionTask.model_construct(**{**row, **held}) for row in rows])
    ids = [task.action_id for task in found]
    connection.execute(update(_tasks).where(_tasks.c.action_id.in_(ids)).values(**held))
    return found


def begin(connection: Connection, task: ActionTask, now: datetime) -> bool:
    """Count an attempt before it is made; False: it is held no longer, and must not be made."""
    still = (*_held(task), _tasks.c.held_until > now)
    values = {"attempts": task.attempts + 1}
    return connection.execute(update(_tasks).where(*still).values(**values)).rowcount == 1


def put_off(connection: Connection, task: ActionTask, due_at: datetime, attempts: int) -> None:
    """Let a task go until later; nothing where somebody else took it over."""
    values: dict[str, Any] = {"due_at": due_at, "attempts": attempts}
    values |= {"holder": None, "held_until": None}
    connection.execute(update(_tasks).where(*_held(task)).values(**values))


def put_off_installation(connection: Connection, installation_id: int, until: datetime) -> None:
    """Let all tasks of an installation wait, since GitHub takes no more from it for now."""
    those = (_tasks.c.installation_id == installation_id, _tasks.c.due_at < until)
    connection.execute(update(_tasks).where(*those).values(due_at=until))


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """Return from when on a task may be taken; now or before: one may be already.

    What waits for others of its repository counts through these.
    """
    held = ~_is_free(_tasks, now)
    when = case((held, _tasks.c.held_until), else_=_tasks.c.due_at)
    query = select(func.min(when)).where(or_(held, ~_in_the_way(now)))
    found: datetime | None = connection.scalar(query)
    return found


def _held(task: ActionTask) -> tuple[ColumnElement[bool], ...]:
    """Return what holds while a task is held by the claim that it came from."""
    mine = (_tasks.c.holder == task.holder, _tasks.c.held_until == task.held_until)
    return (_tasks.c.action_id == task.action_id, *mine)


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
    return or_(table.c.held_until.is_(None), table.c.held_until <= now)


def _comes_first(now: datetime) -> ColumnElement[bool]:
    """Say whether an earlier task is to be done before a later one of its repository."""
    telling = or_(_earlier.c.kind.in_(_TELLING), _tasks.c.kind.in_(_TELLING))
    passed_by = and_(_earlier.c.due_at > now, telling)
    return and_(_earlier.c.position < _tasks.c.position, ~passed_by)


def _one_of_each(tasks: list[ActionTask]) -> list[ActionTask]:
    first: dict[int, ActionTask] = {}
    for task in tasks:
        first.setdefault(task.repository_id, task)
    return list(first.values())
