"""The token for each way of asking: made or fetched once, used until shortly before it ends."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn

from events.github.node import Node
from gateway.credentials import Access, AppKey, AsApp, AsInstallation, AsUser, Credential
from gateway.exchange import Clock, Exchange
from gateway.reply import Request
from reactions.ports.failures import Unauthorised

_MARGIN = timedelta(minutes=5)  # a request and its redirects end within it
_LONGEST = 16_384  # of a token; GitHub promises neither length nor shape


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Holds installation tokens for this process; several askers wait for one request."""

    def __init__(self, access: Access, exchange: Exchange, clock: Clock) -> None:
        self._access = access
        self._exchange = exchange
        self._clock = clock
        self._cached: dict[int, _Token] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def have_user(self) -> bool:
        """Say whether an acting user is configured."""
        return self._access.user_token is not None

    def use(self, access: Access) -> None:
        """Ask as another App from here on; tokens of the one before are forgotten."""
        self._access = access
        self._cached.clear()

    async def token(self, credential: Credential) -> str:
        """Return a token; raises Unauthorised where none is configured, or GitHub's failure."""
        match credential:
            case AsApp():
                return self._app_key().json_web_token(self._clock())
            case AsUser(token=lent):
                return lent or self._access.user_token or _no_user()
            case AsInstallation(installation_id):
                return await self._installation_token(installation_id)

    def forget(self, installation_id: int, token: str) -> None:
        """Drop a token that GitHub no longer takes, unless another has replaced it."""
        cached = self._cached.get(installation_id)
        if cached is not None and cached.text == token:
            del self._cached[installation_id]

    def _app_key(self) -> AppKey:
        return self._access.app or _no_app()

    async def _installation_token(self, installation_id: int) -> str:
        async with self._locks[installation_id]:
            token = self._cached.get(installation_id)
            if token is None or token.expires_at - self._clock() < _MARGIN:
                token = await self._fetch(installation_id)
                self._cached[installation_id] = token
            return token.text

    async def _fetch(self, installation_id: int) -> _Token:
        credential = AsApp()
        request = Request("POST", f"/app/installations/{installation_id}/access_tokens")
        reply = await self._exchange.send(request, credential, await self.token(credential))
        return reply.read(self._read)

    def _read(self, node: Node) -> _Token:
        text = node.name("token", _LONGEST) or node.refuse("token", "text")
        return _Token(text, node.moment("expires_at") or self._clock())


def _no_app() -> NoReturn:
    raise Unauthorised(
        "there is no GitHub App: set ORCHESTRATOR_GITHUB_APP_ID and ORCHESTRATOR_GITHUB_PRIVATE_KEY"
    )


def _no_user() -> NoReturn:
    raise Unauthorised(
        "there is no acting user, and GitHub lets only people do this: "
        "set ORCHESTRATOR_ACTING_USER_TOKEN"
    )
