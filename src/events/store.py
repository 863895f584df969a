"""A database as the log and its readers see it: whole transactions over one Core connection."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

# SQLSTATE classes (PostgreSQL's manual, appendix A) that blame the server or the connection:
# 08 connection, 25 transaction state (read-only), 28 login, 3D no such database, 40 rolled back,
# 53 resources, 55 not ready, 57 operator, 58 system, F0 configuration, XX internal. asyncpg names
# the state where other drivers raise OperationalError.
_OUTAGES = ("08", "25", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX")
_CAUSES = (OperationalError, InterfaceError, PoolTimeout, OSError, TimeoutError)


class Store(Protocol):
    """Runs a function in one transaction: committed when it returns, undone when it raises.

    The function may run on another thread, and more than once is never. What the database
    throws comes out unchanged.
    """

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    async def append(self, work: Work[Result]) -> Result:
        """Run an append to the log: ahead of other writes, durable when this returns."""
        ...

    async def write(self, work: Work[Result]) -> Result:
        """Run any other write; keep it to some 20 ms, since appends wait behind it."""
        ...

    async def read(self, work: Work[Result]) -> Result:
        """Run reads that all see one snapshot; keep it short."""
        ...


def is_outage(error: BaseException) -> bool:
    """Tell whether the database, rather than what it was given, is at fault."""
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_OUTAGES)
    # SQLite raises a bare DatabaseError when the file is damaged or is no database.
    return isinstance(error, _CAUSES) or type(error) is DatabaseError


def named(error: BaseException) -> str:
    """Name an error; of an outage say besides, in one line, what the database or system said.

    Not of what it was given: that may be a payload, which asyncpg quotes in an InterfaceError.
    """
    name = type(error).__name__
    if isinstance(error, InterfaceError) or not is_outage(error):
        return name
    words = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()
    return f"{name}: {words[0][:200]}" if words else name
