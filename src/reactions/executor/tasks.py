"""Actions that are to be done, with whoever is at them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Index, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, table_of
from reactions import checkpoints

CHECKPOINT = "executor"
UNREAD = "unread"


class ActionTask(SQLModel):
    """A live action without an outcome; it is held by a worker until ``held_until``.

    ``attempts`` counts those that were begun, so that one whose worker died is among them. ``kind``
    is UNREAD for a request that whoever filled it in could not read. It is put off from ``since``
    until ``due_at``, by the clock of who put it off.
    ``sent_at`` is when a comment was last about to be posted, of which it is not known what came;
    ``sent`` how often that was.
    """

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    repository_id: int = Field(sa_type=BIG_INTEGER)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    kind: str
    requested_at: datetime
    due_at: datetime
    since: datetime | None = None
    attempts: int = 0
    holder: str | None = None
    held_until: datetime | None = None
    sent_at: datetime | None = None
    sent: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ActionTaskRow(ActionTask, table=True):
    """A task as it is stored."""

    __tablename__ = "action_tasks"
    __table_args__ = (Index("ix_action_tasks_repository_id", "repository_id", "position"),)


_tasks = table_of(ActionTaskRow)


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


def begin(connection: Connection, task: ActionTask, now: datetime) -> bool:
    """Count an attempt before it is made; False: it is held no longer, and must not be made."""
    still = (*_held(task), _tasks.c.held_until > now)
    values = {"attempts": task.attempts + 1}
    return connection.execute(update(_tasks).where(*still).values(**values)).rowcount == 1


def is_held(connection: Connection, task: ActionTask, now: datetime) -> bool:
    """Say whether a task is still held by the claim that it came from."""
    return _there(connection, *_held(task), _tasks.c.held_until > now)


def note_sent(connection: Connection, task: ActionTask, now: datetime) -> bool:
    """Note that a comment is about to be posted; False: it is held no longer, and must not be."""
    still = (*_held(task), _tasks.c.held_until > now)
    values = {"sent_at": now, "sent": task.sent + 1}
    return connection.execute(update(_tasks).where(*still).values(**values)).rowcount == 1


def note_unsent(connection: Connection, task: ActionTask) -> None:
    """Note that it was not posted, for certain."""
    connection.execute(update(_tasks).where(*_held(task)).values(sent_at=None))


def is_claimed(connection: Connection, task: ActionTask) -> bool:
    """Say whether nobody else has claimed a task since, or ended it."""
    return _there(connection, *_held(task))


def put_off(
    connection: Connection, task: ActionTask, now: datetime, due_at: datetime, attempts: int
) -> None:
    """Let a task go until later; nothing where somebody else took it over."""
    values: dict[str, Any] = {"since": now, "due_at": due_at, "attempts": attempts}
    values |= {"holder": None, "held_until": None}
    connection.execute(update(_tasks).where(*_held(task)).values(**values))


def put_off_installation(
    connection: Connection,
    installation_id: int,
    now: datetime,
    until: datetime,
    kinds: Collection[str] | None = None,
) -> None:
    """Let the tasks of an installation wait, all or some kinds: GitHub takes no more for now.

    Nobody claims meanwhile: each would wait for rows that the other has locked.
    """
    checkpoints.hold(connection, CHECKPOINT)
    those = [_tasks.c.installation_id == installation_id, _tasks.c.due_at < until]
    if kinds is not None:
        those.append(_tasks.c.kind.in_(kinds))
    connection.execute(update(_tasks).where(*those).values(since=now, due_at=until))


def _there(connection: Connection, *which: ColumnElement[bool]) -> bool:
    return connection.scalar(select(_tasks.c.action_id).where(*which)) is not None


def _held(task: ActionTask) -> tuple[ColumnElement[bool], ...]:
    """Return what holds while a task is held by the claim that it came from."""
    mine = (_tasks.c.holder == task.holder, _tasks.c.held_until == task.held_until)
    return (_tasks.c.action_id == task.action_id, *mine)
