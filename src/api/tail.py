"""The newest events, read once for all live streams of this process."""

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from api.event_items import shown
from api.reads import Reads
from events.read import outlines
from projections.access import EVERYTHING
from projections.references import GITHUB_COM, Links

_KEPT = 1000
_BATCH = 100
_READERS = 2  # so that streams far behind leave the database to others


@dataclass(frozen=True, slots=True)
class Message:
    """An event as a stream sends it, and what it is about."""

    position: int
    repository_id: int | None
    installation_id: int | None
    text: str


class Tail:
    """Keeps the newest messages; who is farther behind reads the log, a few at a time."""

    def __init__(self, reads: Reads, links: Links = GITHUB_COM) -> None:
        self._reads = reads
        self._links = links
        self._kept: deque[Message] = deque(maxlen=_KEPT)
        self._at_head = asyncio.Lock()
        self._behind_it = asyncio.Semaphore(_READERS)

    async def after(self, position: int) -> list[Message]:
        """Return the next messages behind a position, in order, none at the head."""
        if self._keeps(position):
            return self._behind(position)
        if self._kept and position < self._kept[0].position:
            async with self._behind_it:
                return await self._read(position)
        async with self._at_head:
            return self._behind(position) if self._keeps(position) else await self._grow(position)

    def _keeps(self, position: int) -> bool:
        """Tell whether the message that comes next is kept; positions have no hole."""
        return (
            bool(self._kept) and self._kept[0].position <= position + 1 <= self._kept[-1].position
        )

    def _behind(self, position: int) -> list[Message]:
        first = position + 1 - self._kept[0].position
        return list(islice(self._kept, first, first + _BATCH))

    async def _grow(self, position: int) -> list[Message]:
        messages = await self._read(position)
        if messages and self._kept and self._kept[-1].position != position:
            self._kept.clear()  # nobody listened for a while
        self._kept.extend(messages)
        return messages

    async def _read(self, position: int) -> list[Message]:
        return await self._reads.read(
            lambda connection: self._messages(connection, position), lacks=_none
        )

    def _messages(self, connection: Connection, position: int) -> list[Message]:
        """Return what is behind a position; who may not know a repository is not told of it."""
        events = outlines(connection, position, _BATCH)
        return [
            Message(each.position, each.repository_id, each.installation_id, each.text())
            for each in shown(connection, EVERYTHING, self._links, events)
        ]


def _none(found: list[Message]) -> bool:
    return not found
