"""What is to be sent of all that happens, how it is sent, and the list of what was."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from uuid import NAMESPACE_OID, uuid5

import httpx2
import orjson

from simulator.clock import Clock
from simulator.delivery import headers
from simulator.draws import Seed
from simulator.hooks.attempt import NO_CONNECTION, TIMED_OUT, Attempt, Delivery, Outcome
from simulator.hooks.holds import Hold
from simulator.payloads.payload import API
from simulator.plan import Faults
from simulator.state.app import ALWAYS_DELIVERED, App
from simulator.state.happenings import Happening

_PATIENCE = 10.0  # seconds in which GitHub wants an answer
_KEPT = 2000  # characters of an answer's body


class Outbox:
    """Deliveries on their way to the App's webhook; ``api_url`` is the root of their addresses.

    ``idle`` is set while none is on its way. While ``spacious``, bodies are
    written with spaces, as no relay writes them anew.
    """

    def __init__(self, app: App, clock: Clock, seed: Seed, now: Callable[[], str]) -> None:
        self.api_url = API
        self.faults = Faults()
        self.spacious = False
        self.attempts: list[Attempt] = []
        self.holds: list[Hold] = []
        self.queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self.idle = asyncio.Event()
        self._underway = 0
        self._app = app
        self._clock = clock
        self._seed = seed
        self._now = now
        self._ids = count(20_000_000_001)
        self.idle.set()

    def take(self, happening: Happening) -> None:
        """Send what happened, if the App hears of it, unless something goes wrong with it."""
        name = happening.name
        if not self._is_heard(happening):
            return
        if self._goes_wrong(self.faults.lost, "lost", name):
            return
        delivery = self._delivery_of(happening)
        if any(hold.takes(happening, delivery) for hold in self.holds):
            return
        if self._goes_wrong(self.faults.dropped, "dropped", name):
            dropped = Outcome(status=NO_CONNECTION, status_code=0, delivered_at=self._now())
            self.record(delivery, dropped)
            return
        delayed = self._goes_wrong(self.faults.delayed, "delayed", name)
        self._send_after(self._span("delay", name) if delayed else 0, delivery)
        if self._goes_wrong(self.faults.duplicated, "duplicated", name):
            self._send_after(self._span("second", name), delivery)

    def hold(
        self, event: str, action: str | None, only: Callable[[Happening], bool] = lambda _: True
    ) -> Hold:
        """Hold back what is to be sent from now on of an event, until it is released."""
        hold = Hold(event, action, only, lambda delivery: self._send_after(0, delivery))
        self.holds.append(hold)
        return hold

    def send_again(self, happening: Happening) -> None:
        """Send something once more as if it were new, under its GUID."""
        self._send_after(0, self._delivery_of(happening))

    def redeliver(self, attempt: Attempt) -> None:
        """Send a delivery once more, under its GUID."""
        self._send_after(0, replace(attempt.delivery, redelivery=True))

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """List what came of an attempt."""
        self.attempts.append(Attempt(id=next(self._ids), delivery=delivery, outcome=outcome))

    def finish(self, delivery: Delivery, outcome: Outcome) -> None:
        """List what came of a delivery that was on its way."""
        self.record(delivery, outcome)
        self._underway -= 1
        if not self._underway:
            self.idle.set()

    def attempt(self, attempt_id: int) -> Attempt | None:
        """Return the attempt of an id."""
        return next((each for each in self.attempts if each.id == attempt_id), None)

    def missed(self) -> set[str]:
        """Return the GUIDs of which no attempt was taken."""
        taken = {each.delivery.guid for each in self.attempts if each.succeeded}
        return {each.delivery.guid for each in self.attempts} - taken

    def _is_heard(self, happening: Happening) -> bool:
        """Whether the App is installed where it happened, and subscribed to what did."""
        always = happening.event in ALWAYS_DELIVERED
        reached = always or happening.payload.get("installation") is not None
        return reached and self._app.hears(happening.event)

    def _delivery_of(self, happening: Happening) -> Delivery:
        option = orjson.OPT_INDENT_2 if self.spacious else None
        text = orjson.dumps(happening.payload, option=option).replace(
            API.encode(), self.api_url.encode()
        )
        return Delivery(
            guid=str(uuid5(NAMESPACE_OID, f"{self._seed.value} {happening.name}")),
            event=happening.event,
            action=happening.action,
            body=text,
            payload=happening.payload,
        )

    def _send_after(self, seconds: float, delivery: Delivery) -> None:
        self._underway += 1
        self.idle.clear()
        if seconds:
            self._clock.after(seconds, lambda: self.queue.put_nowait(delivery))
        else:
            self.queue.put_nowait(delivery)

    def _goes_wrong(self, rate: float, what: str, name: str) -> bool:
        return rate > 0 and self._seed.happens(rate, what, name)

    def _span(self, what: str, name: str) -> float:
        return self._seed.between(self.faults.delay, what, name)


class Sender:
    """Posts an outbox's deliveries to ``url``; without one they fail."""

    def __init__(self, app: App, outbox: Outbox, secret: str, now: Callable[[], str]) -> None:
        self._app = app
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
        sent["X-GitHub-Hook-Installation-Target-ID"] = str(self._app.id)
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
