"""Deliveries that are large: taken into the log and read from it without holding the event loop.

Their text is never a ``str`` here: making one of 25 MB holds every thread for up to 75 ms. It
stays the bytes that came, which the database reads as text; parsing happens elsewhere.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy import Connection

from events import chain, read
from events.append import Prepared, prepared_of
from events.elsewhere import Body, Elsewhere
from events.envelope import Event, NewEvent
from events.errors import ParserFailed
from events.github import Reading
from events.github.agents import known_agents
from events.parsing import facts, outlined
from events.signature import WebhookSecret
from events.store import Store

_TAKING_SECONDS = 8.0  # for one, once its turn has come; it takes a fraction of one
_LOOKS, _LOOK_SECONDS = 50, 0.1
_READING_SECONDS = 60.0  # nobody waits, and whoever reads again must find the same


class LargeDeliveries:
    """Parses large deliveries in a process of its own, which it starts when one comes."""

    def __init__(self) -> None:
        self.elsewhere = Elsewhere()
        self._turn = asyncio.Lock()  # who waits for it occupies no thread
        self._taking = 0

    @asynccontextmanager
    async def taken(
        self, headers: Mapping[str, str], body: Body, signer: WebhookSecret | None
    ) -> AsyncIterator[Prepared]:
        """Offer what is appended of a request whose signature was verified; the next one waits.

        To parse one while the database copies another would take the memory of both. Raises what
        ``delivery_event`` does, or ParserFailed: it is not known whether the body is JSON, and
        nothing was stored.
        """
        known = signer and replace(signer, value=b"")
        self._taking += 1
        try:
            async with self._turn:
                event = await self.elsewhere.call(
                    outlined, body, dict(headers), known, seconds=_TAKING_SECONDS
                )
                yield await asyncio.to_thread(_prepared, event, body)
        finally:
            self._taking -= 1

    async def facts(self, store: Store, event: Event) -> Reading:
        """Read the facts in a stored event whose payload was left out. Total, like ``read_facts``.

        What the other process dies over is parsed here: it was parsed when it was taken, and facts
        must not depend on how busy a machine was.
        """
        position = event.position
        await self._let_deliveries_by()

        def raw(connection: Connection) -> bytes:
            return read.raw(connection, position) or b""

        body = await store.read(raw)
        given = event, known_agents()
        try:
            async with self._turn:
                return await self.elsewhere.call(facts, body, *given, seconds=_READING_SECONDS)
        except ParserFailed:
            return await asyncio.to_thread(facts, body, *given)

    async def _let_deliveries_by(self) -> None:
        """Wait while GitHub does, but not for ever."""
        for _ in range(_LOOKS):
            if not self._taking:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """End the other process."""
        await self.elsewhere.close()


def _prepared(event: NewEvent, body: Body) -> Prepared:
    return prepared_of(event, chain.digest_of(body), body)
