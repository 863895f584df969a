"""What a stranger may send before there is a request at all."""

import asyncio
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from runtime.protocol import MAX_HEAD
from runtime.transport import Transport
from tests.databases import SqliteTemplate
from tests.service import RECEIVER, Started, signed, started

ENDLESS = b"GET /api/health/live HTTP/1.1\r\nHost: here\r\nX-Long: "


@pytest.fixture(scope="module")
def sqlite_service(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """A running service; what is tested here comes before any database."""
    folder = tmp_path_factory.mktemp("protocol")
    with started(folder, sqlite_template.clone(folder)) as service:
        yield service


def connect(service: Started) -> socket.socket:
    host, _, port = service.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def test_a_head_without_end_is_cut_off(sqlite_service: Started) -> None:
    with connect(sqlite_service) as caller:
        caller.sendall(ENDLESS)
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            caller.sendall(b"x" * MAX_HEAD * 100)
    with connect(sqlite_service) as another:
        another.sendall(ENDLESS + b"x\r\nConnection: close\r\n\r\n")
        assert another.recv(64).startswith(b"HTTP/1.1 200")


def test_a_large_head_within_the_bound_is_served(sqlite_service: Started) -> None:
    with connect(sqlite_service) as caller:
        caller.sendall(ENDLESS + b"x" * (MAX_HEAD // 2) + b"\r\nConnection: close\r\n\r\n")
        assert caller.recv(64).startswith(b"HTTP/1.1 200")


def test_every_head_on_a_connection_has_the_bound_for_itself(sqlite_service: Started) -> None:
    request = ENDLESS + b"x" * (MAX_HEAD // 2) + b"\r\n\r\n"
    with connect(sqlite_service) as caller:
        for _ in range(5):
            caller.sendall(request)
            answer = b""
            while b'"ok"' not in answer:  # head and body may come apart
                piece = caller.recv(4096)
                assert piece, answer
                answer += piece


def test_a_delivery_is_answered_in_one_piece(sqlite_service: Started) -> None:
    head = [f"{name}: {value}" for name, value in signed("ping", b"{}").items()]
    request = "\r\n".join([f"POST {RECEIVER} HTTP/1.1", "Host: here", "Content-Length: 2", *head])
    with connect(sqlite_service) as caller:
        for _ in range(5):
            caller.sendall(f"{request}\r\n\r\n{{}}".encode())
            answer = caller.recv(4096)
            assert answer.startswith(b"HTTP/1.1 20")
            assert answer.endswith(b"}"), "the body came behind the head"


class Sink:
    """What a transport was told, in order."""

    def __init__(self) -> None:
        self.told: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def is_closing(self) -> bool:
        return "closed" in self.told

    def close(self) -> None:
        self.told.append("closed")


def test_a_head_without_a_body_is_sent_when_the_connection_closes() -> None:
    sink = Sink()
    transport = Transport(cast("asyncio.Transport", sink), lambda: None)
    transport.hold_head()
    transport.write(b"head")
    assert sink.told == []
    transport.close()
    assert sink.told == [b"head", "closed"]
