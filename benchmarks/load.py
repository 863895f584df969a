"""A closed-loop load: so many connections, each sending the next delivery when one is answered.

As little work per request as possible, so that what is measured is the server.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from uuid import uuid4

from benchmarks.payloads import Delivery

_OK = (b"200", b"202")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one stretch of load came to."""

    seconds: float
    answered: int
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Deliveries answered per second."""
        return self.answered / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds that this share of the answers took at most."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def load(
    port: int, path: str, deliveries: list[Delivery], connections: int, seconds: float
) -> Outcome:
    """Send deliveries in turn over so many connections for a time; any refusal is an error."""
    latencies: list[float] = []
    started = time.perf_counter()
    end = started + seconds
    senders = [
        _send_until(end, port, path, deliveries[index::connections] or deliveries, latencies)
        for index in range(connections)
    ]
    await asyncio.gather(*senders)
    return Outcome(time.perf_counter() - started, len(latencies), latencies)


async def _send_until(
    end: float, port: int, path: str, deliveries: list[Delivery], latencies: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    try:
        while (sent := time.perf_counter()) < end:
            delivery = deliveries[number % len(deliveries)]
            writer.write(_head(path, delivery))
            writer.write(delivery.body)
            await _answer(reader)
            latencies.append(time.perf_counter() - sent)
            number += 1
    finally:
        writer.close()


def _head(path: str, delivery: Delivery) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(delivery.body)}\r\nX-GitHub-Event: {delivery.event}\r\n"
        f"X-GitHub-Delivery: {uuid4()}\r\nX-Hub-Signature-256: {delivery.signature}\r\n"
        "X-GitHub-Hook-ID: 1\r\nX-GitHub-Hook-Installation-Target-Type: integration\r\n"
        "X-GitHub-Hook-Installation-Target-ID: 1\r\nUser-Agent: GitHub-Hookshot/bench\r\n\r\n"
    ).encode()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if head[9:12] not in _OK:
        raise RuntimeError(f"refused: {json.loads(body)}")
