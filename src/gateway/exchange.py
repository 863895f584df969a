"""One request and its answer, with a deadline; what fails becomes one of our failures."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

import httpx
from githubkit import Response
from githubkit.exception import GitHubException, RequestFailed

from events.json_types import JsonObject
from events.scalars import moment
from gateway.client import MAX_BODY, AnswerTooLarge, Client, LedElsewhere
from gateway.credentials import Credential
from gateway.failing import failure_of, met_by
from gateway.reply import Parameters, Reply, Request, parsed
from gateway.storage import TextEnd, read_end
from reactions.ports.answers import RateLimit
from reactions.ports.failures import GitHubFailure, Refused, Unavailable

API_VERSION = "2022-11-28"  # the newest that every Enterprise Server knows

_WITH_JSON = (200, 201)  # GitHub's statuses with which a body always comes

Clock: TypeAlias = Callable[[], datetime]
Observe: TypeAlias = Callable[[RateLimit], None]


class Exchange:
    """Sends requests with the token it is handed, and tells of the budget in each answer."""

    def __init__(self, client: Client, clock: Clock, observe: Observe, patience: float) -> None:
        self._client = client
        self._clock = clock
        self._observe = observe
        self._patience = patience

    async def send(self, request: Request, credential: Credential, token: str) -> Reply:
        """Send a request; returns what GitHub did, raises a kind of GitHubFailure."""
        outcome = await self._outcome(request, token)
        if isinstance(outcome, GitHubFailure):
            raise outcome  # out here, where no exception that holds the request is its context
        reply = _reply(outcome, token)
        if limit := _rate_limit(reply, credential, self._clock()):
            self._observe(limit)
        if outcome.raw_request.method != request.method:
            raise reply.refused("GitHub moved it elsewhere; the repository may have been renamed")
        if not outcome.is_success:
            raise met_by(credential, failure_of(reply, self._clock()))
        if reply.status in _WITH_JSON and reply.json is None and outcome.content.strip() != b"null":
            raise _not_github(reply)
        return reply

    async def text_end(self, request: Request, credential: Credential, token: str) -> TextEnd:
        """Read the end of a text, where GitHub leads elsewhere for it there, without the token.

        It goes one step, to one other host. Raises kinds of GitHubFailure.
        """
        outcome = await self._outcome(request, token)
        if isinstance(outcome, _Led):
            return await read_end(outcome.address, self._client.api_url, self._patience)
        if isinstance(outcome, GitHubFailure):
            raise outcome
        reply = _reply(outcome, token)
        if limit := _rate_limit(reply, credential, self._clock()):
            self._observe(limit)
        if not outcome.is_success:
            raise met_by(credential, failure_of(reply, self._clock()))
        return TextEnd.of(outcome.content)

    async def greet(self, path: str) -> Reply:
        """Read something without a token; returns the answer whatever it says.

        Raises Unavailable, or Refused where it leads to another host, port or scheme.
        """
        outcome = await self._outcome(Request("GET", path))
        if isinstance(outcome, GitHubFailure):
            raise outcome
        return _reply(outcome)

    async def _outcome(self, request: Request, token: str = "") -> Response | GitHubFailure:
        try:
            async with asyncio.timeout(self._patience):
                return await self._client.arequest(
                    request.method,
                    request.path,
                    params=None if request.params is None else dict(request.params),
                    content=None if request.json is None else _encoded(request.json),
                    headers=_headers(request, token),
                )
        except RequestFailed as error:
            return error.response
        except (TimeoutError, httpx.TimeoutException):
            return Unavailable(f"GitHub did not answer within {self._patience:g} seconds")
        except GitHubException as error:
            return _unanswered(error)


class _Led(Refused):
    """GitHub led on to another place, whose ``address`` may be a secret of its own."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "GitHub leads on to another host, port or scheme, which is sent nothing;"
            " is ORCHESTRATOR_GITHUB_API_URL its own?"
        )
        self.address = address


def _headers(request: Request, token: str) -> dict[str, str]:
    headers: dict[str, str] = {"X-GitHub-Api-Version": API_VERSION}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    return headers | request.headers


def _encoded(body: JsonObject) -> bytes:
    """Encode a body as ASCII, which takes any text; the HTTP library's way refuses some."""
    return json.dumps(body, separators=(",", ":")).encode()


def _not_github(reply: Reply) -> Unavailable:
    """Return the failure of a yes that is no JSON, as a proxy's page is: it may have been done."""
    words = f"GitHub answered {reply.status} without any JSON; is something between us?"
    return Unavailable(words, status=reply.status, request_id=reply.request_id)


def _unanswered(error: GitHubException) -> GitHubFailure:
    """Name a failure by its class; the texts of HTTP libraries may quote a header."""
    cause = error.__cause__ or error
    if isinstance(cause, LedElsewhere):
        return _Led(str(cause.request.url))
    if isinstance(cause, AnswerTooLarge):
        return Unavailable(f"GitHub's answer has more than {MAX_BODY} bytes")
    name = type(cause).__name__
    # While a connection is made no header is known yet: what the system said of it quotes none.
    said = f": {str(cause)[:200]}" if isinstance(cause, httpx.ConnectError) and str(cause) else ""
    unsent = isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout)
    return Unavailable(f"GitHub could not be reached: {name}{said}", unsent=unsent)


def _reply(response: Response, token: str = "") -> Reply:
    content = response.content
    if token:
        content = content.replace(token.encode(), b"[hidden]")  # should anybody echo it
    return Reply(
        status=response.status_code,
        json=parsed(content),
        headers=dict(response.headers),
        next_page=_next_page(response.raw_response),
    )


def _next_page(response: httpx.Response) -> Parameters | None:
    """Read the query of the next page, not its address: a token is sent only where we say."""
    url = response.links.get("next", {}).get("url")
    return dict(parse_qsl(urlsplit(url).query)) if url else None


def _rate_limit(reply: Reply, credential: Credential, now: datetime) -> RateLimit | None:
    remaining = reply.number("x-ratelimit-remaining")
    reset = moment(reply.number("x-ratelimit-reset"))
    if remaining is None or reset is None:
        return None
    return RateLimit(
        holder=credential.holder,
        installation_id=credential.installation_id,
        user_id=credential.user_id,
        resource=reply.headers.get("x-ratelimit-resource", "core"),
        remaining=remaining,
        reset=reply.by_our_clock(reset, now),
        request_id=reply.request_id,
    )
