"""Which process does a piece of background work: a row that its holder keeps renewing.

A lease saves work; it proves nothing. What must not happen twice is guarded by itself (a
checkpoint's compare-and-set, an event's id), so clocks that differ do no harm.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from events.table import table_of

LASTS = timedelta(seconds=15)


class LeaseRow(SQLModel, table=True):
    """Who holds which lease until when."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    expires_at: datetime


_leases = table_of(LeaseRow)


def acquire(connection: Connection, name: str, holder: str, now: datetime) -> bool:
    """Take or renew a lease; False while somebody else's is still running."""
    mine = {"holder": holder, "expires_at": now + LASTS}
    free = or_(_leases.c.holder == holder, _leases.c.expires_at <= now)
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


def release(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, if it is still held, so that the next need not wait for its end."""
    held = (_leases.c.name == name, _leases.c.holder == holder)
    connection.execute(_leases.delete().where(*held))


def holder_of(connection: Connection, name: str, now: datetime) -> str | None:
    """Return who holds a lease that has not run out."""
    running = (_leases.c.name == name, _leases.c.expires_at > now)
    return connection.scalar(select(_leases.c.holder).where(*running))
