"""A relay for machines that GitHub does not reach: channels that hand on what is posted to them."""

import asyncio
import base64
import json
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from simulator.payloads import Payload
from simulator.serving import listen, served

_CHANNEL = re.compile(r"[A-Za-z0-9_-]{1,128}")
_LARGEST = 25_000_000  # bytes of a body, as large as GitHub's get
_PING_SECONDS = 30.0
_STREAM = "text/event-stream"


class Relay:
    """Serves channels on a free loopback port: ``POST`` puts in, ``GET`` listens by a stream.

    An event's data is a JSON object: the request's headers by their lower-case names, ``query``,
    ``timestamp`` in milliseconds, and the body. One that ``keeps_bytes`` gives it as base64 in
    ``bodyB``, as gosmee does; else it is in ``body`` as the object that it was, as smee.io does, so
    that who writes it as text again has other bytes than were signed. Nobody listening, it is lost.
    The stream begins with the event ``ready``, and now and then brings a ``ping``.
    """

    def __init__(self, *, keeps_bytes: bool = True, port: int = 0) -> None:
        self.url = ""
        self._keeps_bytes = keeps_bytes
        self._port = port
        self._listeners: dict[str, set[asyncio.Queue[bytes | None]]] = defaultdict(set)
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        listener = listen("127.0.0.1", self._port)
        self.url = "http://{}:{}".format(*listener.getsockname())
        routes = [
            Route("/{channel}", self._post, methods=["POST"]),
            Route("/{channel}", self._get, methods=["GET"]),
        ]
        await self._running.enter_async_context(served(Starlette(routes=routes), listener))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        for channel in list(self._listeners):
            self.hang_up(channel)
        return await self._running.__aexit__(kind, error, traceback)

    def listening(self, channel: str) -> int:
        """Return how many listen to a channel."""
        return len(self._listeners[channel])

    def hang_up(self, channel: str) -> None:
        """Let the streams of a channel end, as a relay that restarts would."""
        for queue in self._listeners[channel]:
            queue.put_nowait(None)

    async def _post(self, request: Request) -> Response:
        channel, body = request.path_params["channel"], await request.body()
        if not _CHANNEL.fullmatch(channel) or len(body) > _LARGEST:
            return Response(status_code=400)
        try:
            event = self._event(request, body)
        except ValueError:
            return Response(status_code=400)
        for queue in self._listeners[channel]:
            queue.put_nowait(event)
        return Response(status_code=202 if self._keeps_bytes else 200)

    async def _get(self, request: Request) -> Response:
        channel = request.path_params["channel"]
        if not _CHANNEL.fullmatch(channel):
            return Response(status_code=400)
        if _STREAM not in request.headers.get("accept", ""):
            return Response("Listen by an event stream.", media_type="text/plain")
        headers = {"cache-control": "no-cache"}
        return StreamingResponse(self._stream(channel), headers=headers, media_type=_STREAM)

    def _event(self, request: Request, body: bytes) -> bytes:
        """Build an event's data; ValueError for a body that is no JSON object, where it must be."""
        told: Payload = dict(request.headers)
        if self._keeps_bytes:
            told["bodyB"] = base64.b64encode(body).decode()
        else:
            told["body"] = json.loads(body)
            if not isinstance(told["body"], dict):
                raise ValueError
        told["query"] = dict(request.query_params)
        told["timestamp"] = int(time.time() * 1000)
        return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()

    async def _stream(self, channel: str) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listeners[channel].add(queue)
        number = 0
        try:
            yield b"id: 0\nevent: ready\ndata: {}\n\n"
            while True:
                number += 1
                try:
                    data = await asyncio.wait_for(queue.get(), _PING_SECONDS)
                except TimeoutError:
                    yield b"id: %d\nevent: ping\ndata: {}\n\n" % number
                    continue
                if data is None:
                    return
                yield b"id: %d\ndata: %b\n\n" % (number, data)
        finally:
            self._listeners[channel].discard(queue)
