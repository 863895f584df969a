"""Waiting for a request's body, but not for long once the service is stopping."""

import asyncio

from starlette.types import Message, Receive

from api.problems import ServiceStopping

_LOOK_SECONDS = 0.5  # less than the server's patience at a stop, after which it cancels


class Upload:
    """The body of one request on its way in.

    An upload that began before a stop signal may still end: it is given up at the next look.
    """

    def __init__(self, receive: Receive, stopping: asyncio.Event) -> None:
        self._receive = receive
        self._stopping = stopping
        self._whole = False
        self._given_up = False
        self._look: asyncio.TimerHandle | None = None
        self._wait: asyncio.Timeout | None = None

    async def receive(self) -> Message:
        """Return the next message; raises ServiceStopping while the body is not whole."""
        if self._whole:
            return await self._receive()
        if self._given_up:
            raise ServiceStopping
        if self._look is None:
            self._look_later()
        try:
            async with asyncio.timeout(None) as self._wait:
                message = await self._receive()
        except TimeoutError as error:
            if not self._given_up:
                raise
            raise ServiceStopping from error
        finally:
            self._wait = None
        if not message.get("more_body", False):
            self._whole = True
            self.close()
        return message

    def close(self) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._look = loop.call_later(_LOOK_SECONDS, self._look_now)

    def _look_now(self) -> None:
        if not self._stopping.is_set():
            self._look_later()
            return
        self._given_up = True
        if self._wait is not None:
            self._wait.reschedule(asyncio.get_running_loop().time())
