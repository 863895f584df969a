"""What a real service logs: lines that programs can read, and no secret in them."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import open_database
from simulator.payloads import a_user
from simulator.payloads.deliveries import issues
from tests.databases import SqliteTemplate
from tests.service import (
    BEARER,
    RECEIVER,
    SECRET,
    TOKEN,
    Started,
    client_at,
    environment,
    signed,
    started,
    until,
)

pytestmark = pytest.mark.anyio

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
MARKER = f"marker{uuid4().hex}"
WRONG = f"wrong{uuid4().hex}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate) -> str:
    return sqlite_template.clone(tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="module")
def service(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with started(tmp_path_factory.mktemp("logs"), url, log_level="debug") as service:
        yield service


async def test_a_delivery_is_one_line_that_says_which_and_where(service: Started) -> None:
    payload = issues(sender=a_user(MARKER))
    async with client_at(service.url) as client:
        body = json.dumps(payload).encode()
        headers = signed("issues", body, GUID) | {"X-Request-ID": "delivery-17"}
        position = (await client.http.post(RECEIVER, content=body, headers=headers)).json()[
            "position"
        ]
    line = line_of(service, "delivery-17")
    assert line["event"] == "request"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")
    assert (line["method"], line["path"], line["status"]) == ("POST", RECEIVER, 202)
    assert (line["delivery"], line["delivery_id"]) == ("issues.opened", GUID)
    assert (line["position"], line["duplicate"]) == (position, False)
    assert line["milliseconds"] > 0


def line_of(service: Started, request_id: str) -> dict[str, Any]:
    """Wait for the line of a request, which is written after its answer; return it."""

    def found() -> list[dict[str, Any]]:
        lines = service.logged()
        return [
            each
            for each in lines
            if (each["event"], each.get("request_id")) == ("request", request_id)
        ]

    until(found)
    [line] = found()
    return line


async def test_header_names_are_taken_in_any_case(service: Started) -> None:
    async with client_at(service.url) as client:
        for rename in (str.upper, str.lower, str.title, str.swapcase):
            headers = {rename(name): value for name, value in signed("ping", b"{}").items()}
            answer = await client.http.post(RECEIVER, content=b"{}", headers=headers)
            assert answer.status_code == 202


async def test_a_refusal_is_one_line_that_says_why(service: Started) -> None:
    async with client_at(service.url) as client:
        answer = await client.deliver("issues", issues(sender=a_user(MARKER)), secret=WRONG)
    request_id = answer.headers["x-request-id"]
    line = line_of(service, request_id)
    assert (line["status"], line["refused"]) == (401, "signature_wrong")


async def test_health_and_metrics_make_no_lines(service: Started) -> None:
    async with client_at(service.url) as client:
        for path in ("/api/health/live", "/api/health/ready", "/metrics"):
            assert (await client.get(path)).status_code == 200
        last = (await client.get("/api/events", type="a-last-line")).headers["x-request-id"]
    line_of(service, last)
    paths = {line.get("path") for line in service.logged()}
    assert "/api/events" in paths
    assert not {path for path in paths if path and path.startswith(("/api/health", "/metrics"))}


async def test_a_failing_insert_does_not_quote_the_payload(service: Started, url: str) -> None:
    with sqlite3.connect(str(make_url(url).database)) as beside:
        beside.execute(
            "CREATE TRIGGER disk_on_fire BEFORE INSERT ON events WHEN NEW.type = 'fire' "
            "BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
        )
    beside.close()
    async with client_at(service.url) as client:
        answer = await client.deliver("fire", {"secret": MARKER})
    assert answer.status_code == 503
    assert MARKER not in answer.text
    line_of(service, answer.headers["x-request-id"])
    failed = [line for line in service.logged() if line["event"] == "request failed"]
    assert [line["code"] for line in failed] == ["event_refused"]
    assert MARKER not in service.log.read_text()


async def test_no_secret_token_or_payload_is_ever_logged_or_recorded(
    service: Started, url: str
) -> None:
    body = json.dumps(issues(sender=a_user(MARKER))).encode()
    async with client_at(service.url) as client:
        await client.deliver("issues", body)
        await client.deliver("issues", body, secret=WRONG)
        await client.deliver("issues", MARKER.encode())
        await client.deliver(f"no event {MARKER}", body)
        await client.deliver("issues", body, content_type=f"text/{MARKER}")
        await client.deliver("issues", body, MARKER)
        await client.get("/api/dashboard")
        await client.http.get("/api/dashboard", headers={"Authorization": f"Bearer {WRONG}"})
        await client.http.get("/api/live", headers=BEARER | {"Last-Event-ID": "x"})
        for secret in (SECRET, TOKEN, f"ghu_{WRONG}"):
            await client.get(f"/api/repositories/{secret}")
            await client.http.get("/api/me", headers={"X-Request-ID": secret})
        last = (await client.get("/api/events")).headers["x-request-id"]
    line_of(service, last)
    assert len(service.logged()) > 10
    signature = signed("issues", body)["X-Hub-Signature-256"].removeprefix("sha256=")
    hidden = (SECRET, TOKEN, WRONG, MARKER, signature, signature[:20])
    found = service.log.read_text()
    assert [text for text in hidden if text in found] == []
    ours = [event for event in await recorded(url) if "orchestrator" in event]
    assert any("refused" in event for event in ours)
    assert [text for text in hidden for event in ours if text in event] == []
    assert not [
        text for text in (SECRET, TOKEN, WRONG, signature) if text in "".join(await recorded(url))
    ]


async def recorded(url: str) -> list[str]:
    database = open_database(url)
    try:
        events = await EventLog(database, now, Wake()).read(0, 1000)
    finally:
        await database.close()
    return [repr(event) for event in events]


def test_every_line_after_the_greeting_is_json(service: Started) -> None:
    greeting = f"listening on {service.url}\n"
    until(lambda: service.log.read_text().partition(greeting)[2])
    _, _, lines = service.log.read_text().partition(greeting)
    parsed = [json.loads(line) for line in lines.splitlines()]
    assert parsed
    assert all({"event", "level", "timestamp"} <= set(line) for line in parsed)


SPOKEN = """
import logging, sys, structlog
from runtime.logs import configure_logs
configure_logs(sys.argv[1], sys.argv[2])
log = structlog.get_logger("test")
secrets = {name: "hunter2" for name in ("password", "api_token", "Authorization", "webhook_secret",
    "signature", "payload", "X_Hub_Signature", "SECRET_KEY")}
