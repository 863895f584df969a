"""The append-only log: the one hand-over between what comes in and all that reads it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from events import read
from events.append import Appended
from events.appender import Appender, prepare_all
from events.elsewhere import Body
from events.envelope import Event, NewEvent
from events.github import Reading
from events.large import LargeDeliveries
from events.read import Head
from events.reading import read_facts
from events.recent import Recent
from events.signature import WebhookSecret
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
        self._appender = Appender(store, clock, self._committed)
        self.recent = Recent()
        self.large = LargeDeliveries()

    async def append(self, *new: NewEvent) -> list[Appended]:
        """Store events in one transaction; a known id changes nothing and is given back as it is.

        Raises LogUnavailable, LogOverloaded or EventRefused, and nothing is stored then.
        """
        return await self._appender.append(new)

    def enqueue(self, new: NewEvent) -> asyncio.Future[list[Appended]]:
        """Return what ``append`` would wait for, of one event; no task need wait for it.

        Raises LogOverloaded or EventRefused; LogUnavailable and EventRefused come by the future.
        """
        return self._appender.enqueue(prepare_all([new]), len(new.payload))

    async def append_large(
        self, headers: Mapping[str, str], body: Body, signer: WebhookSecret | None
    ) -> Appended:
        """Store a delivery whose signature was verified, without holding the event loop.

        Raises what ``delivery_event`` and ``append`` do, or ParserFailed; nothing is stored then.
        """
        async with self.large.taken(headers, body, signer) as prepared:
            [appended] = await self._appender.store([prepared], len(body))
            return appended

    async def head(self) -> Head:
        """Return the newest position, its time and its hash."""
        return await self._store.read(read.head)

    async def read(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events behind ``after``, in order, without a gap."""
        return await self._store.read(
            lambda connection: read.read(connection, after, limit, whole=True)
        )

    async def outlines(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events behind ``after``, in order, without payloads."""
        return await self._store.read(lambda connection: read.outlines(connection, after, limit))

    async def event(self, position: int) -> Event | None:
        """Return the event at a position, if there is one; a large payload is left out."""
        return await self._store.read(lambda connection: read.at(connection, position))

    async def raw(self, position: int) -> bytes | None:
        """Return the payload of the event at a position, as the bytes that were signed."""
        return await self._store.read(lambda connection: read.raw(connection, position))

    async def facts(self, event: Event) -> Reading:
        """Read the facts in a stored event, whether or not its payload was left out. Total."""
        if event.payload:
            return read_facts(event)
        return await self.large.facts(self._store, event)

    async def check_appendable(self) -> None:
        """Take the lock that every append takes and give it back; raises what the database does."""
        await self._store.append(_touch_head)

    def _committed(self, found: Sequence[Event]) -> None:
        """Hand on what was appended, among it perhaps what was there already, and wake readers."""
        positions = [event.position for event in found]
        self.recent.take([event for event in found if event.position > self.recent.newest])
        self.wake.signal(max(positions))

    async def drain(self) -> None:
        """Wait until all that was handed to ``append`` is stored or refused."""
        await self._appender.drain()


def _touch_head(connection: Connection) -> None:
    connection.execute(log_head.update().values(id=log_head.c.id))
