"""Connections that cost the caller little, so that what is measured is who answers."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import uvloop

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: bytes


class Refused(Exception):
    """What should have been taken was not."""


class Caller(asyncio.Protocol):
    """One connection that is kept open; one request at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait any longer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("it was closed"))

    def data_received(self, data: bytes) -> None:
        """Give the answer to who waits, once it is whole."""
        self._received += data
        end = self._received.find(_HEAD_ENDS)
        if end < 0 or self._answer is None:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(_LENGTH)[2].partition(b"\r")[0] or 0)
        whole = end + len(_HEAD_ENDS) + length
        if len(self._received) >= whole:
            body = bytes(self._received[whole - length : whole])
            self._received.clear()
            self._answer.set_result(Answer(int(head[9:12]), body))

    @property
    def is_open(self) -> bool:
        """Whether nobody has hung up."""
        return not self._transport.is_closing()

    async def ask(self, request: bytes) -> Answer:
        """Send a request as it stands and return the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    async def must(self, request: bytes) -> Answer:
        """Ask what must be taken; raises Refused."""
        answer = await self.ask(request)
        if answer.status not in {200, 202}:
            raise Refused(f"{answer.status}: {answer.body[:500]!r}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


@asynccontextmanager
async def connected(port: int, connections: int = 1) -> AsyncIterator[list[Caller]]:
    """Open so many connections to a port of this machine."""
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(Caller, "127.0.0.1", port) for _ in range(connections)]
    callers = [caller for _, caller in pairs]
    try:
        yield callers
    finally:
        for caller in callers:
            caller.close()


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it on the loop that costs least."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
