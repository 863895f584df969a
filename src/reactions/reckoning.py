"""Waits that were noted by another clock: as of a process that began while it was wrong.

A process measures its waits by a clock of its own that nothing corrects. What another noted, or
itself before it was started again, may lie in what is yet to come, and is reckoned anew: a wait
that has not begun begins now.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, select, update

_APART = timedelta(seconds=5)  # by which clocks of several machines may differ
_AT_ONCE = 500


def began_ahead(
    connection: Connection, table: Table, now: datetime, *which: ColumnElement[bool]
) -> bool:
    """Say whether a wait began later than now; ``which`` restricts the rows that are looked at."""
    ahead = select(table.c.since).where(table.c.since > now + _APART, *which)
    return connection.execute(ahead.limit(1)).first() is not None


def reckon_anew(
    connection: Connection, table: Table, now: datetime, *which: ColumnElement[bool]
) -> None:
    """Have waits that began later than now begin now, and last as long as they should have."""
    ahead = select(table).where(table.c.since > now + _APART, *which).limit(_AT_ONCE)
    for row in connection.execute(ahead).mappings().all():
        this = [column == row[column.name] for column in table.primary_key]
        due_at = row["due_at"] and now + (row["due_at"] - row["since"])
        connection.execute(update(table).where(*this).values(since=now, due_at=due_at))
