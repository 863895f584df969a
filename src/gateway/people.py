"""People at GitHub: the App's user flow on its web pages, and what their own tokens reach."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

from events.github.node import Node
from events.json_types import JsonObject
from gateway.calls import MAX_PAGES, PER_PAGE, quoted
from gateway.client import Client
from gateway.credentials import AsUser
from gateway.exchange import Clock, Exchange
from gateway.failing import failure_of
from gateway.gateway import PATIENCE, GitHubGateway
from gateway.reply import Parameters, Reply, Request
from people.ports import (
    Account,
    GitHubRefused,
    GitHubSilent,
    ReachedInstallation,
    ReachedRepository,
    TokenGone,
    TokenPair,
)
from people.roles import Role, role_of_name, role_of_permissions
from reactions.ports.answers import Repository
from reactions.ports.failures import (
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Unauthorised,
    Unavailable,
)

T = TypeVar("T")

_LONGEST = 16_384  # of a token; GitHub promises neither length nor shape
_WEB = {"Accept": "application/json"}
# What GitHub answers with 200 when a code or a refresh token holds no longer (its documentation of
# the user flow of Apps).
_GONE = {"bad_refresh_token", "bad_verification_code"}


@dataclass(frozen=True, slots=True)
class AppClient:
    """As what the App exchanges codes for people's tokens."""

    id: str
    secret: str = field(repr=False)


class PeopleGateway:
    """Asks as people, and as the App about them where ``app`` can; retries nothing.

    ``web_url`` is ``https://github.com`` or an Enterprise Server's own. Its methods raise as
    ``people.ports`` says.
    """

    def __init__(  # noqa: PLR0913 (two addresses, two ways of asking)
        self,
        client: AppClient,
        *,
        api_url: str,
        web_url: str,
        clock: Clock,
        app: Callable[[], GitHubGateway] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._app_client = client
        self._web_url = web_url.rstrip("/")
        self._clock = clock
        self._app = app
        self._api_client = Client(api_url, patience)
        self._web_client = Client(self._web_url, patience)
        self._api = Exchange(self._api_client, clock, _look_away, patience)
        self._web = Exchange(self._web_client, clock, _look_away, patience)

    async def close(self) -> None:
        """Close all connections."""
        await self._api_client.close()
        await self._web_client.close()

    def authorize_url(self, *, state: str, challenge: str, redirect_uri: str) -> str:
        """Return where a browser is sent to."""
        query = {
            "client_id": self._app_client.id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._web_url}/login/oauth/authorize?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenPair:
        """Return the tokens for a code, once."""
        given = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        return await self._pair(given)

    async def refresh(self, refresh: str) -> TokenPair:
        """Return a new pair; the old one is gone."""
        return await self._pair({"grant_type": "refresh_token", "refresh_token": refresh})

    async def revoke(self, access: str) -> None:
        """Let a token hold no longer."""
        credentials = f"{self._app_client.id}:{self._app_client.secret}".encode()
        request = Request(
            "DELETE",
            f"/applications/{quoted(self._app_client.id)}/token",
            json={"access_token": access},
            headers={"Authorization": f"Basic {b64encode(credentials).decode()}"},
        )
        try:
            await self._sent(self._api, request)
        except TokenGone:
            return

    async def account(self, access: str) -> Account:
        """Return whose token it is."""
        return _read(await self._get(access, "/user"), _account)

    async def installations(self, access: str) -> list[ReachedInstallation]:
        """Return the App's installations that a token's person reaches."""
        found = self._listed(access, "/user/installations", "installations")
        return [_read_item(each, _installation) async for each in found]

    async def repositories(self, access: str, installation_id: int) -> list[ReachedRepository]:
        """Return the repositories that a token's person reaches in one."""
        path = f"/user/installations/{installation_id}/repositories"
        found = self._listed(access, path, "repositories")
        return [_read_item(each, _repository) async for each in found]

    async def administers(self, access: str, organization: str) -> bool:
        """Say whether a token's person is an admin of an organization.

        Whoever is no member of it is not; where the App may not read members, nobody is.
        """
        path = f"/user/memberships/orgs/{quoted(organization)}"
        try:
            node = (await self._get(access, path)).node
        except GitHubRefused as error:
            if isinstance(error, TokenGone):
                raise
            return False
        return node.name("role") == "admin" and node.name("state") == "active"

    async def role(self, installation_id: int, full_name: str, login: str) -> Role:
        """Return what the permission API says of somebody, asked as the App."""
        if self._app is None:
            raise GitHubRefused("there is no GitHub App that could be asked")
        repo = Repository(installation_id, full_name)
        try:
            said = await self._app().permission(repo, login)
        except NotFound:
            return Role.NONE
        except GitHubFailure as error:
            raise in_words_of_people(error) from None
        return max(role_of_name(str(said.get(name))) for name in ("role_name", "permission"))

    async def named(self, login: str) -> Account | None:
        """Return the account of a login, asked as the App where there is one.

        Everybody may read this: whoever may not has asked too often, or with what holds no longer,
        which says nothing about the account.
        """
        path = f"/users/{quoted(login)}"
        try:
            reply = await self._look_up(path)
            if reply is None or reply.status == HTTPStatus.NOT_FOUND:
                return None
            if reply.status != HTTPStatus.OK:
                raise failure_of(reply, self._clock())
        except (Unauthorised, Forbidden) as error:
            raise GitHubSilent(f"GitHub does not say who @{login} is: {error.words}") from None
        except GitHubFailure as error:
            raise in_words_of_people(error) from None
        return _read(reply, _account)

    async def _look_up(self, path: str) -> Reply | None:
        if self._app is None:
            return await self._api.greet(path)
        return await self._app().look_up(path)

    async def _pair(self, given: dict[str, str]) -> TokenPair:
        body: JsonObject = {
            "client_id": self._app_client.id,
            "client_secret": self._app_client.secret,
            **given,
        }
        request = Request("POST", "/login/oauth/access_token", json=body, headers=_WEB)
        node = (await self._sent(self._web, request)).node
        if error := node.name("error"):
            failure = TokenGone if error in _GONE else GitHubRefused
            raise failure(f"GitHub says {error}: {node.text('error_description', 200) or ''}")
        access = node.name("access_token", _LONGEST)
        if access is None:
            raise GitHubRefused("no token came; is ORCHESTRATOR_GITHUB_WEB_URL GitHub's address?")
        now = self._clock()
        return TokenPair(
            access=access,
            access_ends_at=_in_seconds(node.integer("expires_in"), now),
            refresh=node.name("refresh_token", _LONGEST),
            refresh_ends_at=_in_seconds(node.integer("refresh_token_expires_in"), now),
        )

    async def _get(self, access: str, path: str, params: Parameters | None = None) -> Reply:
        return await self._sent(self._api, Request("GET", path, params), access)

    async def _sent(self, exchange: Exchange, request: Request, access: str = "") -> Reply:
        try:
            return await exchange.send(request, AsUser(), access)
        except GitHubFailure as error:
            raise in_words_of_people(error) from None

    async def _listed(self, access: str, path: str, under: str) -> AsyncIterator[JsonObject]:
        page: Parameters | None = {"per_page": PER_PAGE}
        for _ in range(MAX_PAGES):
            reply = await self._get(access, path, page)
            items = reply.node.json.get(under)
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict):
                    yield item
            page = reply.next_page
            if page is None:
                return


