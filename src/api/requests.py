"""What every request gets: an id, a log line, and an answer even when something breaks."""

import asyncio
import re
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import ServiceStopping, describe, problem_response
from api.uploads import Upload

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HUNG_UP = 499  # what nginx made the custom: the caller left before an answer began
_QUIET = ("/api/health/", "/metrics")

_log = structlog.get_logger("api")


class RequestContext:
    """ASGI middleware: request id in, request id out, one line in the log."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(scope, self._metrics).run(self._app, receive, send)


class _Exchange:
    """One request on its way through."""

    def __init__(self, scope: Scope, metrics: Metrics) -> None:
        self.scope = scope
        self.stopping: asyncio.Event = scope["app"].state.services.stopping
        self.metrics = metrics
        self.request_id = _given_id(scope) or uuid4().hex
        self.status = 0
        self.started = perf_counter()
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def run(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = int(message["status"])  # a number to read, of whichever type
                message["headers"].append((b"x-request-id", self.request_id.encode()))
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=self.request_id)
        upload = Upload(receive, self.stopping)
        try:
            await app(self.scope, upload.receive, send_with_id)
        except asyncio.CancelledError:
            # The server cancels what is still under way some time after a stop signal.
            if self.status or not self.stopping.is_set():
                raise
            await problem_response(ServiceStopping(), self.request_id)(
                self.scope, receive, send_with_id
            )
        except Exception as error:
            if self.status:
                raise
            _log.exception("request failed")
            await problem_response(describe(error), self.request_id)(
                self.scope, receive, send_with_id
            )
        finally:
            upload.close()
            self._finish()
            structlog.contextvars.unbind_contextvars("request_id")

    def _finish(self) -> None:
        seconds = perf_counter() - self.started
        path = self.scope["path"]
        state = self.scope["state"]
        template = state.get("route") or getattr(self.scope.get("route"), "path", "unmatched")
        status = self.status or _HUNG_UP
        self.metrics.request(self.scope["method"], template, status, seconds)
        if not path.startswith(_QUIET):
            _log.info(
                "request",
                method=self.scope["method"],
                path=path,
                status=status,
                milliseconds=round(seconds * 1000, 1),
                **state.get("logged", {}),
            )


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            return text if _ID.fullmatch(text) else None
    return None
