"""What is to be sent of all that happens, and the list of what was."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from uuid import NAMESPACE_OID, uuid5

import orjson

from simulator.clock import Clock
from simulator.draws import Seed
from simulator.faults import Faults
from simulator.hooks.attempt import NO_CONNECTION, Attempt, Delivery, Outcome
from simulator.payloads.payload import API
from simulator.state.happenings import Happening


class Outbox:
    """Deliveries on their way to the App's webhook; ``api_url`` is the root of their addresses.

    ``idle`` is set while none is on its way.
    """

    def __init__(self, clock: Clock, seed: Seed, now: Callable[[], str]) -> None:
        self.api_url = API
        self.faults = Faults()
        self.attempts: list[Attempt] = []
        self.queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self.idle = asyncio.Event()
        self._underway = 0
        self._clock = clock
        self._seed = seed
        self._now = now
        self._ids = count(20_000_000_001)
        self.idle.set()

    def take(self, happening: Happening) -> None:
        """Send what happened, unless something goes wrong with it."""
        name = happening.name
        if self._goes_wrong(self.faults.lost, "lost", name):
            return
        delivery = self._delivery_of(happening)
        if self._goes_wrong(self.faults.dropped, "dropped", name):
            dropped = Outcome(status=NO_CONNECTION, status_code=0, delivered_at=self._now())
            self.record(delivery, dropped)
            return
        delayed = self._goes_wrong(self.faults.delayed, "delayed", name)
        self._send_after(self._span("delay", name) if delayed else 0, delivery)
        if self._goes_wrong(self.faults.duplicated, "duplicated", name):
            self._send_after(self._span("second", name), delivery)

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

    def _delivery_of(self, happening: Happening) -> Delivery:
        text = orjson.dumps(happening.payload).replace(API.encode(), self.api_url.encode())
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
