"""Which process does a piece of background work: a row that its holder keeps renewing.

A lease saves work; it proves nothing. What must not happen twice is guarded by itself (a
checkpoint's compare-and-set, an event's id), so clocks that differ do no harm. One that runs until
later than any holder can have said was taken while a clock was wrong, and is free.
"""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from events.statement import Statement
from events.table import table_of

LASTS = timedelta(seconds=7)  # and two till others look: a killed process is replaced within ten
_FAR = 2 * LASTS

# The time by which a lease is judged; None: the database's own clock, which all processes share.
Now: TypeAlias = datetime | None


class LeaseRow(SQLModel, table=True):
    """Who holds which lease until when."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    expires_at: datetime


_leases = table_of(LeaseRow)


def acquire(connection: Connection, name: str, holder: str, now: Now) -> bool:
    """Take or renew a lease; False while somebody else's is still running."""
    by = _by(now)
    mine = {"holder": holder, "expires_at": by + LASTS}
    free = or_(_leases.c.holder == holder, ~_runs(by))
    taken = connection.execute(update(_leases).where(_leases.c.name == name, free).values(mine))
    if taken.rowcount:
        return True
    if connection.scalar(select(_leases.c.name).where(_leases.c.name == name)):
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(_leases).values(name=name, **mine))
    except IntegrityError:  # another process was faster
        return False
    return True


def is_held(connection: Connection, name: str, holder: str, now: Now) -> bool:
    """Say whether a lease is somebody's, who keeps it until the transaction ends."""
    values: dict[str, Any] = {"lease": name, "by_whom": holder}
    if now is None:
        return bool(_HELD_BY_DATABASE.rows(connection, values))
    return bool(_HELD.rows(connection, values | {"now": now, "far": now + _FAR}))


def release(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, if it is still held, so that the next need not wait for its end."""
    held = (_leases.c.name == name, _leases.c.holder == holder)
    connection.execute(_leases.delete().where(*held))


def holder_of(connection: Connection, name: str, now: Now) -> str | None:
    """Return who holds a lease that has not run out."""
    running = (_leases.c.name == name, _runs(_by(now)))
    return connection.scalar(select(_leases.c.holder).where(*running))


def _held(runs: ColumnElement[bool]) -> Statement:
    mine = (_leases.c.name == bindparam("lease"), _leases.c.holder == bindparam("by_whom"))
    return Statement(select(_leases.c.name).where(*mine, runs).with_for_update(read=True))


def _by(now: Now) -> Any:  # noqa: ANN401 (a time, or an expression for one)
    return func.clock_timestamp() if now is None else now


def _runs(by: Any, far: Any = None) -> ColumnElement[bool]:  # noqa: ANN401 (as above)
    ends = _leases.c.expires_at
    return and_(ends > by, ends <= (by + _FAR if far is None else far))


_HELD = _held(_runs(bindparam("now"), bindparam("far")))
_HELD_BY_DATABASE = _held(_runs(func.clock_timestamp()))