log.info("ours", number=17, **secrets)
log.debug("quiet")
logging.getLogger("theirs").warning("a library's %s", "word", extra={"token": "hunter2"})
logging.getLogger("theirs").info("chatter")
def fail(password):
    raise ValueError("broken")
try:
    fail("hunter2")
except ValueError:
    log.exception("ours failed")
    logging.getLogger("theirs").exception("theirs failed")
"""


REQUEST = """
import sys, structlog
from runtime.logs import configure_logs, tell_request
configure_logs(sys.argv[1], sys.argv[2])
entry = {"method": "POST", "path": "/api/\\u00fc", "status": 202, "milliseconds": 1.5}
structlog.contextvars.bind_contextvars(request_id="one-17")
structlog.get_logger("api").info("request", **entry)
tell_request(entry, "one-17")
"""


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_request_is_told_as_structlog_would_tell_it(style: str, tmp_path: Path) -> None:
    first, second = spoken("info", style, tmp_path, REQUEST).splitlines()
    assert "one-17" in first
    assert without_time(first) == without_time(second)


def test_a_request_is_not_told_below_its_level(tmp_path: Path) -> None:
    assert spoken("warning", "json", tmp_path, REQUEST) == ""


def without_time(line: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", line)


def spoken(level: str, style: str, folder: Path, said: str = SPOKEN) -> str:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", said, level, style],
        cwd=folder,
        env=environment("") | {"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == ""
    return done.stderr


def test_json_lines_hide_what_is_secret_by_name(tmp_path: Path) -> None:
    text = spoken("info", "json", tmp_path)
    assert "hunter2" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in lines] == [
        "ours",
        "a library's word",
        "ours failed",
        "theirs failed",
    ]
    first, second, third, fourth = lines
    assert first["number"] == 17
    assert {first[name] for name in ("password", "api_token", "Authorization", "payload")} == {
        "[hidden]"
    }
    assert (second["level"], second["logger"]) == ("warning", "theirs")
    assert "ValueError: broken" in third["exception"]
    assert "ValueError: broken" in fourth["exception"]


def test_lines_for_a_terminal_hide_it_as_well(tmp_path: Path) -> None:
    text = spoken("debug", "console", tmp_path)
    assert "hunter2" not in text
    assert "quiet" in text
    assert text.count("ValueError: broken") == 2


def test_automatic_is_json_where_there_is_no_terminal(tmp_path: Path) -> None:
    assert all(json.loads(line) for line in spoken("error", "auto", tmp_path).splitlines())


UNSAYABLE = """
import logging, structlog
from runtime.logs import configure_logs
class Odd:
    def __str__(self): raise ValueError("no")
    __repr__ = __str__
for style in ("json", "console"):
    configure_logs("info", style)
    log = structlog.get_logger("test")
    log.info("ours", odd=Odd())
    log.info("half an emoji", text="\\ud83d")
    logging.getLogger("theirs").warning("theirs %d", "is no number")
    log.info("after")
"""


def test_what_cannot_be_rendered_is_said_without_it_and_raises_nothing(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", UNSAYABLE],
        cwd=tmp_path,
        env=environment("") | {"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines[:4]] == [
        "'ours'",
        "'half an emoji'",
        "'theirs %d'",
        "after",
    ]
    assert [line.get("unsaid") for line in lines[:4]] == [
        "TypeError",
        "TypeError",
        "TypeError",
        None,
    ]
    assert done.stderr.count("after") == 2
