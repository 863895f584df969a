"""Asking as somebody: the token of whom, the path, the request, and lists page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Self, TypeVar
from urllib.parse import quote

from events.json_types import JsonObject
from gateway.credentials import (
    OF_THE_SETTINGS,
    AsInstallation,
    AsUser,
    Credential,
    as_app_in,
)
from gateway.exchange import Clock, Exchange
from gateway.failing import graphql_failure, met_by
from gateway.reply import Parameters, Reply, Request
from gateway.tokens import Tokens
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused, Unauthorised

T = TypeVar("T")

PER_PAGE = 100
MAX_PAGES = 100


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests with the right token; each raises a kind of GitHubFailure unless it was done.

    ``user`` is as whom it is done what only people may.
    """

    tokens: Tokens
    exchange: Exchange
    graphql_url: str
    clock: Clock
    user: AsUser = OF_THE_SETTINGS

    @property
    def have_user(self) -> bool:
        """Say whether there is somebody as whom we may act."""
        return self.user.token is not None or self.tokens.have_user

    async def get(
        self, credential: Credential, path: str, params: Parameters | None = None
    ) -> Reply:
        """Read something."""
        return await self.send(credential, Request("GET", path, params))

    async def post(
        self, credential: Credential, path: str, body: JsonObject | None = None
    ) -> Reply:
        """Create something or have something done."""
        return await self.send(credential, Request("POST", path, json=body))

    async def graphql(self, credential: Credential, query: str, variables: JsonObject) -> Reply:
        """Ask or change something that REST does not know; the reply has ``data``."""
        body: JsonObject = {"query": query, "variables": variables}
        reply = await self.post(credential, self.graphql_url, body)
        if failure := graphql_failure(reply, self.clock()):
            raise met_by(credential, failure)
        return reply

    async def listed(
        self, credential: Credential, path: str, params: Parameters, under: str | None = None
    ) -> AsyncIterator[JsonObject]:
        """Yield a list's objects; ``under`` names the field that holds it, when it is not the body.

        Raises Refused when there are more than 10,000: half a list would look like a whole one.
        """
        page: Parameters | None = {"per_page": PER_PAGE, **params}
        for _ in range(MAX_PAGES):
            reply = await self.get(credential, path, page)
            for item in _items(reply, under):
                yield item
            page = reply.next_page
            if page is None:
                return
        raise Refused(f"there are more than {MAX_PAGES * PER_PAGE} objects at {path}")

    async def send(self, credential: Credential, request: Request) -> Reply:
        """Send a request; once more with a new token when GitHub no longer takes the old one.

        That is no retry of an action: what is not authorised was not done.
        """
        return await self._with_token(
            credential, lambda token: self.exchange.send(request, credential, token)
        )

    async def text_end(self, credential: Credential, path: str) -> tuple[bytes, bool]:
        """Read the end of a text, which GitHub may keep elsewhere; says whether it is the whole."""
        request = Request("GET", path)
        end = await self._with_token(
            credential, lambda token: self.exchange.text_end(request, credential, token)
        )
        return end.content, end.whole

    async def _with_token(self, credential: Credential, ask: Callable[[str], Awaitable[T]]) -> T:
        token = await self.tokens.token(credential)
        try:
            return await ask(token)
        except Unauthorised:
            if not isinstance(credential, AsInstallation):
                raise
        self.tokens.forget(credential.installation_id, token)
        return await ask(await self.tokens.token(credential))


class Caller:
    """A group of operations on GitHub."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def as_person(self, user_id: int, token: str) -> Self:
        """Return the same, acting as somebody who lent their token where a user has to act."""
        other = copy(self)
        other._calls = replace(self._calls, user=AsUser(user_id, token))  # noqa: SLF001 (one of its own)
        return other

    def _listed(
        self,
        repo: Repository,
        parts: tuple[str | int, ...],
        params: Parameters,
        under: str | None = None,
    ) -> AsyncIterator[JsonObject]:
        path = repository_path(repo, *parts)
        return self._calls.listed(as_app_in(repo), path, params, under)


def repository_path(repo: Repository, *parts: str | int) -> str:
    """Return the path of something in a repository, from parts such as ``issues`` and 7."""
    return "/".join(["/repos", repo.full_name, *(quoted(str(part)) for part in parts)])


def graphql_url(api_url: str) -> str:
    """Return where GraphQL is: beside REST's version on an Enterprise Server, else below it."""
    url = api_url.rstrip("/")
    return f"{url.removesuffix('/v3')}/graphql" if url.endswith("/api/v3") else f"{url}/graphql"


def quoted(part: str, safe: str = "") -> str:
    """Quote a part of a path, which may come from outside."""
    return quote(part, safe=safe, errors="replace")


def _items(reply: Reply, under: str | None) -> list[JsonObject]:
    body = reply.json
    items = body.get(under) if under and isinstance(body, dict) else body
    if not isinstance(items, list):
        raise reply.refused("GitHub's answer should be a list")
    return [item for item in items if isinstance(item, dict)]
