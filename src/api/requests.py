"""What every request gets: an id, a log line, and an answer even when something breaks."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from random import getrandbits
from time import perf_counter
from typing import NamedTuple

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import AnswerHeaders
from api.problems import CutOff, ServiceStopping, answer_to
from api.services import Services
from api.uploads import Upload

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HUNG_UP = 499  # what nginx made the custom: the caller left before an answer began
_QUIET = ("/api/health/", "/metrics")

_log = structlog.get_logger("api")


class RequestContext:
    """ASGI middleware: request id in, request id out, what all answers tell, a line in the log.

    A HEAD is a GET whose answer ends with its head, on every route.
    """

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._headers = AnswerHeaders(services.people.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(scope, self._services, self._headers, send).run(self._app, receive)


class _HeadTold(OSError):
    """Ends what streams to a HEAD; frameworks take an OSError for a reader who left."""


class _Exchange:
    """One request on its way through."""

    __slots__ = (
        "_headers",
        "_send",
        "method",
        "request_id",
        "scope",
        "services",
        "started",
        "status",
        "told",
    )

    def __init__(
        self, scope: Scope, services: Services, headers: AnswerHeaders, send: Send
    ) -> None:
        self.method: str = scope["method"]
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.services = services
        self.told = False  # all that a HEAD asks for
        self.request_id = request_id_for(scope["headers"])
        self.status = 0
        self.started = perf_counter()
        self._headers = headers
        self._send = send
        self.scope.setdefault("state", {})["request_id"] = self.request_id

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        structlog.contextvars.bind_contextvars(request_id=self.request_id)
        upload = Upload(receive, self.services.stopping)
        try:
            await app(self.scope, upload.receive, self.send)
        except asyncio.CancelledError:
            # The server cancels what is still under way some time after a stop signal.
            if self.status or not self.services.stopping.is_set():
                raise
            await self._answer(ServiceStopping(), receive)
        except Exception as error:
            if self.told:
                return
            if isinstance(error, CutOff):
                self._note(cut_off=str(error))
            if self.status:
                raise
            await self._answer(error, receive)
        finally:
            upload.close()
            self._finish()
            structlog.contextvars.unbind_contextvars("request_id")

    async def send(self, message: Message) -> None:
        """Send a message of the answer; its head bears the request's id and what all do."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])  # a number to read, of whichever type
            headers = message["headers"]
            headers.append((b"x-request-id", self.request_id.encode()))
            if not self.scope["state"].get("is_receipt"):
                self._headers.complete(headers)
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            await self._tell(goes_on=message.get("more_body", False))
            return
        await self._send(message)

    async def _tell(self, *, goes_on: bool) -> None:
        if not self.told:
            self.told = True
            await self._send({"type": "http.response.body", "body": b""})
        if goes_on:
            raise _HeadTold

    async def _answer(self, error: Exception, receive: Receive) -> None:
        answer = answer_to(error, self.request_id)
        await answer(self.scope, receive, self.send)

    def _note(self, **told: object) -> None:
        """Have the request's line in the log say more."""
        self.scope["state"]["logged"] = {**self.scope["state"].get("logged", {}), **told}

    def _finish(self) -> None:
        seconds = perf_counter() - self.started
        path = self.scope["path"]
        state = self.scope["state"]
        template = state.get("route") or getattr(self.scope.get("route"), "path", "unmatched")
        status = self.status or _HUNG_UP
        self.services.metrics.request(self.method, template, status, seconds)
        if not path.startswith(_QUIET):
            served = Served(self.method, path, status, seconds, state.get("logged", {}))
            tell(self.services, served, self.request_id)


class Served(NamedTuple):
    """A request that was served; ``logged`` is what else its line in the log says."""

    method: str
    path: str
    status: int
    seconds: float
    logged: Mapping[str, object]


def tell(services: Services, served: Served, request_id: str) -> None:
    """Write the line of a request into the log."""
    entry = {
        "method": served.method,
        "path": served.path,
        "status": served.status,
        "milliseconds": round(served.seconds * 1000, 1),
        **served.logged,
    }
    (services.tell_request or _tell)(entry, request_id)


def _tell(entry: dict[str, object], request_id: str) -> None:
    _log.info("request", request_id=request_id, **entry)


def request_id_for(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id that a request brings along, or a new one."""
    for name, value in headers:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            return text if _ID.fullmatch(text) else _made_up()
    return _made_up()


def _made_up() -> str:
    """Return an id of 32 hexadecimal digits; the system's randomness took 12 µs of a delivery."""
    return f"{getrandbits(128):032x}"
