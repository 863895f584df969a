"""The short way of a delivery that came whole: verified, queued up and answered without a task.

What ASGI asks for (a task with its context, a scope, messages in and out, and a wait for each) took
as long as to verify, parse and prepare what is stored. Whatever is not plain sailing (a body in
pieces, a large one, anything that is refused) goes the long way, which answers and logs alike.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeAlias

import structlog

from api.headers import AnswerHeaders
from api.problems import ServiceStopping, answer_to
from api.requests import Served, request_id_for, tell
from api.services import Services
from api.webhooks import PATH, Receipt, by_name
from events.append import Appended
from events.delivery import delivery_event
from events.envelope import LARGE, NewEvent
from events.errors import OrchestratorError
from events.signature import signer_of

Headers: TypeAlias = list[tuple[bytes, bytes]]
Answer: TypeAlias = Callable[[int, Headers, bytes], None]
Stored: TypeAlias = asyncio.Future[list[Appended]]


class FastPath:
    """Takes deliveries from the server as they are, request id, metrics and log line included."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def verified(
        self, headers: Sequence[tuple[bytes, bytes]], body: bytes
    ) -> "VerifiedDelivery | None":
        """Return a delivery that may be stored; None: let the receiver say what it is. Total."""
        started = perf_counter()
        named = by_name(headers)
        signature = named.get("x-hub-signature-256")
        if not signature or len(body) > LARGE:
            return None
        signer = signer_of(body, signature.encode("latin-1"), self._services.webhook_secrets())
        if signer is None:
            return None
        try:
            event = delivery_event(named, body, signer)
        except OrchestratorError:
            return None
        return VerifiedDelivery(self._services, event, request_id_for(headers), started)


class VerifiedDelivery:
    """One delivery on its way into the log."""

    __slots__ = ("_answer", "_event", "_request_id", "_services", "_started")

    _answer: Answer

    def __init__(
        self, services: Services, event: NewEvent, request_id: str, started: float
    ) -> None:
        self._services = services
        self._event = event
        self._request_id = request_id
        self._started = started

    def store(self, answer: Answer) -> Stored | None:
        """Queue it up; ``answer`` is called once, with status, headers and body.

        What is returned may be cancelled, which says that the service stops. None: it is answered.
        """
        self._answer = answer
        try:
            stored = self._services.log.enqueue(self._event)
        except OrchestratorError as error:
            self._fail(error)
            return None
        stored.add_done_callback(self._stored)
        return stored

    def _stored(self, stored: Stored) -> None:
        if stored.cancelled():
            self._fail(ServiceStopping())
        elif isinstance(error := stored.exception(), Exception):
            self._fail(error)
        else:
            receipt = Receipt(stored.result()[0])
            self._services.metrics.delivery(receipt.outcome)
            self._finish(receipt.status, receipt.headers, receipt.body, receipt.logged)

    def _fail(self, error: Exception) -> None:
        with structlog.contextvars.bound_contextvars(request_id=self._request_id):
            answer = answer_to(error, self._request_id)
        headers = list(answer.raw_headers)
        AnswerHeaders(self._services.people.public_url).complete(headers)
        self._finish(answer.status_code, headers, bytes(answer.body), {})

    def _finish(
        self, status: int, headers: Headers, body: bytes, logged: dict[str, object]
    ) -> None:
        headers.append((b"x-request-id", self._request_id.encode()))
        self._answer(status, headers, body)
        seconds = perf_counter() - self._started
        self._services.metrics.request("POST", PATH, status, seconds)
        tell(self._services, Served("POST", PATH, status, seconds, logged), self._request_id)
