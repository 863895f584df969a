"""How long a caller may take: the server's own protocol, with less patience, in a thread."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
import uvicorn

from api.metrics import Metrics
from runtime.callers import TrustedProxies
from runtime.connections import Caps, Connections
from runtime.protocol import Patience
from runtime.server import listen
from tests.service import until

IMPATIENT = Patience(head=0.3, reading=0.3, leaving=0.3)
SMALL = 4096  # bytes of a socket's buffer
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5000000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"

Answering = Callable[[Any, Any], Any]


async def short_answer(_receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"short"})


class Endless:
    """An answer that goes on until its reader is gone; ``over`` says that it came to that."""

    def __init__(self) -> None:
        self.over = threading.Event()

    async def __call__(self, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        gone = asyncio.ensure_future(self._left(receive))
        while not gone.done():
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            await asyncio.sleep(0)
        self.over.set()

    async def _left(self, receive: Any) -> None:  # noqa: ANN401 (ASGI's)
        while (await receive())["type"] != "http.disconnect":
            pass


async def last_answer(_receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
    """Answer more than the sockets hold here, and less than has the server pause before its end."""
    headers = [(b"content-length", b"40000"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * 40_000})


class ReadingOn:
    """An answer to a body that is read to its end."""

    async def __call__(self, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.request":
            await short_answer(receive, send)


class Server:
    """A running server: its address, and its open connections."""

    def __init__(self, answering: Answering) -> None:
        self.metrics = Metrics()
        self._connections = Connections(Caps(), TrustedProxies(), self.metrics)
        self._answering = answering
        self.listener = listen("127.0.0.1", 0)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        self.config = uvicorn.Config(
            self._application,
            loop="uvloop",
            http="runtime.protocol:BoundedHttpProtocol",
            ws="none",
            interface="asgi3",
            lifespan="on",
            log_config=None,
            timeout_graceful_shutdown=1,
        )

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
        if scope["type"] == "http":
            await self._answering(receive, send)
            return
        scope["state"] |= {"connections": self._connections, "patience": IMPATIENT}
        for _ in range(2):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})

    def connect(self, *sent: bytes) -> socket.socket:
        connection = socket.socket()
        connection.settimeout(20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        connection.connect(self.listener.getsockname())
        for each in sent:
            connection.sendall(each)
        return connection

    @property
    def open(self) -> float:
        return self.metrics.registry.get_sample_value("orchestrator_connections") or 0.0


@contextmanager
def serving(answering: Answering) -> Iterator[Server]:
    server = Server(answering)
    uvicorn_server = uvicorn.Server(server.config)
    thread = threading.Thread(target=uvicorn_server.run, args=[[server.listener]])
    thread.start()
    try:
        yield server
    finally:
        uvicorn_server.should_exit = True
        thread.join(20)


def rest(connection: socket.socket) -> bytes:
    """Read until the server closes, which it has to: the socket's time-out is long."""
    found = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            found += piece
    return found


def send_on(connection: socket.socket, piece: bytes, seconds: float = 0.0) -> None:
    """Send again and again, which the server has to refuse: the number is bounded, not the time."""
    pause = threading.Event()
    for _ in range(400):
        connection.sendall(piece)
        pause.wait(seconds)


def is_closed_on(connection: socket.socket, piece: bytes, seconds: float = 0.0) -> None:
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        send_on(connection, piece, seconds)


@pytest.mark.parametrize("begin", [b"", b"GET / HT", GET[:-2]])
def test_a_head_that_does_not_come_is_not_awaited(begin: bytes) -> None:
    with serving(short_answer) as server, server.connect(begin) as connection:
        assert rest(connection) == b""


@pytest.mark.parametrize("piece", [b"\r\n", b"x"])
def test_one_that_drips_is_not_awaited(piece: bytes) -> None:
    with serving(short_answer) as server, server.connect(b"\r\nGET /") as connection:
        is_closed_on(connection, piece, 0.05)


def test_line_ends_between_requests_keep_no_connection_open() -> None:
    with serving(short_answer) as server, server.connect(GET) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        is_closed_on(connection, b"\r\n", 0.05)


def test_a_body_that_nobody_reads_keeps_no_connection_open() -> None:
    with serving(short_answer) as server, server.connect(POST, b"{") as connection:
        answer = rest(connection)
        assert b"\r\nconnection: close\r\n" in answer
        assert answer.endswith(b"short\r\n0\r\n\r\n")
        is_closed_on(connection, b" ", 0.05)


@pytest.mark.parametrize("begin", [b"0\r\nX-Long: ", b"5;long="], ids=["trailer", "extension"])
def test_what_surrounds_a_body_is_bounded(begin: bytes) -> None:
    with serving(ReadingOn()) as server, server.connect(CHUNKED, begin) as connection:
        is_closed_on(connection, b"x" * 65536)


def test_a_large_body_in_chunks_is_read() -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = [CHUNKED, *[chunk] * 20, b"0\r\nX-Short: y\r\n\r\n"]
    with serving(ReadingOn()) as server, server.connect(*sent) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_who_reads_nothing_of_an_answer_is_left() -> None:
    answering = Endless()
    with serving(answering) as server, server.connect(GET):
        assert answering.over.wait(20)


def test_who_reads_nothing_of_a_last_answer_is_left() -> None:
    with serving(last_answer) as server, server.connect(GET) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        until(lambda: not server.open)
        assert len(rest(connection)) < 30_000


def test_a_caller_who_left_is_told_of_to_every_request_that_he_sent_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    left, answered = threading.Event(), threading.Event()

    async def late_answer(receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI's)
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        left.set()
        await short_answer(receive, send)
        answered.set()

    with serving(late_answer) as server, ExitStack() as stack:
        connection = stack.enter_context(server.connect(GET * 3))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        assert left.wait(20)
        assert answered.wait(20)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
