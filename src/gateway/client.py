"""githubkit's client as we use it: one pool of connections, no retries and no cache."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from githubkit import GitHub, Response, UnauthAuthStrategy

from gateway.transport import BoundedTransport

USER_AGENT = "copilot-workflow-orchestrator"

_CONNECT = 5.0  # seconds


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
