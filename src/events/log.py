"""The append-only log: the one hand-over between what comes in and all that reads it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from events import read
from events.append import Appended
from events.appender import Appender
from events.envelope import Event, NewEvent
from events.read import Head
from events.store import Store
from events.table import log_head
from events.wake import Wake


class EventLog:
    """Appends durably, reads in order, wakes those who wait for more.

    ``clock`` returns aware UTC time.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], wake: Wake) -> None:
        self.wake = wake
        self._store = store
        self._appender = Appender(store, clock, wake.signal)

    async def append(self, *new: NewEvent) -> list[Appended]:
        """Store events in one transaction; a known id changes nothing and is given back as it is.

        Raises LogUnavailable, LogOverloaded or EventRefused, and nothing is stored then.
        """
        return await self._appender.append(new)

    async def head(self) -> Head:
        """Return the newest position, its time and its hash."""
        return await self._store.read(read.head)

    async def read(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events behind ``after``, in order, without a gap."""
        return await self._store.read(lambda connection: read.read(connection, after, limit))

    async def outlines(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events behind ``after``, in order, without payloads."""
        return await self._store.read(lambda connection: read.outlines(connection, after, limit))

    async def event(self, position: int) -> Event | None:
        """Return the event at a position, if there is one."""
        return await self._store.read(lambda connection: read.at(connection, position))

    async def check_appendable(self) -> None:
        """Take the lock that every append takes and give it back; raises what the database does."""
        await self._store.append(_touch_head)

    async def drain(self) -> None:
        """Wait until all that was handed to ``append`` is stored or refused."""
        await self._appender.drain()


def _touch_head(connection: Connection) -> None:
    connection.execute(log_head.update().values(id=log_head.c.id))