def in_words_of_people(error: GitHubFailure) -> GitHubSilent | GitHubRefused:
    """Say a failure in the words of the port."""
    if isinstance(error, Unavailable | RateLimited):
        return GitHubSilent(error.words)
    if isinstance(error, Unauthorised):
        return TokenGone(f"GitHub takes the token no more: {error.words}")
    kind = "may not be read" if isinstance(error, Forbidden | NotFound) else "was refused"
    return GitHubRefused(f"it {kind}: {error.words}")


def _read(reply: Reply, reading: Callable[[Node], T]) -> T:
    try:
        return reply.read(reading)
    except GitHubFailure as error:
        raise in_words_of_people(error) from None


def _read_item(item: JsonObject, reading: Callable[[Node], T]) -> T:
    return _read(Reply(200, item, {}), reading)


def _account(node: Node) -> Account:
    return Account(node.need_integer("id"), node.need_name("login"))


def _installation(node: Node) -> ReachedInstallation:
    account = node.need_node("account")
    return ReachedInstallation(
        id=node.need_integer("id"),
        account_id=account.need_integer("id"),
        account_login=account.name("login") or account.name("slug") or "",
        is_organization=node.name("target_type") == "Organization",
    )


def _repository(node: Node) -> ReachedRepository:
    role = role_of_permissions(node.need_node("permissions").json)
    return ReachedRepository(node.need_integer("id"), node.need_name("full_name"), role)


def _in_seconds(seconds: int | None, now: datetime) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=min(seconds, 10**9))


def _look_away(_limit: object) -> None:
    pass
