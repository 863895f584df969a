"""Deliveries that come whole pass by ASGI; nobody can tell but by the time that they take."""

import json
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import make_url

from tests.databases import SqliteTemplate
from tests.service import BEARER, RECEIVER, Started, signed, started, until

BODY = b'{"action":"opened","repository":{"id":7}}'
LOGGED = {"timestamp", "request_id", "milliseconds", "position"}  # differ between any two


@pytest.fixture(scope="module")
def service(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """A running service that receives only; the database behind it is no matter here."""
    folder = tmp_path_factory.mktemp("fast-path")
    with started(folder, sqlite_template.clone(folder), role="web") as running:
        yield running


def connect(service: Started) -> socket.socket:
    host, _, port = service.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def head(body: bytes, *more: str, delivery_id: str = "", **signing: str) -> bytes:
    sent = [
        f"{name}: {value}" for name, value in signed("issues", body, delivery_id, **signing).items()
    ]
    lines = [f"POST {RECEIVER} HTTP/1.1", "Host: here", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *sent, *more, "", ""]).encode()


def answer(caller: socket.socket) -> tuple[bytes, dict[str, str], bytes]:
    """Read one answer: its status line, its headers, its body."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(caller)
    first, _, body = found.partition(b"\r\n\r\n")
    status, *lines = first.split(b"\r\n")
    headers = dict(line.decode().split(": ", 1) for line in lines)
    while len(body) < int(headers["content-length"]):
        body += _more(caller)
    return status, headers, body


def _more(caller: socket.socket) -> bytes:
    piece = caller.recv(65536)
    assert piece, "the connection was closed"
    return piece


def whole(caller: socket.socket, begun: bytes, body: bytes) -> None:
    caller.sendall(begun + body)


def in_pieces(caller: socket.socket, begun: bytes, body: bytes) -> None:
    """Send it so that it cannot be read at once."""
    caller.sendall(begun)
    time.sleep(0.2)
    caller.sendall(body)


def told(
    service: Started, send: Callable[[socket.socket, bytes, bytes], None], begun: bytes, body: bytes
) -> tuple[object, ...]:
    """Send a delivery; return what is answered and logged of it, without what differs anyway."""
    before = len(service.logged())
    with connect(service) as caller:
        send(caller, begun, body)
        status, headers, content = answer(caller)
    request_id = headers.pop("x-request-id")
    assert headers.pop("date")
    until(lambda: lines_of(service, before, request_id))
    [line] = lines_of(service, before, request_id)
    shown = json.loads(content)
    if "position" in shown:
        assert shown.pop("position") == line["position"]
    else:
        assert shown.pop("request_id") == request_id
    return status, headers, shown, {k: v for k, v in line.items() if k not in LOGGED}


def lines_of(service: Started, behind: int, request_id: str) -> list[dict[str, Any]]:
    found = service.logged()[behind:]
    return [each for each in found if each.get("request_id") == request_id]


def counted(service: Started) -> list[str]:
    page = httpx2.get(f"{service.url}/metrics", headers=BEARER).text.splitlines()
    ours = ("orchestrator_deliveries_total", "orchestrator_request_seconds_count")
    return [line for line in page if line.startswith(ours) and "metrics" not in line]


@pytest.mark.parametrize(
    ("body", "signing"),
    [
        (BODY, {}),
        (
            b'payload=%7B"action"%3A"opened"%7D',
            {"content_type": "application/x-www-form-urlencoded"},
        ),
        (BODY, {"secret": "another"}),
        (b"[]", {}),
        (BODY, {"content_type": "text/plain"}),
        (b"", {}),
    ],
    ids=["JSON", "a form", "a wrong signature", "no object", "another media type", "nothing"],
)
def test_what_comes_whole_is_answered_logged_and_counted_like_what_does_not(
    service: Started, body: bytes, signing: dict[str, str]
) -> None:
    first, second = str(uuid4()), str(uuid4())
    long_way = told(service, in_pieces, head(body, delivery_id=first, **signing), body)
    before = counted(service)
    short_way = told(service, whole, head(body, delivery_id=second, **signing), body)
    after = counted(service)
    assert repr(short_way).replace(second, first) == repr(long_way)
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 2


def test_a_known_delivery_is_answered_with_its_first_position(service: Started) -> None:
    begun = head(BODY, "X-Request-ID: of-ours")
    with connect(service) as caller:
        whole(caller, begun, BODY)
        status, headers, first = answer(caller)
        assert status == b"HTTP/1.1 202 Accepted"
        assert headers["x-request-id"] == "of-ours"
        whole(caller, begun, BODY)
        status, _, again = answer(caller)
    assert status == b"HTTP/1.1 200 OK"
    assert json.loads(again) == json.loads(first) | {"status": "duplicate"}


def test_requests_that_are_sent_at_once_are_answered_in_their_order(service: Started) -> None:
    first, second = str(uuid4()), str(uuid4())
    live = b"GET /api/health/live HTTP/1.1\r\nHost: here\r\n\r\n"
    with connect(service) as caller:
        one, two = (head(BODY, delivery_id=each) + BODY for each in (first, second))
        caller.sendall(one + live + two + live)
        answers = [json.loads(each).get("delivery_id") for each in read_bodies(caller, 4)]
    assert answers == [first, None, second, None]


def read_bodies(caller: socket.socket, number: int) -> list[bytes]:
    found, bodies = b"", list[bytes]()
    while len(bodies) < number:
        first, ended, rest = found.partition(b"\r\n\r\n")
        size = first.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if ended and len(rest) >= int(size):
            bodies.append(rest[: int(size)])
            found = rest[int(size) :]
        else:
            found += _more(caller)
    return bodies


def test_a_connection_is_closed_behind_the_answer_where_the_caller_asks_for_it(
    service: Started,
) -> None:
    with connect(service) as caller:
        whole(caller, head(BODY, "Connection: close"), BODY)
        status, headers, _ = answer(caller)
        assert status == b"HTTP/1.1 202 Accepted"
        assert headers["connection"] == "close"
        assert caller.recv(1) == b""


def test_a_delivery_whose_caller_left_is_stored(service: Started) -> None:
    delivery_id = str(uuid4())
    with connect(service) as caller:
        whole(caller, head(BODY, delivery_id=delivery_id), BODY)
    until(lambda: any(each.get("delivery_id") == delivery_id for each in service.logged()))
    with connect(service) as caller:
        whole(caller, head(BODY, delivery_id=delivery_id), BODY)
        assert json.loads(answer(caller)[2])["status"] == "duplicate"


def test_a_delivery_that_cannot_be_stored_before_the_service_stops_is_told_so(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    url = sqlite_template.clone(tmp_path)
    with started(tmp_path, url, role="web") as service, connect(service) as caller:
        assert httpx2.get(f"{service.url}/api/health/live", timeout=60).is_success
        with closing(sqlite3.connect(make_url(url).database or "")) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody else can write
            whole(caller, head(BODY), BODY)
            assert httpx2.get(f"{service.url}/api/health/live").is_success  # and it was read
            service.process.send_signal(signal.SIGTERM)
            status, headers, body = answer(caller)
        assert status == b"HTTP/1.1 503 Service Unavailable"
        assert headers["connection"] == "close"
        assert json.loads(body)["code"] == "service_stopping"
        assert service.process.wait(60) == 0


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Transfer-Encoding: chunked, identity",
        b"Content-Length: +5",
    ],
)
def test_a_body_that_ends_in_two_places_is_refused(service: Started, framing: bytes) -> None:
    """What a proxy takes for the end may be another to us: a request could hide behind it."""
    hidden = b"0\r\n\r\nGET /api/health/live HTTP/1.1\r\nHost: here\r\n\r\n"
    with connect(service) as caller:
        caller.sendall(
            b"POST /api/pause HTTP/1.1\r\nHost: here\r\n" + framing + b"\r\n\r\n" + hidden
        )
        said = b""
        while piece := caller.recv(65536):
            said += piece
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1


def test_no_answer_says_what_serves_it(service: Started) -> None:
    for method, path in (("GET", "/api/health/live"), ("POST", RECEIVER), ("TRACE", "/")):
        found = httpx2.request(method, f"{service.url}{path}")
        assert not {"server", "x-powered-by", "via"} & set(found.headers)
        assert found.headers["x-content-type-options"] == "nosniff"
