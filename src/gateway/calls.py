"""Asking as somebody: the token of whom, then the request."""

from dataclasses import dataclass

from events.json_types import JsonObject
from gateway.exchange import Clock, Exchange
from gateway.failing import met_by
from gateway.graphql import graphql_failure, graphql_request
from gateway.reply import Parameters, Reply, Request
from gateway.tokens import Tokens
from gateway.who import AsInstallation, Who
from reactions.ports.failures import Unauthorised


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests with the right token; each raises a kind of GitHubFailure unless it was done."""

    tokens: Tokens
    exchange: Exchange
    graphql_url: str
    clock: Clock

    async def get(self, who: Who, path: str, params: Parameters | None = None) -> Reply:
        """Read something."""
        return await self.send(who, Request("GET", path, params))

    async def post(self, who: Who, path: str, body: JsonObject | None = None) -> Reply:
        """Create something or have something done."""
        return await self.send(who, Request("POST", path, json=body))

    async def graphql(self, who: Who, query: str, variables: JsonObject) -> Reply:
        """Ask or change something that REST does not know; the reply has ``data``."""
        reply = await self.send(who, graphql_request(self.graphql_url, query, variables))
        if failure := graphql_failure(reply, self.clock()):
            raise met_by(who, failure)
        return reply

    async def send(self, who: Who, request: Request) -> Reply:
        """Send a request; once more with a new token when GitHub no longer takes the old one.

        That is no retry of an action: what is not authorised was not done.
        """
        token = await self.tokens.token(who)
        try:
            return await self.exchange.send(request, who, token)
        except Unauthorised:
            if not isinstance(who, AsInstallation):
                raise
        self.tokens.forget(who.installation_id, token)
        return await self.exchange.send(request, who, await self.tokens.token(who))


class Caller:
    """A group of operations on GitHub."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
