"""Deliveries as requests, and two ways to send them: as fast as they are taken, and at a pace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

import orjson

from benchmarks.bare import RECEIVER as BARE_RECEIVER
from benchmarks.caller import Answer, Caller, connected
from benchmarks.history import happenings
from events.envelope import GITHUB, NewEvent
from simulator.delivery import headers
from tests.service import RECEIVER, SECRET


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery with all that is sent of it; ``event`` is what it becomes in the log."""

    event: NewEvent
    to_service: bytes
    to_bare: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long a stretch of load took, and each of its answers."""

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Deliveries answered per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the seconds that this share of the answers took at most."""
        return percentile(self.latencies, share)


def percentile(found: Iterable[float], share: float) -> float:
    """Return what this share of the figures is at most."""
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def lively_deliveries(behind: int = 0) -> Iterator[Delivery]:
    """Yield what GitHub delivers of a lively history behind its first events, without an end."""
    for event in islice(happenings(), behind, None):
        if event.source == GITHUB:
            yield _delivery(event)


async def burst(port: int, requests: Sequence[bytes], connections: int) -> Outcome:
    """Send all over so many connections, each the next once one is answered."""
    latencies: list[float] = []
    left = iter(requests)

    async def send(caller: Caller) -> None:
        for request in left:
            sent = perf_counter()
            await caller.must(request)
            latencies.append(perf_counter() - sent)

    async with connected(port, connections) as callers:
        started = perf_counter()
        await asyncio.gather(*map(send, callers))
        return Outcome(perf_counter() - started, latencies)


async def paced(
    port: int,
    requests: Sequence[bytes],
    per_second: float,
    answered: Callable[[int, Answer], Awaitable[None]] | None = None,
) -> Outcome:
    """Send each at its time, whether or not those before are answered.

    An answer's time counts from when it should have been sent, so that a stall is charged to
    everybody who came meanwhile. ``answered`` is told of each, by its number.
    """
    latencies: list[float] = []
    free: list[Caller] = []

    async def send(number: int, due: float) -> None:
        while free and not free[-1].is_open:  # the server hangs up on who is silent for long
            free.pop()
        caller = free.pop() if free else await stack.enter_async_context(_connection(port))
        answer = await caller.must(requests[number])
        latencies.append(perf_counter() - due)
        free.append(caller)
        if answered is not None:
            await answered(number, answer)

    async with AsyncExitStack() as stack:
        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(len(requests)):
                due = started + number / per_second
                await asyncio.sleep(max(0.0, due - perf_counter()))
                group.create_task(send(number, due))
        return Outcome(perf_counter() - started, latencies)


@asynccontextmanager
async def _connection(port: int) -> AsyncIterator[Caller]:
    async with connected(port) as [caller]:
        yield caller


def get_request(path: str, **sent: str) -> bytes:
    """Return a request to read a page."""
    return _request("GET", path, sent, b"")


def put_request(path: str, body: bytes) -> bytes:
    """Return a request to put something there."""
    return _request("PUT", path, {}, body)


def position_of(answer: Answer) -> int:
    """Return the position that a receiver answers."""
    return int(orjson.loads(answer.body)["position"])


def _delivery(event: NewEvent) -> Delivery:
    body = event.payload.encode()
    sent = headers(event.type, str(event.id), body, SECRET)
    return Delivery(
        event,
        _request("POST", RECEIVER, sent, body),
        _request("POST", BARE_RECEIVER, sent, body),
    )


def _request(method: str, path: str, sent: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
