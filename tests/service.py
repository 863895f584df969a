"""The service as tests meet it: its application in this process, and the real one beside it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from api.app import create_app
from api.people import People
from api.services import IssueReader, Services
from events.log import EventLog
from events.signature import WebhookSecret
from events.store import Result, Store, Work
from events.wake import Wake
from people.administrators import Named
from people.attempts import Attempts
from people.doors import Doors
from people.issuing import Issuing
from people.programs import Programs
from people.recognition import Recognition
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.callers import TrustedProxies
from runtime.clock import now
from runtime.server import application_of
from runtime.settings import Settings
from runtime.wiring import wire
from simulator.delivery import JSON, headers
from tests.forkserver import Copy, copy

SECRET = "a-webhook-secret-of-the-tests"
TOKEN = "an-admin-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
RECEIVER = "/api/webhooks/github"
LOOPBACK = "http://127.0.0.1"

PROGRAM = Path(sys.executable).with_name("copilot-orchestrator")
_LISTENING = re.compile(r"^listening on (http://\S+)$", re.MULTILINE)
_HEALTH = re.compile(r"^health is told on (http://[^/\s]+)/\S+$", re.MULTILINE)
_LIMITED = ("/bin/sh", "-c", '[ -z "$0" ] || ulimit -n "$0"; exec "$@"')
_PATIENCE = 180.0  # seconds after which something that should come is taken not to
_LONGEST = 180.0  # seconds that a command may take, on a busy machine
_LOOK = 0.02


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever calls the service: GitHub with ``deliver``, a reader with ``get``."""

    http: httpx2.AsyncClient

    async def get(self, path: str, **params: str | int) -> httpx2.Response:
        """Read with the admin token."""
        return await self.http.get(path, params=params or None, headers=BEARER)

    async def deliver(
        self, event: str, payload: Mapping[str, Any] | bytes, delivery_id: str = "", **signing: str
    ) -> httpx2.Response:
        """Post a delivery as GitHub does; ``signing`` is ``secret`` or ``content_type``."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        sent = signed(event, body, delivery_id, **signing)
        return await self.http.post(RECEIVER, content=body, headers=sent)


def signed(
    event: str, body: bytes, delivery_id: str = "", secret: str = SECRET, content_type: str = JSON
) -> dict[str, str]:
    """Return the headers of a delivery, by default a new one."""
    return headers(event, delivery_id or str(uuid4()), body, secret, content_type=content_type)


@asynccontextmanager
async def client_of(app: FastAPI, base_url: str = LOOPBACK) -> AsyncIterator[Client]:
    """Call an application in this process; its lifespan is left alone."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=base_url) as http:
        yield Client(http)


@asynccontextmanager
async def client_at(url: str) -> AsyncIterator[Client]:
    """Call a service over the network."""
    async with httpx2.AsyncClient(base_url=url, timeout=_PATIENCE) as http:
        yield Client(http)


def app_over(  # noqa: PLR0913 (what a service may be handed differently)
    store: Store,
    clock: Callable[[], datetime] = now,
    *,
    secrets: tuple[str | WebhookSecret, ...] = (SECRET,),
    token: str = TOKEN,
    metrics_open: bool = False,
    issues: IssueReader | None = None,
) -> FastAPI:
    """Make the application over a store, with no background work: ``project`` does it."""
    log = EventLog(store, clock, Wake())
    known = tuple(
        WebhookSecret(name="test", value=secret.encode()) if isinstance(secret, str) else secret
        for secret in secrets
    )
    services = Services(
        version="0.0.0",
        log=log,
        store=store,
        projections=PROJECTIONS,
        progress=Wake(),
        clock=clock,
        webhook_secrets=lambda: known,
        people=people_over(store, log, clock, token),
        metrics_open=metrics_open,
        issues=lambda: issues,
    )
    return create_app(services)


def people_over(store: Store, log: EventLog, clock: Callable[[], datetime], *tokens: str) -> People:
    """Make what recognises the holders of admin tokens, and nobody else."""
    doors, named = Doors(store=store, log=log, clock=clock), Named()
    issuing = Issuing(store=store, doors=doors, clock=clock)
    recognition = Recognition(
        store=store,
        doors=doors,
        looking=None,
        issuing=issuing,
        vouching=None,
        named=named,
        admin_tokens=tokens,
        clock=clock,
    )
    attempts = Attempts(
        store=store,
        clock=clock,
        key=b"a key of the tests",
        share=TrustedProxies().share,
        every=3600,  # there may be no store to write to
    )
    return People(
        recognition=recognition,
        doors=doors,
        issuing=issuing,
        attempts=attempts,
        programs=Programs(store=store, issuing=issuing, clock=clock),
        admin_tokens=tokens,
    )


