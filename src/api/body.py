"""Reading a stranger's request body without letting it take more than its due."""

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from api.problems import ApiError
from events.elsewhere import Body
from events.errors import DeliveryTooLarge

MAX_BODY = 25 * 1024 * 1024  # GitHub sends nothing larger
MAX_ALL_BODIES = 10 * MAX_BODY  # of requests under way at once in this process
_SECONDS = 10.0  # after which GitHub has given up


class BodyReader:
    """Reads bodies whole, bounded each in size and time, and all together in size."""

    def __init__(self, most: int = MAX_BODY) -> None:
        self._most = most
        self._held = 0

    async def read(self, headers: Mapping[str, str], receive: Receive) -> Body:
        """Return the body; a large one is held once, as it grew.

        Raises DeliveryTooLarge, ClientDisconnect, or ApiError (408 too slow, 503 too many).
        """
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._most:
            raise self._too_large()
        try:
            async with asyncio.timeout(_SECONDS):
                chunk, more = await _next_chunk(receive)
                self._refuse_too_much(len(chunk))
                return await self._read_on(chunk, receive) if more else chunk
        except TimeoutError as error:
            raise ApiError(408, "body_too_slow", "the body did not arrive in time") from error

    async def _read_on(self, chunk: bytes, receive: Receive) -> Body:
        body, more = bytearray(chunk), True
        self._held += len(chunk)
        try:
            while more:
                chunk, more = await _next_chunk(receive)
                body += chunk
                self._held += len(chunk)
                self._refuse_too_much(len(body))
            return body
        finally:
            self._held -= len(body)

    def _refuse_too_much(self, size: int) -> None:
        if size > self._most:
            raise self._too_large()
        if self._held > MAX_ALL_BODIES:
            raise ApiError(503, "too_many_bodies", "too many large requests", retry_after="5")

    def _too_large(self) -> DeliveryTooLarge:
        return DeliveryTooLarge("body_too_large", f"the body is larger than {self._most} bytes")


async def small_body(request: Request, most: int) -> bytes:
    """Return the body of a request that is no delivery.

    Raises DeliveryTooLarge, or ApiError as BodyReader does, or when the caller has left.
    """
    try:
        return bytes(await BodyReader(most).read(request.headers, request.receive))
    except ClientDisconnect as error:
        raise ApiError(400, "body_incomplete", "the body ended before it was whole") from error


async def _next_chunk(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)
