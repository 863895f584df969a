"""A caller reads each answer whole, in however many pieces it comes, and tells what was refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from benchmarks.caller import Refused, connected
from benchmarks.load import get_request

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _answering(*pieces: bytes) -> AsyncIterator[int]:
    """Answer every request by these pieces; yield the port."""

    over: list[asyncio.Task[None] | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait([each for each in over if each is not None])


async def test_it_reads_what_comes_in_pieces_and_asks_again_over_the_same_connection() -> None:
    pieces = (b"HTTP/1.1 202 Accepted\r\nContent-Le", b"ngth: 6\r\n\r", b"\nabc", b"def")
    async with _answering(*pieces) as port, connected(port) as [caller]:
        for _ in range(2):
            answer = await caller.must(get_request("/"))
            assert (answer.status, answer.body) == (202, b"abcdef")


async def test_it_tells_what_was_refused() -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno"
    async with _answering(refusal) as port, connected(port) as [caller]:
        with pytest.raises(Refused, match="401: b'no'"):
            await caller.must(get_request("/"))
