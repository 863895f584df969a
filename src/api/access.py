"""Who may read and command what: a token or a cookie becomes the access of every query."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.base import SecurityBase

from api.doorkeeping import address_of, refused
from api.needs import need_of, require
from api.people import People
from api.problems import ApiError
from api.site import site_of
from people.caller import ADMIN_TOKEN, Caller
from people.ports import GitHubRefused, GitHubSilent
from projections.access import Access

bearer = HTTPBearer(
    auto_error=False, description="ORCHESTRATOR_ADMIN_TOKEN, or an API token of a person"
)

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
_SAFE = ("GET", "HEAD", "OPTIONS")
_Found = TypeVar("_Found")


def token_matches(given: str, admin_tokens: Sequence[str]) -> bool:
    """Compare in constant time; without a configured token nothing matches."""
    told = given.encode(errors="replace")
    matching = [hmac.compare_digest(told, each.encode()) for each in admin_tokens if each]
    return any(matching)  # each was compared, so that time tells of none


async def recognise(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Caller:
    """Return who a request is from, if that may use its route; or refuse with 401, 403 or 404."""
    caller = await _caller(request, credentials)
    template = getattr(request.scope.get("route"), "path", request.url.path)
    require(caller, need_of(request.method, template), request.path_params)
    request.scope["state"].setdefault("logged", {})["by"] = caller.login
    return caller


class _OfBearer(SecurityBase):
    """What the document says of ``bearer``, of a dependency that asks it itself.

    FastAPI takes 90 µs for each dependency that another one has.
    """

    model = bearer.model
    scheme_name = bearer.scheme_name


class _Recognised(_OfBearer):
    async def __call__(self, request: Request) -> Caller:
        """Return who a request is from, as ``recognise`` does: once for all who depend on it."""
        known: dict[str, Caller] = request.scope["state"]
        if "caller" not in known:
            known["caller"] = await recognise(request, await bearer(request))
        return known["caller"]


recognised = _Recognised()


class _Authorised(_OfBearer):
    async def __call__(self, request: Request) -> Access:
        """Return the access of whoever a request is from."""
        return (await recognised(request)).access


authorised_access = _Authorised()


async def optional_caller(request: Request, credentials: Credentials) -> Caller | None:
    """Return who a request is from, None for a stranger; a wrong token is refused."""
    if credentials is None and not _shows_our_cookie(request):
        return None
    return await _caller(request, credentials)


AskAccess: TypeAlias = Callable[[], Awaitable[Access]]


async def asking_access(request: Request, credentials: Credentials) -> AskAccess:
    """Return what asks how far a request's bearer sees now, for what stays open.

    It raises ApiError once they see nothing any more.
    """

    async def ask() -> Access:
        return (await recognise(request, credentials)).access

    return ask


Recognised = Annotated[Caller, Depends(recognised)]
Authorised = Annotated[Access, Depends(authorised_access)]
AskedAgain = Annotated[AskAccess, Depends(asking_access)]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]


def _shows_our_cookie(request: Request) -> bool:
    """Say whether there is a cookie of ours; under a name that is not ours there is none."""
    try:
        return bool(_cookie(request, request.app.state.services.people))
    except ApiError:
        return False


async def _caller(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Caller:
    people: People = request.app.state.services.people
    if credentials is not None:
        return await _of_token(request, people, credentials.credentials)
    if secret := _cookie(request, people):
        return await _of_cookie(request, people, secret)
    raise ApiError(
        401,
        "token_missing",
        "this needs a session (sign in at /api/auth/login) or the header Authorization: Bearer …",
        www_authenticate="Bearer",
    )


async def _of_token(request: Request, people: People, token: str) -> Caller:
    if _is_admin_token(request, people, token):
        return ADMIN_TOKEN
    caller = await _told(people.recognition.of_api_token(token))
    return caller or await refused(request, "token", _token_invalid())


async def require_admin_token(request: Request, people: People, token: str) -> None:
    """Raise 401 unless a bearer token is an admin token, 429 after too many that were none."""
    if not _is_admin_token(request, people, token):
        await refused(request, "token", _token_invalid())


def _is_admin_token(request: Request, people: People, token: str) -> bool:
    """Compare, unless too many that came from there were wrong: then none is even looked at."""
    attempts = people.attempts
    if attempts.waits("token", lambda: address_of(request, attempts)):
        return False
    return token_matches(token, people.admin_tokens)


def _token_invalid() -> ApiError:
    """Say the same of each: unknown, ended, revoked, of another kind."""
    return ApiError(
        401,
        "token_invalid",
        "the bearer token is not valid here",
        www_authenticate='Bearer error="invalid_token"',
    )


async def _of_cookie(request: Request, people: People, secret: str) -> Caller:
    site = site_of(request, people.public_url)
    if request.method not in _SAFE:
        site.require_own_page(request)
    found = await _told(people.recognition.of_session(secret))
    if found is None:
        over = ApiError(401, "session_over", "this session is over; sign in again")
        await refused(request, "session", over)
    return found[0]


async def _told(asked: Awaitable[_Found]) -> _Found:
    """Wait for who it is; raises ApiError where GitHub does not say what they may."""
    try:
        return await asked
    except GitHubSilent as error:
        raise ApiError(
            503,
            "rights_unknown",
            f"GitHub cannot be asked what you may see: {error}",
            retry_after="5",
        ) from error
    except GitHubRefused as error:
        raise ApiError(401, "session_over", f"sign in again: {error}") from error


def _cookie(request: Request, people: People) -> str | None:
    """Return the session's secret among a request's cookies, of a site that may be ours or not."""
    if not request.cookies:
        return None
    return request.cookies.get(site_of(request, people.public_url).cookie())
