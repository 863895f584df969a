"""Who may read and command what: a bearer token becomes the access of every query."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import ApiError
from projections.access import EVERYTHING, Access

bearer = HTTPBearer(auto_error=False, description="ORCHESTRATOR_ADMIN_TOKEN")

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who commands, as the log will name them, and how far they reach."""

    who: str
    access: Access


def token_matches(given: str, admin_token: str) -> bool:
    """Compare in constant time; without a configured token nothing matches."""
    same = hmac.compare_digest(given.encode(errors="replace"), admin_token.encode())
    return same and bool(admin_token)


async def authorised_access(request: Request, credentials: Credentials) -> Access:
    """Return the access of a request's bearer, or refuse with 401."""
    if credentials is None:
        raise ApiError(
            401,
            "token_missing",
            "this needs the header Authorization: Bearer …",
            www_authenticate="Bearer",
        )
    if not token_matches(credentials.credentials, request.app.state.services.admin_token):
        raise ApiError(
            401,
            "token_invalid",
            "the bearer token is not valid here",
            www_authenticate='Bearer error="invalid_token"',
        )
    return EVERYTHING


async def optional_access(request: Request, credentials: Credentials) -> Access | None:
    """Return the access of a request's bearer, None for a stranger; a wrong token is refused."""
    return None if credentials is None else await authorised_access(request, credentials)


AskAccess: TypeAlias = Callable[[], Awaitable[Access]]


async def asking_access(request: Request, credentials: Credentials) -> AskAccess:
    """Return what asks how far a request's bearer sees now, for what stays open.

    It raises ApiError once they see nothing any more.
    """
    return partial(authorised_access, request, credentials)


Authorised = Annotated[Access, Depends(authorised_access)]
AskedAgain = Annotated[AskAccess, Depends(asking_access)]


async def authorised_operator(access: Authorised) -> Operator:
    """Return who commands; whoever has the admin token is the admin."""
    return Operator("admin", access)


Commander = Annotated[Operator, Depends(authorised_operator)]
OptionalAccess = Annotated[Access | None, Depends(optional_access)]
