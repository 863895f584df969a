"""Text that GitHub keeps on another host: read there without credentials, its end alone kept."""

import asyncio
from dataclasses import dataclass

import httpx

from gateway.client import USER_AGENT
from reactions.ports.failures import NotFound, Refused, Unavailable

KEPT = 128 * 1024  # bytes
MOST = 64 * 1024 * 1024  # bytes that are read for the sake of their end

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_OK = 200
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class TextEnd:
    """The last ``KEPT`` bytes of a text; ``whole``: it has no others."""

    content: bytes
    whole: bool

    @classmethod
    def of(cls, content: bytes) -> "TextEnd":
        """Return the end of a text that is here."""
        return cls(content[-KEPT:], len(content) <= KEPT)


async def read_end(address: str, api_url: str, patience: float) -> TextEnd:
    """Read where GitHub led to: over TLS, or on this machine where GitHub itself is; no further.

    Raises kinds of GitHubFailure, none of which says the address: whoever has that may read there.
    """
    url = _fit(address, httpx.URL(api_url))
    headers = {"user-agent": USER_AGENT, "accept-encoding": "identity"}
    try:
        async with (
            asyncio.timeout(patience),
            httpx.AsyncClient(follow_redirects=False, timeout=patience) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            _must_be_there(answer.status_code)
            return await _end_of(answer)
    except (TimeoutError, httpx.HTTPError) as error:
        problem = type(error).__name__
    raise Unavailable(f"the text that GitHub keeps elsewhere could not be read: {problem}")


def _fit(address: str, api: httpx.URL) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise Refused("GitHub led to what is no address") from None
    both_here = api.host in _LOOPBACK and url.host in _LOOPBACK
    if url.userinfo or not (url.scheme == "https" or (url.scheme == "http" and both_here)):
        raise Refused("GitHub led to a place without TLS, where nothing is read")
    return url


def _must_be_there(status: int) -> None:
    if status in _GONE:
        raise NotFound("the text is not kept any more", status=status)
    if status != _OK:
        raise Refused("the text that GitHub keeps elsewhere was refused", status=status)


async def _end_of(answer: httpx.Response) -> TextEnd:
    content, total = bytearray(), 0
    async for part in answer.aiter_bytes():
        total += len(part)
        if total > MOST:
            raise Refused(f"the text has more than {MOST} bytes")
        content += part
        if len(content) > 2 * KEPT:
            del content[:-KEPT]
    return TextEnd(bytes(content[-KEPT:]), total <= KEPT)
