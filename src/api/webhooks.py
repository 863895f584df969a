"""The webhook receiver: verify, store, and only then answer."""

import asyncio
from collections.abc import Callable, Iterable
from http import HTTPStatus

import orjson
import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.body import BodyReader
from api.metrics import Metrics
from api.problems import ApiError, answer_to, describe, problem_response, request_id_of
from api.refusals import RefusalAudit
from events.append import Appended
from events.delivery import delivery_event
from events.elsewhere import Body
from events.envelope import LARGE
from events.errors import (
    DeliveryRefused,
    OrchestratorError,
    ParserFailed,
    SignatureRefused,
)
from events.log import EventLog
from events.signature import WebhookSecret, signer_of

PATH = "/api/webhooks/github"

_JSON = (b"content-type", b"application/json")
_OK, _ACCEPTED = HTTPStatus.OK.value, HTTPStatus.ACCEPTED.value  # an enum's take a call each

_log = structlog.get_logger("receiver")


# GitHub waits ten; but what was sent whole and is stored late need not be sent again, and of what
# waits there is a bounded number.
_LARGE_SECONDS = 60.0


class WebhookReceiver:
    """A plain ASGI endpoint: FastAPI's parameter machinery costs a third of the throughput."""

    def __init__(
        self,
        log: EventLog,
        secrets: Callable[[], tuple[WebhookSecret, ...]],
        audit: RefusalAudit,
        metrics: Metrics,
    ) -> None:
        self._event_log = log
        self._secrets = secrets
        self._audit = audit
        self._metrics = metrics
        self._bodies = BodyReader()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one delivery."""
        scope["state"]["route"] = PATH  # FastAPI would tell the metrics of its own routes only
        response: ASGIApp
        try:
            response = await self._receive(scope, receive)
        except ClientDisconnect:
            return
        except DeliveryRefused as error:
            response = self._refuse(scope, error)
        except OrchestratorError as error:
            response = answer_to(error, request_id_of(scope))
        await response(scope, receive, send)

    async def _receive(self, scope: Scope, receive: Receive) -> "Receipt":
        headers = by_name(scope["headers"])
        signature = self._require_signature(headers)
        async with self._bodies.read(headers, receive) as body:
            if len(body) > LARGE:
                return self._answer(scope, await self._take_large(headers, body, signature))
            signer = _signer(body, signature, self._secrets())
            [appended] = await self._event_log.append(delivery_event(headers, bytes(body), signer))
            return self._answer(scope, appended)

    async def _take_large(self, headers: dict[str, str], body: Body, signature: bytes) -> Appended:
        """Store what is large beside the event loop, within a time."""
        try:
            async with asyncio.timeout(_LARGE_SECONDS):
                signer = await asyncio.to_thread(_signer, body, signature, self._secrets())
                return await self._event_log.append_large(headers, body, signer)
        except (ParserFailed, TimeoutError) as error:
            raise ApiError(
                503,
                "large_body_not_read",
                "the body is large and could not be read in time; have it sent again",
                retry_after="60",
            ) from error

    def _require_signature(self, headers: dict[str, str]) -> bytes:
        """Refuse before a stranger's body is read, where that much is certain."""
        if not self._secrets():
            _log.error("delivery refused: there is no App and no ORCHESTRATOR_WEBHOOK_SECRET")
            raise SignatureRefused(
                "webhook_secret_not_configured",
                "no webhook secret is configured here, so that no delivery can be verified",
            )
        signature = headers.get("x-hub-signature-256")
        if not signature:
            raise SignatureRefused(
                "signature_missing", "X-Hub-Signature-256 is missing; give the webhook a secret"
            )
        return signature.encode("latin-1")

    def _answer(self, scope: Scope, appended: Appended) -> "Receipt":
        receipt = Receipt(appended)
        scope["state"] |= {"logged": receipt.logged, "is_receipt": True}
        self._metrics.delivery(receipt.outcome)
        return receipt

    def _refuse(self, scope: Scope, error: DeliveryRefused) -> Response:
        scope["state"]["logged"] = {"refused": error.code}
        self._metrics.delivery(error.code)
        response = problem_response(describe(error), request_id_of(scope))
        response.background = BackgroundTask(self._audit.refused, error.code)
        return response


class Receipt:
    """The answer to a delivery that is in the log; Starlette's would take its headers apart.

    Only who has the secret gets one, and no browser: it bears nothing of what browsers are told.
    """

    __slots__ = ("body", "headers", "logged", "outcome", "status")

    def __init__(self, appended: Appended) -> None:
        event, duplicate = appended.event, appended.duplicate
        delivery_id = str(event.id)  # asyncpg's own UUID type is none that orjson writes
        self.logged: dict[str, object] = {
            "delivery": f"{event.type}.{event.action}" if event.action else event.type,
            "delivery_id": delivery_id,
            "position": event.position,
            "duplicate": duplicate,
        }
        self.outcome = "duplicate" if duplicate else "accepted"
        self.status = _OK if duplicate else _ACCEPTED
        content = {
            "status": self.outcome,
            "delivery_id": delivery_id,
            "position": event.position,
        }
        self.body = orjson.dumps(content)
        self.headers = [(b"content-length", b"%d" % len(self.body)), _JSON]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers as text by their lower-case names; of several with one name the last."""
    return {str(name, "latin-1"): str(value, "latin-1") for name, value in headers}


def _signer(body: Body, signature: bytes, secrets: tuple[WebhookSecret, ...]) -> WebhookSecret:
    signer = signer_of(body, signature, secrets)
    if signer is None:
        raise SignatureRefused(
            "signature_wrong", "X-Hub-Signature-256 does not match; compare the secrets"
        )
    return signer
