"""A database as the log and its readers see it: whole transactions over one Core connection."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

Result = TypeVar("Result")
Work = Callable[[Connection], Result]


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
    return isinstance(error, OperationalError | InterfaceError | OSError | TimeoutError)
