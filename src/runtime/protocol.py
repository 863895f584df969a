"""HTTP/1.1 that no caller can hold open: heads, bodies and readers are bounded in size and time.

httptools takes any number of header bytes; uvicorn reads on what nobody asked for, waits for ever
for a reader, and tells of a caller who left only the last of the requests that he sent at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, cast
from uuid import uuid4

from starlette.responses import Response
from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from api.fast_path import FastPath
from api.headers import AnswerHeaders
from api.problems import ApiError, problem_response
from api.webhooks import PATH
from runtime.connections import Connections
from runtime.transport import Transport

_PATH = PATH.encode()

MAX_HEAD = 64 * 1024  # bytes; GitHub's are under two thousand
MAX_LEFTOVER = 256 * 1024  # bytes of a body nobody wants that are still taken


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a caller may take."""

    head: float = 10.0  # to send a head once a connection is open, or a request has begun
    reading: float = 20.0  # to read of an answer what was sent, before more is
    leaving: float = 0.5  # to read an answer, where it says that nothing more will be read; less
    # than a stopping server waits for connections


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection, among the ``connections`` that the application's state holds."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._connections: Connections = app_state["connections"]
        self._patience: Patience = app_state.get("patience") or Patience()
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._fast_path: FastPath | None = app_state.get("fast_path")
        self._served: RequestResponseCycle | _Short | None = None
        self._held: bytes | None = None  # the body so far of what may go the fast path
        self._turned_away = False
        self._idle_bytes = 0  # since the head began, or there was something of a body
        self._last = self._leaving = self._in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first head, but not for ever; without room for one more say so."""
        self._told = Transport(transport, self._begin_to_close)
        super().connection_made(cast("asyncio.Transport", self._told))
        if not self._connections.open(self, self._peer()):
            self.transport.write(_refused_at_the_door())
            self.transport.close()
            return
        self._expect("head", self._patience.head, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer, and tell the request that is being served."""
        self._connections.close(self)
        for what in list(self._deadlines):
            self._stop_expecting(what)
        self.pipeline.clear()
        if self._served is not None:
            self._served.disconnected = True
            self._served.message_event.set()
        super().connection_lost(exc)

    def cut_off(self) -> None:
        """Close the connection at once, in favour of others."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse more, unless it brings nothing on; what nobody wants is thrown away."""
        self._idle_bytes += len(data)
        if self._leaving:
            if self._idle_bytes > MAX_LEFTOVER:
                self.cut_off()
            return
        super().data_received(data)
        if self._held is not None:
            self._go_the_long_way()
        if self._idle_bytes > MAX_HEAD:
            self.transport.close()
        elif (self._in_head or self._served is None) and not self.transport.is_closing():
            # A head that came whole needs no deadline: two timers a request took 5 µs.
            self._expect("head", self._patience.head, self.transport.close)

    def eof_received(self) -> None:
        """Close as the caller did, once what he still reads is sent."""
        self.transport.close()

    def on_message_begin(self) -> None:
        """Count a new head."""
        super().on_message_begin()
        self._idle_bytes = 0
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Let the request have its own bounds from here on."""
        self._in_head = False
        self._stop_expecting("head")
        if self._may_be_fast():
            self._held = b""
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take in more of a body."""
        self._idle_bytes = 0
        if self._held is None:
            super().on_body(body)
        else:
            self._held += body

    def on_message_complete(self) -> None:
        """Note that nothing more is to come of the request."""
        self._idle_bytes = 0
        if self._held is not None:
            if self._went_fast(self._held):
                self._held = None
                return
            self._go_the_long_way()
        super().on_message_complete()
        if self.cycle is self._served:
            self._connections.go_on(self)

    def on_response_complete(self) -> None:
        """Go on to the next request, unless the answer said that it was the last."""
        self._served = None
        self._connections.finish(self)
        if self._last and not self.transport.is_closing():
            self.server_state.total_requests += 1
            self._leave()
        else:
            super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for the caller to read, but not for ever."""
        super().pause_writing()
        self._connections.wait(self)
        self._expect("reading", self._patience.reading, self.cut_off)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._stop_expecting("reading")
        if self._served is not None and not self._served.more_body:
            self._connections.go_on(self)

    def _may_be_fast(self) -> bool:
        """Tell whether a request, should it come whole now, need not pass through ASGI."""
        return (
            self._fast_path is not None
            and self._served is None
            and self.url == _PATH
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not (self.expect_100_continue or self.flow.write_paused)
            and not self.parser.should_upgrade()
        )

    def _went_fast(self, body: bytes) -> bool:
        """Have a delivery that came whole stored, and answered once it is; False: it is not."""
        if self._fast_path is None or self.transport.is_closing():
            return False
        delivery = self._fast_path.verified(self.headers, body)
        if delivery is None:
            return False
        if not self._connections.begin(self, self._peer(), self.headers, delivery=True):
            self._turned_away = True
            return False
        short = self.cycle = self._served = _Short(keep_alive=self.parser.should_keep_alive())  # type: ignore[assignment]  # all that uvicorn wants of a cycle
        self._connections.go_on(self)
        stored = delivery.store(partial(self._answer_shortly, short))
        if stored is not None:
            self.tasks.add(stored)  # type: ignore[arg-type]  # it is cancelled at a stop likewise
            stored.add_done_callback(self.tasks.discard)
        return True

    def _answer_shortly(
        self, short: "_Short", status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        if short.disconnected:
            return
        if not short.keep_alive:
            headers.append((b"connection", b"close"))
        lines = [b"%s: %s\r\n" % each for each in (*self.server_state.default_headers, *headers)]
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n", body)))
        short.response_complete = True
        if not short.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _go_the_long_way(self) -> None:
        """Start what was held back as if it had not been; more of its body may come."""
        body, self._held = self._held, None
        super().on_headers_complete()
        if body:
            super().on_body(body)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._served = cycle
        headers, delivery = cycle.scope["headers"], _is_delivery(cycle.scope)
        admitted = not self._turned_away and self._connections.begin(
            self, self._peer(), headers, delivery=delivery
        )
        self._turned_away = False
        if not cycle.more_body:  # it waited behind another
            self._connections.go_on(self)
        serve = self._serving(cycle, app, delivery=delivery) if admitted else self._refusing(cycle)
        super()._start_asgi_task(cycle, serve)

    def _serving(
        self, cycle: RequestResponseCycle, app: ASGI3Application, *, delivery: bool
    ) -> ASGI3Application:
        """Let the application serve; an answer to what is not read is the connection's last.

        A delivery's answer goes out in one piece: a stream's head must not wait for its body.
        """

        async def serve(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
            async def send_begin(message: Any) -> None:  # noqa: ANN401 (ASGI's)
                if message["type"] == "http.response.start":
                    if delivery:
                        self._told.hold_head()
                    if cycle.more_body:
                        await self._begin_last(cycle, send, message)
                        return
                await send(message)

            await app(scope, receive, send_begin if delivery or cycle.more_body else send)

        return serve

    def _refusing(self, cycle: RequestResponseCycle) -> ASGI3Application:
        async def serve(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
            async def send_last(message: Any) -> None:  # noqa: ANN401 (ASGI's)
                if message["type"] == "http.response.start":
                    await self._begin_last(cycle, send, message)
                else:
                    await send(message)

            await _too_many()(scope, receive, send_last)

        return serve

    async def _begin_last(self, cycle: RequestResponseCycle, send: Any, message: Any) -> None:  # noqa: ANN401 (ASGI's)
        self._last = True
        closing = [*message.get("headers", ()), (b"connection", b"close")]
        await send(message | {"headers": closing})
        cycle.keep_alive = True  # uvicorn is not to close it: ``_leave`` does

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: it is served as if nobody had asked for another protocol."""

    def _peer(self) -> str | None:
        return self.client[0] if self.client else None

    def _leave(self) -> None:
        """Let the caller read the answer: one that closes on what it has not read takes it back."""
        self._leaving = True
        self._idle_bytes = 0
        self.pipeline.clear()
        self.flow.resume_reading()
        self.transport.write_eof()
        self._expect("leaving", self._patience.leaving, self.cut_off)

    def _begin_to_close(self) -> None:
        """Wait for the caller to read the rest; what is closing stays open until he has."""
        if self.transport.get_write_buffer_size():
            self._expect("reading", self._patience.reading, self.cut_off)

    def _expect(self, what: str, seconds: float, otherwise: Callable[[], None]) -> None:
        if what not in self._deadlines:
            self._deadlines[what] = self.loop.call_later(seconds, otherwise)

    def _stop_expecting(self, what: str) -> None:
        if deadline := self._deadlines.pop(what, None):
            deadline.cancel()


@dataclass(eq=False, slots=True)
class _Short:
    """What uvicorn wants to know of a request that is under way, of one that passes by ASGI."""

    keep_alive: bool
    response_complete: bool = False
    disconnected: bool = False
    more_body: ClassVar[bool] = False
    message_event: ClassVar[asyncio.Event] = asyncio.Event()  # for which nobody waits


def _is_delivery(scope: HTTPScope) -> bool:
    """Tell whether a request is GitHub's, as far as can be known before its body is read."""
    return (
        scope["path"] == PATH
        and scope["method"] == "POST"
        and any(name == b"x-hub-signature-256" for name, _ in scope["headers"])
    )


def _too_many() -> Response:
    """Answer in the words of all other errors, at less cost than the application's."""
    error = ApiError(503, "too_many_requests", "too many requests at once", retry_after="5")
    answer = problem_response(error, uuid4().hex)
    AnswerHeaders().complete(answer.raw_headers)
    return answer


def _refused_at_the_door() -> bytes:
    answer = _too_many()
    head = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
    head += b"connection: close\r\n"
    return b"HTTP/1.1 503 Service Unavailable\r\n" + head + b"\r\n" + bytes(answer.body)
