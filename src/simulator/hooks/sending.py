"""Sending deliveries over HTTP, one after the other, as GitHub does."""

import time
from collections.abc import Callable

import httpx2

from simulator.delivery import headers
from simulator.hooks.attempt import NO_CONNECTION, TIMED_OUT, Delivery, Outcome
from simulator.hooks.outbox import Outbox

_PATIENCE = 10.0  # seconds in which GitHub wants an answer
_KEPT = 2000  # characters of an answer's body


class Sender:
    """Posts an outbox's deliveries to ``url``; without one they fail."""

    def __init__(self, outbox: Outbox, secret: str, now: Callable[[], str]) -> None:
        self.url: str | None = None
        self.secret = secret
        self._outbox = outbox
        self._now = now

    async def run(self) -> None:
        """Send for ever."""
        async with httpx2.AsyncClient(timeout=_PATIENCE, trust_env=False) as http:
            while True:
                delivery = await self._outbox.queue.get()
                self._outbox.finish(delivery, await self._send(http, delivery))

    async def _send(self, http: httpx2.AsyncClient, delivery: Delivery) -> Outcome:
        if self.url is None:
            return self._failed(NO_CONNECTION)
        sent = headers(delivery.event, delivery.guid, delivery.body, self.secret)
        start = time.monotonic()
        try:
            answer = await http.post(self.url, content=delivery.body, headers=sent)
        except httpx2.TimeoutException:
            return self._failed(TIMED_OUT)
        except httpx2.TransportError:
            return self._failed(NO_CONNECTION)
        fine = answer.is_success
        return Outcome(
            status="OK" if fine else f"Invalid HTTP Response: {answer.status_code}",
            status_code=answer.status_code,
            delivered_at=self._now(),
            duration=round(time.monotonic() - start, 2),
            request_headers=sent,
            response_headers=dict(answer.headers),
            response=answer.text[:_KEPT],
        )

    def _failed(self, status: str) -> Outcome:
        return Outcome(status=status, status_code=0, delivered_at=self._now())
