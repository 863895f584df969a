"""Reading a stranger's request body without letting it take more than its due."""

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from api.problems import ApiError
from api.uploads import Begun
from events.elsewhere import Body
from events.envelope import LARGE
from events.errors import DeliveryTooLarge

MAX_BODY = 25 * 1024 * 1024  # GitHub sends nothing larger
MAX_ALL_BODIES = 10 * MAX_BODY  # until they are stored, in this process; beyond, none that is large
_SECONDS = 10.0  # after which GitHub has given up


class BodyReader:
    """Reads bodies whole, bounded each in size and time, and all together in size."""

    def __init__(self, most: int = MAX_BODY) -> None:
        self._most = most
        self._held = 0

    def read(self, headers: Mapping[str, str], receive: Receive) -> "BodyRead":
        """Offer the body, which counts as held until the end; a large one is held as it grew.

        Raises DeliveryTooLarge, ClientDisconnect, or ApiError (408 too slow, 503 too many).
        """
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._most:
            raise self._too_large()
        return BodyRead(self, receive)

    def let_go(self, size: int) -> None:
        """Count so many bytes as held no more."""
        self._held -= size

    async def whole(self, body: bytearray, receive: Receive) -> Body:
        """Return the body, read into ``body`` where it comes in pieces; raises as ``read`` does."""
        begun = Begun(_next_chunk(receive))
        if begun.is_over:
            chunk, more = begun.result
            if not more:
                self._refuse_too_much(len(chunk))
                return chunk  # as nearly always, and small
        try:
            async with asyncio.timeout(_SECONDS):
                chunk, more = begun.result if begun.is_over else await begun
                self._take(body, chunk)
                while more:
                    chunk, more = await _next_chunk(receive)
                    self._take(body, chunk)
                return body
        except TimeoutError as error:
            raise ApiError(408, "body_too_slow", "the body did not arrive in time") from error

    def _take(self, body: bytearray, chunk: bytes) -> None:
        body += chunk
        self._held += len(chunk)
        self._refuse_too_much(len(body))

    def _refuse_too_much(self, size: int) -> None:
        if size > self._most:
            raise self._too_large()
        if size > LARGE and self._held > MAX_ALL_BODIES:  # what is small comes through
            raise ApiError(503, "too_many_bodies", "too many large requests", retry_after="5")

    def _too_large(self) -> DeliveryTooLarge:
        return DeliveryTooLarge("body_too_large", f"the body is larger than {self._most} bytes")


class BodyRead:
    """A body while it is held; the generator that this could be took longer than all it does."""

    __slots__ = ("_body", "_reader", "_receive")

    def __init__(self, reader: BodyReader, receive: Receive) -> None:
        self._reader = reader
        self._receive = receive
        self._body = bytearray()

    async def __aenter__(self) -> Body:
        """Return the body once it is whole."""
        try:
            return await self._reader.whole(self._body, self._receive)
        except BaseException:
            self._reader.let_go(len(self._body))
            raise

    async def __aexit__(self, *_error: object) -> None:
        """Count the body as held no more."""
        self._reader.let_go(len(self._body))


async def small_body(request: Request, most: int) -> bytes:
    """Return the body of a request that is no delivery.

    Raises DeliveryTooLarge, or ApiError as BodyReader does, or when the caller has left.
    """
    try:
        async with BodyReader(most).read(request.headers, request.receive) as body:
            return bytes(body)
    except ClientDisconnect as error:
        raise ApiError(400, "body_incomplete", "the body ended before it was whole") from error


async def _next_chunk(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)
