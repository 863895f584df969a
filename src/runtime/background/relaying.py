"""Deliveries by way of a relay, for a machine that GitHub cannot reach.

GitHub posts to a channel of the relay, and we listen there (``text/event-stream``, as smee.io and
those like it have it). What comes is posted at our own receiver as if GitHub had: the same headers,
the same bytes where the relay keeps them, and the signature is checked as always.
"""

from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx2
import orjson
import structlog

from events.errors import OrchestratorError
from runtime.background.leased import Lease, LeasedWork

_LARGEST = 36 * 1024 * 1024  # bytes of an event: GitHub's largest delivery, as base64
_PATIENCE = httpx2.Timeout(30.0, read=120.0)  # relays ping within a minute
_AGAIN_SECONDS = 1.0
_KEPT = ("content-type", "user-agent", "x-hub-signature-256")
_PREFIX = "x-github-"
_UNAUTHORIZED = 401
_ANEW = (
    "the relay hands on bodies that it writes anew, so that their signatures do not match: use one "
    "that keeps bytes, as gosmee does, or a tunnel; docs/first-assignment.md names some"
)
_OTHER = "the secret is not that of the App or webhook at GitHub"

_log = structlog.get_logger("relay")


class RelayBroken(OrchestratorError, ConnectionError):
    """The relay is away or does not answer as one: an outage, which the log tells in a line."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """A delivery as a relay hands it on; ``is_whole``: with the bytes that were signed."""

    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


@dataclass(slots=True)
class Relaying:
    """Listens at a relay's channel and posts at our own receiver."""

    channel: str
    receiver: str
    warned: bool = False

    def work(self, held: Lease) -> LeasedWork:
        """Have one process at a time do it."""
        return LeasedWork(held, self.listen)

    async def listen(self) -> float:
        """Listen until the relay hangs up; raises RelayBroken."""
        try:
            await self._listen()
        except httpx2.HTTPError as error:  # its words name no address, which is a secret
            why = str(error) or type(error).__name__
            raise RelayBroken(f"the relay cannot be listened to: {why}") from error
        return _AGAIN_SECONDS

    async def _listen(self) -> None:
        accept = {"Accept": "text/event-stream"}
        async with (
            httpx2.AsyncClient(timeout=_PATIENCE) as there,
            httpx2.AsyncClient(timeout=_PATIENCE, trust_env=False) as here,
            there.stream("GET", self.channel, headers=accept) as stream,
        ):
            if not stream.is_success:
                raise RelayBroken(f"the relay answers {stream.status_code}; is its address right?")
            async for data in _events(stream.aiter_bytes()):
                if (delivery := relayed(data)) is not None:
                    await self._hand_on(here, delivery)

    async def _hand_on(self, here: httpx2.AsyncClient, delivery: Relayed) -> None:
        answer = await here.post(
            self.receiver, content=delivery.body, headers=dict(delivery.headers)
        )
        if answer.is_success:
            return
        if answer.status_code == _UNAUTHORIZED and not self.warned:
            self.warned = True
            _log.warning("deliveries by the relay are refused", why=_cause(delivery))
        _log.info("a delivery by the relay was not taken", status=answer.status_code)


def relayed(data: bytes) -> Relayed | None:
    """Read an event of a relay; None: it is no delivery. Total, as whoever knows a channel posts.

    Source: what smee.io and gosmee send: headers by their lower-case names beside ``body``, an
    object, or ``bodyB``, the bytes as base64.
    """
    try:
        told = orjson.loads(data)
        whole = told.get("bodyB")
        body = b64decode(whole) if whole else orjson.dumps(told["body"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    headers = {
        name: value
        for name, value in told.items()
        if isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and (name in _KEPT or name.startswith(_PREFIX))
    }
    return Relayed(headers, body, is_whole=bool(whole)) if "x-github-event" in headers else None


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the data of each event, bounded; raises RelayBroken for one that is too large."""
    waiting, data = bytearray(), bytearray()
    async for chunk in chunks:
        waiting += chunk
        *lines, rest = waiting.split(b"\n")
        waiting = bytearray(rest)
        for line in (bytes(each).rstrip(b"\r") for each in lines):
            if line.startswith(b"data:"):
                data += line[5:].strip()
            elif not line and data:
                yield bytes(data)
                data.clear()
        if len(waiting) + len(data) > _LARGEST:
            raise RelayBroken("the relay sends an event that is too large to be a delivery")


def _cause(delivery: Relayed) -> str:
    return _OTHER if delivery.is_whole else _ANEW
