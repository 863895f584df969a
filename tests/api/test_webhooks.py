"""The receiver: every row of its table of answers, and nothing acknowledged that is not stored."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message

from events.catalogue import DeliveriesRefused, content_of
from events.elsewhere import Elsewhere
from events.envelope import Event
from events.errors import ParserFailed
from events.log import EventLog
from events.signature import WebhookSecret
from events.store import Result, Store, Work
from events.wake import Wake
from runtime.database import Database
from simulator.delivery import JSON
from simulator.payloads import a_repository, a_user
from simulator.payloads.deliveries import issues, ping, push
from tests.api.answers import assert_problem
from tests.conftest import Clock
from tests.service import (
    RECEIVER,
    SECRET,
    Client,
    Unreliable,
    app_over,
    client_of,
    signed,
    started,
)

pytestmark = pytest.mark.anyio
# Where the database has no part in what is decided, one is enough.
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
PING = b'{"zen":"Patience is a feature."}'
FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024


async def deliveries(log: EventLog) -> list[Event]:
    return [event for event in await log.read(0, 1000) if event.source == "github"]


async def test_a_delivery_is_accepted_and_stored_as_it_was_sent(
    client: Client, log: EventLog
) -> None:
    body = json.dumps(issues("opened"), indent=1).encode()
    answer = await client.deliver("issues", body, GUID)
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"status": "accepted", "delivery_id": GUID, "position": 1}
    [event] = await deliveries(log)
    assert (event.position, str(event.id), event.type, event.action) == (
        1,
        GUID,
        "issues",
        "opened",
    )
    assert event.payload.encode() == body


async def test_positions_follow_each_other(client: Client) -> None:
    answers = [await client.deliver("ping", PING) for _ in range(3)]
    assert [answer.json()["position"] for answer in answers] == [1, 2, 3]


@pytest.mark.parametrize("again", [GUID, GUID.upper()], ids=["same case", "upper case"])
async def test_a_known_delivery_is_answered_with_its_first_position(
    client: Client, log: EventLog, again: str
) -> None:
    await client.deliver("ping", PING, GUID)
    await client.deliver("ping", PING)
    answer = await client.deliver("push", b'{"other": "content"}', again)
    assert answer.status_code == 200
    assert answer.json() == {"status": "duplicate", "delivery_id": GUID, "position": 1}
    first, _second = await deliveries(log)
    assert (first.type, first.payload.encode()) == ("ping", PING)


async def test_an_upper_case_delivery_id_is_kept_in_lower_case(client: Client) -> None:
    answer = await client.deliver("ping", PING, GUID.upper())
    assert answer.json() == {"status": "accepted", "delivery_id": GUID, "position": 1}


async def test_the_same_delivery_sent_many_times_at_once_is_stored_once(
    client: Client, log: EventLog
) -> None:
    answers = await asyncio.gather(*(client.deliver("ping", PING, GUID) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    assert {answer.json()["position"] for answer in answers} == {1}
    assert len(await deliveries(log)) == 1


@on_one_database
async def test_a_missing_signature_is_refused(client: Client, log: EventLog) -> None:
    headers = signed("ping", PING)
    del headers["X-Hub-Signature-256"]
    answer = await client.http.post(RECEIVER, content=PING, headers=headers)
    assert_problem(answer, 401, "signature_missing")
    assert await deliveries(log) == []


@on_one_database
async def test_the_old_sha1_signature_alone_is_refused(client: Client, log: EventLog) -> None:
    headers = signed("ping", PING)
    headers["X-Hub-Signature"] = "sha1=" + "0" * 40
    del headers["X-Hub-Signature-256"]
    answer = await client.http.post(RECEIVER, content=PING, headers=headers)
    assert_problem(answer, 401, "signature_missing")
    assert await deliveries(log) == []


@on_one_database
@pytest.mark.parametrize(
    "signature",
    [
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "sha256=",
        "sha256",
        signed("ping", PING, secret="another")["X-Hub-Signature-256"],
        signed("ping", PING)["X-Hub-Signature-256"][:-1],
        signed("ping", PING)["X-Hub-Signature-256"] + "0",
        signed("ping", PING)["X-Hub-Signature-256"].removeprefix("sha256="),
        signed("ping", PING + b" ")["X-Hub-Signature-256"],
        "sha256=" + "\u00b2" * 64,
    ],
)
async def test_a_wrong_signature_is_refused(client: Client, log: EventLog, signature: str) -> None:
    headers = httpx2.Headers(
        {**signed("ping", PING), "X-Hub-Signature-256": signature}, encoding="latin-1"
    )
    answer = await client.http.post(RECEIVER, content=PING, headers=headers)
    assert_problem(answer, 401, "signature_wrong")
    assert await deliveries(log) == []


@on_one_database
@pytest.mark.parametrize("secret", ["", SECRET])
async def test_without_a_configured_secret_everything_is_refused(
    store: Database, log: EventLog, secret: str
) -> None:
    async with client_of(app_over(store, secrets=())) as client:
        answer = await client.deliver("ping", PING, secret=secret)
    assert_problem(answer, 401, "webhook_secret_not_configured")
    assert await deliveries(log) == []


@on_one_database
async def test_an_empty_secret_verifies_nothing(store: Database, log: EventLog) -> None:
    async with client_of(app_over(store, secrets=("",))) as client:
        answer = await client.deliver("ping", PING, secret="")
    assert_problem(answer, 401, "signature_wrong")
    assert await deliveries(log) == []


@on_one_database
async def test_the_new_and_the_old_secret_are_both_accepted(store: Database) -> None:
    async with client_of(app_over(store, secrets=("new", "old"))) as client:
        for secret, status in (("new", 202), ("old", 202), ("older", 401), ("new,old", 401)):
            answer = await client.deliver("ping", PING, secret=secret)
            assert answer.status_code == status, secret


@on_one_database
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("X-GitHub-Event", None, "event_header_missing"),
        ("X-GitHub-Event", "", "event_header_missing"),
        ("X-GitHub-Event", "pull request", "event_header_invalid"),
        ("X-GitHub-Event", "p\u00fcsh", "event_header_invalid"),
        ("X-GitHub-Event", "a" * 101, "event_header_invalid"),
        ("X-GitHub-Delivery", None, "delivery_header_missing"),
        ("X-GitHub-Delivery", "", "delivery_header_missing"),
        ("X-GitHub-Delivery", "17", "delivery_header_invalid"),
        ("X-GitHub-Delivery", GUID.replace("-", ""), "delivery_header_invalid"),
        ("X-GitHub-Delivery", f"{{{GUID}}}", "delivery_header_invalid"),
        ("X-GitHub-Delivery", f"urn:uuid:{GUID}", "delivery_header_invalid"),
        ("X-GitHub-Delivery", GUID.replace("7", "g"), "delivery_header_invalid"),
        ("X-GitHub-Delivery", GUID + "0", "delivery_header_invalid"),
        ("X-GitHub-Delivery", f"{GUID}, {GUID}", "delivery_header_invalid"),
    ],
)
async def test_a_missing_or_invalid_header_is_refused(
    client: Client, log: EventLog, name: str, value: str | None, code: str
) -> None:
    headers = signed("ping", PING)
    del headers[name]
    if value is not None:
        headers[name] = value
    sent = httpx2.Headers(headers, encoding="latin-1")
    answer = await client.http.post(RECEIVER, content=PING, headers=sent)
    assert_problem(answer, 400, code)
    assert await deliveries(log) == []


@on_one_database
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body_not_json"),
        (b'{"a":"\xff"}', "body_not_utf8"),
        (b'{"a":"\xed\xa0\x80"}', "body_not_utf8"),
        (b'{"a":1', "body_not_json"),
        (b"{'a':1}", "body_not_json"),
        (b"a=1", "body_not_json"),
        (b"[]", "body_not_object"),
        (b'"text"', "body_not_object"),
        (b"17", "body_not_object"),
        (b"null", "body_not_object"),
        (b'{"a":NaN}', "body_not_json"),
        (b'{"a":-Infinity}', "body_not_json"),
        (b'{"a":"\0"}', "body_not_json"),
        (b'{"a":1}\0', "body_not_json"),
        (b'{"a":1}{"b":2}', "body_not_json"),
        (b'{"a":' * 100_000, "body_not_json"),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", "body_not_json"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else value,
)
async def test_a_body_that_is_no_json_object_is_refused(
    client: Client, log: EventLog, body: bytes, code: str
) -> None:
    assert_problem(await client.deliver("ping", body), 400, code)
    assert await deliveries(log) == []


@on_one_database
@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"other=1",
        b"payload=%7B%7D&payload=%7B%7D",
        b"payload=%FF",
        b"payload=" + b"x" * 10,
        b"payload=%5B%5D",
        b"&".join(b"f%d=1" % number for number in range(100)),
    ],
)
async def test_a_form_without_one_json_object_is_refused(
    client: Client, log: EventLog, form: bytes
) -> None:
    answer = await client.deliver("ping", form, content_type=FORM)
    assert answer.status_code == 400, answer.text
    assert_problem(answer, 400, answer.json()["code"])
    assert await deliveries(log) == []


ODD_BODIES = [
    rb'{"a":"\ud800"}',
    b'{"a":123456789012345678901234567890}',
    b'{"a":-99999999999999999999999999}',
    b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":1e400}',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"a":1,"a":2}',
    rb'{"a":"\u0000"}',
    b"{}",
    b' \r\n\t{ "a" : 1 }\n',
]


async def test_what_a_strict_parser_stumbles_over_is_accepted_as_it_is(
    client: Client, log: EventLog
) -> None:
    for body in ODD_BODIES:
        answer = await client.deliver("ping", body)
        assert answer.status_code == 202, (body[:50], answer.text)
    assert [event.payload.encode() for event in await deliveries(log)] == ODD_BODIES


ODD_PAYLOADS: list[dict[str, object]] = [
    # without an action, without a repository, with a null sender, and then odder ones
    push(),
    issues(repository=None) | {"repository": None, "installation": None},
    ping() | {"sender": None},
    {"action": None, "sender": 17, "repository": [], "installation": "none"},
    {"action": 5},
    {"repository": {"id": 2**70}, "sender": {"id": -(2**70), "login": "x" * 1000}},
    {"issue": {"number": "seventeen", "updated_at": "yesterday"}},
]


async def test_a_payload_of_any_shape_is_accepted(client: Client, log: EventLog) -> None:
    for payload in ODD_PAYLOADS:
        answer = await client.deliver("issues", payload)
        assert answer.status_code == 202, (payload, answer.text)
    assert [json.loads(event.payload) for event in await deliveries(log)] == ODD_PAYLOADS


@on_one_database
@pytest.mark.parametrize("event", ["invented_tomorrow", "X", "a" * 100, "Issue_2"])
async def test_an_event_name_that_nobody_knows_is_accepted(
    client: Client, log: EventLog, event: str
) -> None:
    assert (await client.deliver(event, PING)).status_code == 202
    assert [each.type for each in await deliveries(log)] == [event]


@on_one_database
async def test_only_three_headers_and_a_content_type_are_needed(client: Client) -> None:
    given = signed("ping", PING)
    needed = ("Content-Type", "X-GitHub-Event", "X-GitHub-Delivery", "X-Hub-Signature-256")
    headers = {name: given[name] for name in needed}
    answer = await client.http.post(RECEIVER, content=PING, headers=headers)
    assert answer.status_code == 202


@on_one_database
@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json; charset=utf-8"])
async def test_a_content_type_may_be_written_in_any_case_and_with_a_charset(
    client: Client, content_type: str
) -> None:
    assert (await client.deliver("ping", PING, content_type=content_type)).status_code == 202


@on_one_database
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/jsonp", "multipart/form-data; boundary=x", "*"]
)
async def test_what_is_neither_json_nor_a_form_is_refused(
    client: Client, log: EventLog, content_type: str
) -> None:
    answer = await client.deliver("ping", PING, content_type=content_type)
    assert_problem(answer, 415, "media_type_unsupported")
    assert await deliveries(log) == []


@on_one_database
async def test_a_missing_content_type_is_refused(client: Client) -> None:
    headers = signed("ping", PING)
    del headers["Content-Type"]
    answer = await client.http.post(RECEIVER, content=PING, headers=headers)
    assert_problem(answer, 415, "media_type_unsupported")


async def test_a_form_is_stored_exactly_and_understood(client: Client, log: EventLog) -> None:
    payload = issues("opened", repository=a_repository("orbit-works/caf\u00e9 & co"))
    body = urlencode({"payload": json.dumps(payload)}).encode() + b"&other=%2B"
    answer = await client.deliver("issues", body, content_type=FORM)
    assert answer.status_code == 202, answer.text
    [event] = await deliveries(log)
    assert event.payload.encode() == body
    assert event.action == "opened"
    assert event.repository_id == payload["repository"]["id"]
    assert (await client.get("/api/events/1")).json()["payload"] == payload


@on_one_database
async def test_a_body_that_comes_in_pieces_is_put_together(client: Client, log: EventLog) -> None:
    body = json.dumps(issues()).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    headers = signed("issues", body)
    answer = await client.http.post(RECEIVER, content=pieces(), headers=headers)
    assert answer.status_code == 202, answer.text
    [event] = await deliveries(log)
    assert event.payload.encode() == body


class Endless:
    """A body without an end that counts how much of it was asked for."""

    def __init__(self) -> None:
        self.megabytes = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.megabytes += 1
            assert self.megabytes < 100, "it is read without a bound"
            yield b"x" * MEGABYTE


@on_one_database
async def test_a_length_over_the_bound_is_refused_before_anything_is_read(
    client: Client, log: EventLog
) -> None:
    body = Endless()
    headers = {**signed("ping", b""), "Content-Length": str(25 * MEGABYTE + 1)}
    answer = await client.http.post(RECEIVER, content=body, headers=headers)
    assert_problem(answer, 413, "body_too_large")
    assert body.megabytes == 0
    assert await deliveries(log) == []


@on_one_database
@pytest.mark.parametrize("length", ["9" * 30, "9" * 5000])
async def test_a_length_that_is_no_reasonable_number_is_refused(
    client: Client, length: str
) -> None:
    headers = {**signed("ping", b""), "Content-Length": length}
    answer = await client.http.post(RECEIVER, content=Endless(), headers=headers)
    assert_problem(answer, 413, "body_too_large")


@on_one_database
async def test_a_body_without_an_end_is_refused_at_the_bound(client: Client, log: EventLog) -> None:
    body = Endless()
    answer = await client.http.post(RECEIVER, content=body, headers=signed("ping", b""))
    assert_problem(answer, 413, "body_too_large")
    assert 25 <= body.megabytes <= 26
    assert await deliveries(log) == []


async def test_a_body_of_exactly_the_bound_is_accepted(client: Client) -> None:
    start, end = b'{"a":"', b'"}'
    body = start + b"x" * (25 * MEGABYTE - len(start) - len(end)) + end
    answer = await client.deliver("push", body)
    assert answer.status_code == 202, answer.text


@on_one_database
async def test_an_unsigned_body_is_not_even_read(client: Client) -> None:
    body = Endless()
    answer = await client.http.post(RECEIVER, content=body, headers={"X-GitHub-Event": "ping"})
    assert_problem(answer, 401, "signature_missing")
    assert body.megabytes == 0


@on_one_database
async def test_a_caller_who_hangs_up_halfway_leaves_nothing_behind(
    app: FastAPI, log: EventLog
) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": PING[:5], "more_body": True},
        {"type": "http.disconnect"},
    ]
    headers = [(k.lower().encode(), v.encode()) for k, v in signed("ping", PING).items()]
    scope = {"type": "http", "method": "POST", "path": RECEIVER, "headers": headers}
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "query_string": b"", "root_path": "", "server": None}, receive, send)
    assert sent == []
    assert await log.read(0, 10) == []


async def stalled(app: FastAPI) -> list[Message]:
    """Begin a delivery and do not go on with it; return what was answered in the end."""
    headers = [(k.lower().encode(), v.encode()) for k, v in signed("ping", PING).items()]
    scope = {"type": "http", "method": "POST", "path": RECEIVER, "headers": headers}
    sent: list[Message] = []
    pieces: list[Message] = [{"type": "http.request", "body": PING[:5], "more_body": True}]

    async def receive() -> Message:
        if not pieces:
            await asyncio.Event().wait()
        return pieces.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "query_string": b"", "root_path": "", "server": None}, receive, send)
    return sent


def assert_stopping(sent: list[Message]) -> None:
    start, body = sent
    assert start["status"] == 503
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert json.loads(body["body"])["code"] == "service_stopping"


@on_one_database
async def test_an_upload_that_stalls_while_the_service_stops_is_told_so(
    app: FastAPI, log: EventLog, capsys: pytest.CaptureFixture[str]
) -> None:
    app.state.services.stopping.set()
    async with asyncio.timeout(5):
        assert_stopping(await stalled(app))
    assert await log.read(0, 10) == []
    logged = capsys.readouterr()
    assert "rror" not in logged.out + logged.err


@on_one_database
async def test_a_delivery_that_ends_while_the_service_stops_is_accepted(
    app: FastAPI, client: Client
) -> None:
    app.state.services.stopping.set()
    assert (await client.deliver("ping", PING)).status_code == 202


@on_one_database
async def test_a_request_that_the_stopping_server_cancels_is_told_so(app: FastAPI) -> None:
    upload = asyncio.create_task(stalled(app))
    await asyncio.sleep(0.05)
    app.state.services.stopping.set()
    upload.cancel()
    assert_stopping(await upload)


@on_one_database
async def test_a_request_that_anyone_else_cancels_is_cancelled(app: FastAPI) -> None:
    upload = asyncio.create_task(stalled(app))
    await asyncio.sleep(0.05)
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload


@on_one_database
async def test_a_stop_signal_amid_an_upload_logs_no_error(
    database_url: str, tmp_path: Path
) -> None:
    with started(tmp_path, database_url) as service:
        address = urlsplit(service.url)
        headers = signed("ping", b"") | {"Host": address.netloc, "Content-Length": "100000"}
        headers["Expect"] = "100-continue"  # by which the server says that it waits for the body
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        where = (str(address.hostname), address.port or 0)
        with socket.create_connection(where, timeout=30) as caller:
            caller.sendall(f"POST {RECEIVER} HTTP/1.1\r\n{head}\r\n".encode())
            assert (await asyncio.to_thread(caller.recv, 4096)).startswith(b"HTTP/1.1 100")
            assert await asyncio.to_thread(service.stop, signal.SIGTERM) == 0
            answer = caller.recv(4096)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"service_stopping" in answer
    assert not [line for line in service.logged() if line["level"] == "error"]
    assert "Traceback" not in service.log.read_text()
    [request] = [line for line in service.logged() if line["event"] == "request"]
    assert request["status"] == 503


async def test_nothing_is_acknowledged_while_the_database_is_away(
    store: Database, log: EventLog, capsys: pytest.CaptureFixture[str]
) -> None:
    unreliable = Unreliable(store, "append")
    async with client_of(app_over(unreliable)) as client:
        refused = await client.deliver("ping", PING, GUID)
        assert_problem(refused, 503, "storage_unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert "OperationalError: the database is away" in capsys.readouterr().out
        assert await log.read(0, 10) == []
        unreliable.away.clear()
        again = await client.deliver("ping", PING, GUID)
    assert again.json() == {"status": "accepted", "delivery_id": GUID, "position": 1}


class Held:
    """A store that appends only once it is released."""

    def __init__(self, store: Store) -> None:
        self.reached, self.released = asyncio.Event(), asyncio.Event()
        self._store = store

    @property
    def dialect(self) -> str:
        return self._store.dialect

    async def append(self, work: Work[Result]) -> Result:
        self.reached.set()
        await self.released.wait()
        return await self._store.append(work)

    async def write(self, work: Work[Result]) -> Result:
        return await self._store.write(work)

    async def read(self, work: Work[Result]) -> Result:
        return await self._store.read(work)


async def test_the_answer_is_sent_only_after_the_commit(store: Database, log: EventLog) -> None:
    held = Held(store)
    async with client_of(app_over(held)) as client:
        delivery = asyncio.create_task(client.deliver("ping", PING))
        await held.reached.wait()
        for _ in range(5):  # the service goes on answering, but not to this
            assert (await client.get("/api/events/1")).status_code == 404
        assert not delivery.done()
        held.released.set()
        assert (await delivery).status_code == 202
    assert len(await log.read(0, 10)) == 1


@on_one_database
async def test_reading_the_receiver_is_not_allowed(client: Client) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await client.http.request(method, RECEIVER)
        assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "POST"


@on_one_database
@pytest.mark.parametrize("given", ["r-17", "0f6d3b0c.9f_0e", "x" * 64])
async def test_a_request_id_is_echoed(client: Client, given: str) -> None:
    headers = {**signed("ping", PING), "X-Request-ID": given}
    accepted = await client.http.post(RECEIVER, content=PING, headers=headers)
    refused = await client.http.post(RECEIVER, headers={"X-Request-ID": given})
    assert accepted.headers["x-request-id"] == refused.headers["x-request-id"] == given
    assert refused.json()["request_id"] == given


@on_one_database
@pytest.mark.parametrize("given", ["", "x" * 65, "two words", "a;b", "\u00fc"])
async def test_a_request_id_that_could_confuse_is_replaced(client: Client, given: str) -> None:
    headers = httpx2.Headers({"X-Request-ID": given}, encoding="latin-1")
    answer = await client.http.post(RECEIVER, headers=headers)
    assert answer.headers["x-request-id"] not in {given, ""}
    assert_problem(answer, 401, "signature_missing")


async def refusals(log: EventLog) -> list[DeliveriesRefused]:
    found = [content_of(event) for event in await log.read(0, 1000) if event.source != "github"]
    assert all(isinstance(content, DeliveriesRefused) for content in found)
    return [content for content in found if isinstance(content, DeliveriesRefused)]


async def test_a_refusal_is_audited(client: Client, log: EventLog, clock: Clock) -> None:
    await client.deliver("ping", PING, secret="wrong")
    [event] = await log.read(0, 10)
    assert (event.source, event.type, event.action) == ("orchestrator", "receiver", "refused")
    [refused] = await refusals(log)
    assert (refused.code, refused.count, refused.first) == ("signature_wrong", 1, clock.now)


async def test_a_flood_of_refusals_makes_few_events_and_is_counted(
    client: Client, log: EventLog, clock: Clock
) -> None:
    for _ in range(10):
        flood = (client.deliver("ping", PING, secret="wrong") for _ in range(100))
        assert {answer.status_code for answer in await asyncio.gather(*flood)} == {401}
    assert [refused.count for refused in await refusals(log)] == [1]
    started = clock.now
    clock.advance(hours=1)
    await client.deliver("ping", PING, secret="wrong")
    first, rest = await refusals(log)
    assert (first.count, rest.count) == (1, 1000)
    assert (rest.first, rest.last) == (started, started + timedelta(hours=1))
    page = (await client.http.get("/metrics")).text
    assert 'orchestrator_deliveries_total{outcome="signature_wrong"} 1001.0' in page


@on_one_database
async def test_each_reason_is_audited_apart(client: Client, log: EventLog) -> None:
    await client.deliver("ping", PING, secret="wrong")
    await client.deliver("ping", b"[]")
    await client.deliver("ping", PING, content_type="text/plain")
    codes = {refused.code for refused in await refusals(log)}
    assert codes == {"signature_wrong", "body_not_object", "media_type_unsupported"}


@on_one_database
async def test_what_strangers_send_is_not_in_the_audit(client: Client, log: EventLog) -> None:
    marker = f"marker{uuid4().hex}"
    payload = issues(sender=a_user(marker))
    await client.deliver("issues", payload, secret="wrong")
    await client.deliver(f"not an event {marker}", payload)
    await client.deliver("issues", marker.encode(), content_type=f"text/{marker}")
    events = await log.read(0, 10)
    assert len(events) == 3
    assert marker not in repr(events)
    assert SECRET not in repr(events)


@on_one_database
async def test_refusing_goes_on_while_the_database_is_away(store: Database) -> None:
    async with client_of(app_over(Unreliable(store, "append", "read"))) as client:
        assert_problem(await client.deliver("ping", PING, secret="wrong"), 401, "signature_wrong")


@on_one_database
async def test_an_answer_says_nothing_that_was_sent(client: Client) -> None:
    marker = f"marker{uuid4().hex}"
    answers: list[httpx2.Response] = [
        await client.deliver("ping", PING, secret=marker),
        await client.deliver(f"{marker} {marker}", PING),
        await client.deliver("ping", PING, marker),
        await client.deliver("ping", marker.encode()),
        await client.deliver("ping", PING, content_type=f"text/{marker}"),
    ]
    for answer in answers:
        assert answer.status_code in {400, 401, 415}
        assert marker not in answer.text


@on_one_database
async def test_the_log_a_receiver_writes_to_wakes_whoever_waits(store: Database) -> None:
    app = app_over(store)
    woken: Wake = app.state.services.log.wake
    async with client_of(app) as client:
        position = (await client.deliver("ping", PING)).json()["position"]
    assert woken.position == position == 1


BOUND = WebhookSecret(name="acme", value=b"the-secret-of-acme", owners=frozenset({"acme"}))


@pytest.mark.parametrize("content_type", [JSON, FORM])
async def test_a_bound_secret_speaks_only_for_whom_it_is_bound_to(
    store: Store, log: EventLog, content_type: str
) -> None:
    app = app_over(store, secrets=(SECRET, BOUND))
    theirs = issues("opened", repository=a_repository(full_name="zoo/pump"))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.deliver(
            "issues",
            _as_sent(theirs, content_type),
            secret="the-secret-of-acme",
            content_type=content_type,
        )
        assert_problem(answer, 403, "secret_not_bound")
        metrics = await client.get("/metrics")
    assert not await deliveries(log)
    assert "secret_not_bound" in metrics.text
    refused = [content_of(event) for event in await log.read(0, 10)]
    assert [(each.code, each.count) for each in refused if isinstance(each, DeliveriesRefused)] == [
        ("secret_not_bound", 1)
    ]


async def test_which_secret_verified_a_delivery_is_kept_and_the_secret_is_not(
    store: Store, log: EventLog
) -> None:
    app = app_over(store, secrets=(SECRET, BOUND))
    ours = issues("opened", repository=a_repository(full_name="acme/pump"), installation=None)
    async with client_of(app) as client:
        accepted = await client.deliver("issues", ours, secret="the-secret-of-acme")
        assert accepted.status_code == 202
        assert (await client.deliver("issues", ours)).status_code == 202
        shown = (await client.get("/api/events/1")).json()
    bound, plain = [json.loads(event.headers) for event in await deliveries(log)]
    assert (bound["secret"], bound["bound"]) == ("acme", "yes")
    assert "secret" in plain
    assert "bound" not in plain
    assert shown["headers"]["secret"] == "acme"
    assert "the-secret-of-acme" not in json.dumps([bound, plain, shown])


def _as_sent(payload: dict[str, object], content_type: str) -> bytes:
    text = json.dumps(payload)
    return urlencode({"payload": text}).encode() if content_type == FORM else text.encode()


@on_one_database
async def test_a_large_delivery_that_cannot_be_read_is_to_be_sent_again(
    store: Store, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_given: object, **_named: object) -> None:
        raise ParserFailed("it died")

    body = json.dumps(push()).encode() + b" " * MEGABYTE
    app = app_over(store)
    async with client_of(app) as client:
        with monkeypatch.context() as patched:
            patched.setattr("events.elsewhere.Elsewhere.call", fails)
            refused = await client.deliver("push", body, GUID)
        assert_problem(refused, 503, "large_body_not_read")
        assert refused.headers["retry-after"] == "60"
        assert await deliveries(log) == []
        assert (await client.deliver("push", body, GUID)).status_code == 202
    await app.state.services.log.large.close()


@on_one_database
async def test_bodies_count_until_they_are_stored_and_small_ones_come_through(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, go_on = asyncio.Event(), asyncio.Event()
    call = Elsewhere.call

    async def waiting(*given: Any, **named: Any) -> object:  # noqa: ANN401 (handed through)
        called.set()
        await go_on.wait()
        return await call(*given, **named)

    monkeypatch.setattr(Elsewhere, "call", waiting)
    body = json.dumps(push()).encode() + b" " * MEGABYTE
    monkeypatch.setattr("api.body.MAX_ALL_BODIES", len(body) + PIECE)
    app = app_over(store)
    async with client_of(app) as client:
        first = asyncio.create_task(in_pieces(client, body))
        await called.wait()
        refused = await in_pieces(client, body)
        assert_problem(refused, 503, "too_many_bodies")
        assert (await in_pieces(client, body[: 3 * PIECE])).status_code == 202
        go_on.set()
        assert (await first).status_code == 202
        assert (await in_pieces(client, body)).status_code == 202
    await app.state.services.log.large.close()


PIECE = 64 * 1024


async def in_pieces(client: Client, body: bytes) -> httpx2.Response:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]

    return await client.http.post(RECEIVER, content=pieces(), headers=signed("push", body))


async def test_a_large_delivery_is_shown_as_it_was_sent(store: Store) -> None:
    told = push() | {"padding": "Größe " * 100_000}
    body = json.dumps(told, ensure_ascii=False).encode()
    app = app_over(store)
    async with client_of(app) as client:
        for content_type, sent in (
            ("application/json", body),
            (FORM, urlencode({"payload": body}).encode()),
        ):
            accepted = await client.deliver("push", sent, content_type=content_type)
            path = f"/api/events/{accepted.json()['position']}"
            assert (await client.get(path)).json()["payload"] == told
            raw = await client.get(path, raw="true")
            assert (raw.content, raw.headers["content-type"]) == (sent, content_type)
    await app.state.services.log.large.close()


@on_one_database
async def test_a_large_delivery_with_a_wrong_signature_is_never_parsed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.elsewhere.Elsewhere.call", None)
    async with client_of(app_over(store)) as client:
        answer = await client.deliver("push", b"[" * MEGABYTE, secret="another")
        assert_problem(answer, 401, "signature_wrong")
