"""The adapter: all that the port asks of GitHub, over HTTP."""

from types import TracebackType
from typing import Self

from gateway.agent_merge import AgentMerge
from gateway.answers import Answers
from gateway.calls import Calls, graphql_url
from gateway.checks import Checks
from gateway.client import Client
from gateway.copilot import Copilot
from gateway.credentials import Access
from gateway.deliveries import Deliveries
from gateway.exchange import Clock, Exchange, Observe
from gateway.failures import Failures
from gateway.issues import Issues
from gateway.preparing import Preparing
from gateway.pull_requests import PullRequests
from gateway.repositories import Repositories
from gateway.sessions import Sessions
from gateway.setup import Setup
from gateway.tokens import Tokens
from reactions.ports.answers import RateLimit

PATIENCE = 30.0  # seconds for one request and its answer


def observe_nothing(_limit: RateLimit) -> None:
    """Look away."""


class GitHubGateway(
    Repositories,
    Issues,
    PullRequests,
    Copilot,
    Checks,
    Failures,
    Answers,
    Sessions,
    AgentMerge,
    Deliveries,
    Setup,
    Preparing,
):
    """GitHub, or an Enterprise Server, or a simulator; opens no connection before it is asked.

    ``observe`` is told of the budget in each answer. It retries nothing and caches nothing but
    installation tokens: what is tried again, and when, is recorded elsewhere. ``clock`` is the one
    by which it says until when GitHub takes no more; ``wall``, where that is another, the
    machine's, by which GitHub judges what we sign.
    """

    def __init__(
        self,
        access: Access,
        clock: Clock,
        observe: Observe = observe_nothing,
        patience: float = PATIENCE,
        wall: Clock | None = None,
    ) -> None:
        self._client = Client(access.api_url, patience)
        exchange = Exchange(self._client, clock, observe, patience)
        tokens = Tokens(access, exchange, wall or clock)
        super().__init__(Calls(tokens, exchange, graphql_url(access.api_url), clock))

    def use(self, access: Access) -> None:
        """Ask as whom another access says from here on; where GitHub is stays."""
        self._calls.tokens.use(access)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
