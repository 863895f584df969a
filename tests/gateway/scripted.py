"""A server on the loopback interface that answers what a test scripted, and records requests."""

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_PATIENCE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def bearer(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


@dataclass(frozen=True, slots=True)
class Scripted:
    """One answer to come; ``after`` is how long it takes, in seconds."""

    content: bytes
    status: int
    headers: dict[str, str]
    after: float


@dataclass(slots=True)
class Script:
    """What will be answered to what, and what was asked; the last answer to a path repeats."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    _answers: defaultdict[str, list[Scripted]] = field(default_factory=lambda: defaultdict(list))

    def on(
        self,
        request: str,
        body: object = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        after: float = 0.0,
    ) -> None:
        """Script an answer to a request such as ``GET /app``; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers[request].append(Scripted(content, status, dict(headers or {}), after))

    def take(self, asked: Asked) -> Scripted:
        self.asked.append(asked)
        answers = self._answers[f"{asked.method} {asked.path}"]
        if not answers:
            return Scripted(b'{"message":"unscripted"}', 501, {}, 0.0)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def asked_for(self, request: str) -> list[Asked]:
        """Return what was asked of a path, such as ``GET /app``."""
        return [asked for asked in self.asked if f"{asked.method} {asked.path}" == request]

    def the(self, request: str) -> Asked:
        """Return the one request for a path."""
        [asked] = self.asked_for(request)
        return asked


class ScriptedServer:
    """Runs in a thread of its own, so that a client that blocks or dies does not stop it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.script = Script(self.url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        answer = self.script.take(
            Asked(
                request.method,
                scope["raw_path"].decode(),
                dict(request.query_params),
                request.headers,
                json.loads(body) if body else None,
            )
        )
        if answer.after:
            time.sleep(answer.after)  # noqa: ASYNC251 (its own loop, in its own thread)
        await Response(
            answer.content,
            answer.status,
            {"content-type": "application/json", "x-github-request-id": "R:1"} | answer.headers,
        )(scope, receive, send)

    @contextmanager
    def running(self) -> Iterator[None]:
        server = uvicorn.Server(
            uvicorn.Config(self, lifespan="off", log_config=None, date_header=False)
        )
        thread = threading.Thread(target=server.run, args=([self._socket],))
        thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
            self._socket.close()
