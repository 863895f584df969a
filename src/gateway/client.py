"""githubkit's client as we use it: one pool of connections, no retries or cache, bounded bodies."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.request import getproxies, proxy_bypass

import httpx
from githubkit import GitHub, Response, UnauthAuthStrategy

from events.errors import OrchestratorError

USER_AGENT = "copilot-workflow-orchestrator"
MAX_BODY = 32 * 1024 * 1024  # bytes; a page of a hundred pull requests has about ten million

_OF_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")
_CONNECT = 5.0  # seconds
_PORTS = {"http": 80, "https": 443}


class Client(GitHub[UnauthAuthStrategy]):
    """A client that is told as whom to ask with each request.

    Left to itself, githubkit opens a connection for each request unless the caller's task runs
    inside its context manager; ours come from several tasks, so one HTTP client is kept.
    """

    def __init__(self, api_url: str, patience: float) -> None:
        super().__init__(
            base_url=api_url,
            user_agent=USER_AGENT,
            timeout=httpx.Timeout(patience, connect=min(patience, _CONNECT)),
            async_transport=BoundedTransport(api_url),
            http_cache=False,
            auto_retry=False,
        )
        self.api_url = api_url
        self._kept: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def get_async_client(self) -> AsyncGenerator[httpx.AsyncClient, None]:
        """Lend the one HTTP client."""
        if self._kept is None:
            self._kept = await self._create_async_client()
        yield self._kept

    def _check_rate_limit(self, response: Response) -> None:
        """Leave limits to ``failing``: githubkit stumbles over a ``retry-after`` that is a date."""

    async def close(self) -> None:
        """Close all connections; a later request opens new ones."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.aclose()


class AnswerTooLarge(httpx.TransportError):
    """A body, unpacked, is larger than any that is read."""


class ProxyUnusable(OrchestratorError):
    """What the environment names as the proxy is none through which anything can be asked."""


class LedElsewhere(httpx.TransportError):
    """An answer redirects to another place, which is sent nothing, be it only our words."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Reads each body to its end, unpacked and bounded, also those of redirects.

    It goes through the proxy that the environment names for the API's address, if any: httpx looks
    for none itself once it is handed a transport.
    """

    def __init__(self, api_url: str) -> None:
        url = httpx.URL(api_url)
        self._origin = _origin(url)
        self._inner = _transport(_proxy_for(url))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises LedElsewhere, AnswerTooLarge or another of httpx's errors."""
        if _origin(request.url) != self._origin:
            raise LedElsewhere("an answer redirects to another place", request=request)
        response = await self._inner.handle_async_request(request)
        try:
            content = b"".join([part async for part in _bounded(response, request)])
        finally:
            await response.aclose()
        headers = [
            (name, value)
            for name, value in response.headers.raw
            if name.decode("ascii").lower() not in _OF_THE_TRANSFER
        ]
        return httpx.Response(
            response.status_code, headers=headers, content=content, extensions=response.extensions
        )

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(kind, error, traceback)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port: on another port of the same host somebody else may listen."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _transport(proxy: str | None) -> httpx.AsyncHTTPTransport:
    """Make what asks, by way of a proxy or not; raises ProxyUnusable."""
    try:
        return httpx.AsyncHTTPTransport(proxy=proxy)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ProxyUnusable(
            f"the proxy that the environment names cannot be used: {error}; correct HTTPS_PROXY, "
            "HTTP_PROXY or ALL_PROXY"
        ) from error


def _proxy_for(url: httpx.URL) -> str | None:
    if proxy_bypass(url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


async def _bounded(response: httpx.Response, request: httpx.Request) -> AsyncIterator[bytes]:
    total = 0
    async for part in response.aiter_bytes():
        total += len(part)
        if total > MAX_BODY:
            raise AnswerTooLarge("a body is too large", request=request)
        yield part