async def project(store: Store) -> None:
    """Bring every projection to the head of the log."""
    runner = Runner(PROJECTIONS, store, store)
    await runner.prepare()
    while await runner.step():
        pass


@asynccontextmanager
async def running_app(database_url: str, read_database_url: str = "") -> AsyncIterator[Client]:
    """Run the whole application in this process, background work and lifespan included."""
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        read_database_url=read_database_url,
        webhook_secret=SecretStr(SECRET),
        admin_token=SecretStr(TOKEN),
        metrics_open=False,
        log_level="info",
        log_format="auto",
    )
    app = application_of(wire(settings))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


class Unreliable:
    """A store in front of another; it fails as an absent database does in what is ``away``."""

    def __init__(self, store: Store, *away: str) -> None:
        self.away = set(away)
        self._store = store

    @property
    def dialect(self) -> str:
        return self._store.dialect

    async def append(self, work: Work[Result]) -> Result:
        self._fail("append")
        return await self._store.append(work)

    async def write(self, work: Work[Result]) -> Result:
        self._fail("write")
        return await self._store.write(work)

    async def read(self, work: Work[Result]) -> Result:
        self._fail("read")
        return await self._store.read(work)

    def _fail(self, what: str) -> None:
        if what in self.away:
            raise OperationalError("the statement", {}, ConnectionError("the database is away"))


@dataclass(frozen=True, slots=True)
class Started:
    """A running ``copilot-orchestrator start``: where it listens and what it writes."""

    process: subprocess.Popen[bytes] | Copy
    log: Path
    url: str = ""

    def logged(self) -> list[dict[str, Any]]:
        """Return the JSON lines it has logged so far."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE)


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """Return this process's environment with the service's settings, and only the given ones."""
    ours = {"database_url": database_url, "webhook_secret": SECRET, "admin_token": TOKEN}
    ours |= {"log_format": "json"} | settings
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ORCHESTRATOR_")}
    return kept | {f"ORCHESTRATOR_{name.upper()}": value for name, value in ours.items()}


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a folder of its own; ``database_url`` is among the settings."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        process = copy(arguments, folder, environment(**settings), out.fileno(), err.fileno())
        try:
            status = process.wait(_LONGEST)
        finally:
            process.kill()
        for each in (out, err):
            each.seek(0)
        return subprocess.CompletedProcess(arguments, status, out.read(), err.read())


@contextmanager
def started(  # noqa: PLR0913 (what may be different about a service)
    folder: Path,
    database_url: str,
    *arguments: str,
    role: str = "all",
    open_files: str = "",
    home: str = "",
    loaded: str = "yes",
    **settings: str,
) -> Iterator[Started]:
    """Run a real service, on a free port, until the block ends; ``open_files`` limits it.

    Its own folder is new in the given one, unless it is named. A ``loaded`` one is a copy of a
    process that has loaded the service; else the program is started, as people do.
    """
    place = folder / (home or f"service-{uuid4()}")
    place.mkdir(exist_ok=True)
    log = place / "stderr"
    command = ["start", "--port", "0", "--role", role, *arguments]
    environ = environment(database_url, **settings)
    process: subprocess.Popen[bytes] | Copy
    with log.open("wb") as target:
        if loaded and not open_files:
            process = copy(command, place, environ, target.fileno(), target.fileno())
        else:
            process = subprocess.Popen(  # noqa: S603 (our own program)
                [*_LIMITED, open_files, PROGRAM, *command],
                cwd=place,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=target,
                start_new_session=True,  # so that what it starts in turn can be ended with it
            )
    try:
        if role == "worker":
            until(lambda: _is_up(process, log, "working in the background"))
            [url] = _HEALTH.findall(log.read_text())
            yield Started(process, log, url)
        else:
            until(lambda: _is_up(process, log, "listening on"))
            [url] = _LISTENING.findall(log.read_text())
            yield Started(process, log, url)
    finally:
        _end(process)


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, and fail when it does not come to."""
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(_LOOK)


def _is_up(process: subprocess.Popen[bytes] | Copy, log: Path, line: str) -> bool:
    assert process.poll() is None, log.read_text()
    return any(each.startswith(line) for each in log.read_text().split("\n")[:-1])


def _end(process: subprocess.Popen[bytes] | Copy) -> None:
    """End a service that a test has left running, and whatever it started."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
