"""Connections that are opened to be held: deliveries come through, whatever strangers do."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from http.client import HTTPResponse, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulator.payloads.deliveries import issues
from tests.databases import SqliteTemplate
from tests.service import BEARER, RECEIVER, Started, client_at, signed, started, until

pytestmark = pytest.mark.anyio

CAPS = {"max_connections": "48", "connections_per_address": "24", "trusted_proxies": "127.0.7.0/24"}
PROXY = "127.0.7.1"


@pytest.fixture(scope="module")
def small_service(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """A service with few connections."""
    folder = tmp_path_factory.mktemp("connections")
    with started(folder, sqlite_template.clone(folder), **CAPS) as service:
        yield service


def connect(service: Started, source: str = "127.0.0.1") -> socket.socket:
    address = urlsplit(service.url)
    to = (str(address.hostname), address.port or 0)
    return socket.create_connection(to, timeout=20, source_address=(source, 0))


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    given = {"Host": "here", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def delivery() -> bytes:
    body = json.dumps(issues()).encode()
    return request("POST", RECEIVER, signed("issues", body), body)


def status(connection: socket.socket) -> int:
    """Read one whole answer, of an endless one its head: 0 if there is none.

    Head and body may arrive apart; what was left unread would stand before the next answer.
    """
    with HTTPResponse(connection) as answer:
        try:
            answer.begin()
        except RemoteDisconnected:
            return 0
        if answer.length is not None:
            answer.read()
        return answer.status


def delivered(service: Started, source: str = "127.0.0.1") -> int:
    with connect(service, source) as connection:
        connection.sendall(delivery())
        return status(connection)


def said(service: Started, words: str) -> list[dict[str, object]]:
    return [line for line in service.logged() if words in line["event"]]


def a_head(_number: int) -> bytes:
    return b"GET /api/health/live HTTP/1.1\r\nX-Slow: "


def a_body(_number: int) -> bytes:
    return request("POST", "/api/policy/check", {"Content-Length": "1000"}) + b"{"


def a_forged_delivery(_number: int) -> bytes:
    forged = signed("issues", b"") | {"Content-Length": "1000"}
    return request("POST", RECEIVER, forged) + b"{"


def nothing(_number: int) -> bytes:
    return b""


@contextmanager
def held_open(
    service: Started,
    begin: Callable[[int], bytes],
    source: Callable[[int], str],
    many: int = 200,
) -> Iterator[list[socket.socket]]:
    """Open many connections, each with a request that does not go on."""
    with ExitStack() as stack:
        held = []
        for number in range(many):
            connection = stack.enter_context(connect(service, source(number)))
            connection.sendall(begin(number))
            held.append(connection)
        yield held


@pytest.mark.parametrize("begin", [nothing, a_head, a_body, a_forged_delivery])
def test_one_who_drips_pushes_out_only_himself(
    small_service: Started, begin: Callable[[int], bytes]
) -> None:
    with held_open(small_service, begin, lambda _number: "127.0.0.9"):
        assert delivered(small_service) == 202
        assert delivered(small_service, "127.0.0.9") == 202
    until(lambda: said(small_service, "too many connections from one address"))


@pytest.mark.parametrize("begin", [a_head, a_forged_delivery])
def test_many_who_drip_push_each_other_out(
    small_service: Started, begin: Callable[[int], bytes]
) -> None:
    with held_open(small_service, begin, lambda number: f"127.1.{number}.1"):
        assert [delivered(small_service) for _ in range(20)] == [202] * 20
    words = "too many connections; the slowest are closed"  # said once a minute
    until(lambda: said(small_service, words))
    assert {line["cap"] for line in said(small_service, words)} == {48}


def test_what_may_be_read_for_long_leaves_room_for_deliveries(small_service: Started) -> None:
    streams = request("GET", "/api/live", BEARER)
    with ExitStack() as stack:
        answers = []
        for _ in range(48):
            connection = stack.enter_context(connect(small_service, PROXY))
            connection.sendall(streams)
            answers.append(status(connection))
        assert answers == [200] * 42 + [503] * 6
        assert [delivered(small_service) for _ in range(10)] == [202] * 10
    until(lambda: said(small_service, "too many requests beside deliveries"))


def test_whom_a_proxy_names_has_a_share_and_no_other_pays(small_service: Started) -> None:
    def stream(address: str) -> bytes:
        return request("GET", "/api/live", BEARER | {"X-Forwarded-For": address})

    with ExitStack() as stack:
        answers = []
        for number in range(30):
            connection = stack.enter_context(connect(small_service, PROXY))
            connection.sendall(stream("203.0.113.7" if number < 28 else "203.0.113.8"))
            answers.append(status(connection))
    assert answers == [200] * 24 + [503] * 4 + [200] * 2


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_few_open_files_are_no_end_of_deliveries(database_url: str, tmp_path: Path) -> None:
    """A thousand connections meet the usual limit of open files; so do fewer a lower one."""
    with (
        started(tmp_path, database_url, open_files="320") as service,
        held_open(service, a_forged_delivery, lambda number: f"127.1.{number % 250}.1", 400),
    ):
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(client_at(service.url)) for _ in range(5)]
            answers = await asyncio.gather(
                *(client.deliver("issues", issues()) for client in clients)
            )
        assert {answer.status_code for answer in answers} == {202}
        until(lambda: said(service, "the limit of open files"))


def test_an_answer_to_a_body_that_is_not_read_is_the_last(small_service: Started) -> None:
    unsigned = request("POST", RECEIVER, {"Content-Length": "100000000"})
    with connect(small_service) as connection:
        connection.sendall(unsigned + b"{")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"\r\nconnection: close\r\n" in answer
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            connection.sendall(b"x" * 100_000_000)


def test_an_answer_to_a_body_that_is_read_is_not_the_last(small_service: Started) -> None:
    with connect(small_service) as connection:
        for _ in range(3):
            connection.sendall(delivery())
            assert status(connection) == 202


def test_callers_who_leave_are_no_fault(small_service: Started) -> None:
    for _ in range(40):
        connection = connect(small_service)
        connection.sendall(delivery() * 3)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    until(lambda: delivered(small_service) == 202)
    assert not [line for line in small_service.logged() if line["level"] == "error"]
