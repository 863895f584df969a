"""API tokens over HTTP: a person makes, lists and revokes their own; administrators see to all."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api import openapi
from api.access import Recognised
from api.command_bodies import documented, json_of, parsed, plain_body_of
from api.doorkeeping import refused, require_patience
from api.people import People
from api.problems import ApiError
from api.services import Services
from events.table import MAX_INTEGER
from people import sessions
from people.api_tokens import LONGEST, MOST_REPOSITORIES, USUAL, ApiToken, TooManyTokens
from people.caller import Caller
from people.issuing import Maker, TokenRole, Wanted
from people.programs import CodeRefused
from people.roles import ROLE_WORDS, Role, RoleWord
from projections.access import Access
from projections.references import Person, RepositoryRef
from projections.repositories.names import repositories_by_id

router = APIRouter(prefix="/api", tags=["people"])

_Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
_Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]


class TokenBody(BaseModel):
    """What a token is for: a role at most, some repositories or all, an end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name = Field(description="for people, in lists", examples=["nightly report"])
    role: TokenRole = Field(
        "viewer", description="at most; never more than its maker's own, whatever that becomes"
    )
    repositories: tuple[_Id, ...] | None = Field(
        None, min_length=1, max_length=MOST_REPOSITORIES, description="null: all of its maker's"
    )
    ends_at: AwareDatetime | None = Field(
        None, description=f"at most a year from now; without one {USUAL.days} days from now"
    )


class ProgramBody(BaseModel):
    """What a browser brought to a program, and what only that program knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(max_length=200)
    verifier: str = Field(min_length=43, max_length=128, description="PKCE's (RFC 7636)")


class TokenItem(BaseModel):
    """A token that holds, without its secret."""

    id: UUID
    name: str
    actor: Person | None = Field(description="whose it is; null: made with the admin token")
    role: RoleWord = Field(description="at most")
    repositories: list[RepositoryRef] | None = Field(description="null: all of its maker's")
    made_at: datetime
    ends_at: datetime
    first_used_at: datetime | None
    used_at: datetime | None = Field(description="to the minute")


class TokenMadeAnswer(TokenItem):
    """A new token. Its secret is told this once."""

    token: str = Field(description="for Authorization: Bearer", examples=["cwo_…"])


class TokenList(BaseModel):
    """Tokens, the newest first."""

    items: list[TokenItem]


@router.get("/tokens")
async def list_tokens(
    request: Request,
    caller: Recognised,
    actor: Annotated[
        Literal["admin"] | _Id | None,
        Query(description="another's, for administrators; `admin`: those made with that token"),
    ] = None,
) -> TokenList:
    """List one's own tokens, or for administrators another's."""
    if caller.means == "api_token":
        raise ApiError(403, "session_needed", "tokens are listed for people, not for programs")
    whose = caller.user_id
    if actor is not None:
        whose = actor if isinstance(actor, int) else None
        if whose != caller.user_id and not caller.administers:
            raise ApiError(403, "administrators_only", "others' tokens are for administrators")
    found = await _people(request).issuing.of_person(whose)
    named = await _named(request, caller.access, found)
    return TokenList(items=[TokenItem(**_shown(each, named)) for each in found])


@router.post(
    "/tokens",
    status_code=201,
    openapi_extra=documented(TokenBody),
    responses={409: openapi.error("`too_many_tokens`: one has as many as one may.")},
)
async def make_token(
    request: Request, caller: Recognised, body: Annotated[TokenBody, plain_body_of(TokenBody)]
) -> TokenMadeAnswer:
    """Make a token for a program, which may never do more than oneself."""
    services = request.app.state.services
    wanted = _wanted(caller, body, services.clock())
    maker = Maker.of(caller, await made_with(request, caller))
    try:
        secret, token = await _people(request).issuing.make(maker, wanted)
    except TooManyTokens as error:
        raise ApiError(409, "too_many_tokens", str(error)) from error
    return TokenMadeAnswer(
        token=secret, **_shown(token, await _named(request, caller.access, [token]))
    )


@router.post(
    "/auth/program",
    openapi_extra=documented(ProgramBody),
    responses={
        403: openapi.error("`code_refused`: no code of this program's, or not any more."),
        409: openapi.error("`too_many_tokens`: one has as many as one may."),
    },
)
async def exchange_code(request: Request) -> TokenMadeAnswer:
    """Exchange the code that a browser brought to a program for a token of its person."""
    require_patience(request, "program")
    body = parsed(ProgramBody, await json_of(request))
    try:
        secret, token = await _people(request).programs.exchange(body.code, body.verifier)
    except CodeRefused as error:
        await refused(request, "program", ApiError(403, "code_refused", str(error)))
    except TooManyTokens as error:
        raise ApiError(409, "too_many_tokens", str(error)) from error
    theirs = Access(token.only or frozenset())  # they agreed to it in their browser just now
    return TokenMadeAnswer(token=secret, **_shown(token, await _named(request, theirs, [token])))


@router.delete("/tokens/{token_id}", status_code=204, response_class=Response)
async def revoke_token(request: Request, caller: Recognised, token_id: UUID) -> None:
    """Let a token hold no longer: one's own, or for administrators anybody's; a program its own."""
    if caller.means == "api_token" and caller.id != token_id:
        raise ApiError(403, "session_needed", "a program revokes its own token alone")
    issuing = _people(request).issuing
    token = await issuing.find(token_id)
    is_own = token is not None and token.user_id == caller.user_id
    if token is None or not (is_own or caller.administers):
        raise ApiError(404, "token_not_found", f"you have no API token {token_id}")
    because: Literal["by_person", "by_administrator"] = (
        "by_person" if is_own else "by_administrator"
    )
    await issuing.revoke(token, because, caller.login, caller.user_id)


def _wanted(caller: Caller, body: TokenBody, now: datetime) -> Wanted:
    most = Role(ROLE_WORDS.index(body.role))
    if most is Role.ADMINISTRATOR and not caller.administers:
        raise ApiError(
            403, "administrators_only", "you do not administer, so no token of yours does"
        )
    only = None if body.repositories is None else frozenset(body.repositories)
    for each in sorted(only or ()):
        if caller.role_in(each) is Role.NONE:
            raise ApiError(404, "repository_not_found", f"no repository has the id {each}")
    lasts = USUAL if body.ends_at is None else body.ends_at - now
    if not timedelta() < lasts <= LONGEST:
        raise ApiError(422, "end_invalid", "a token ends within a year from now")
    return Wanted(name=body.name, most=most, only=only, lasts=lasts)


async def made_with(request: Request, caller: Caller) -> str | None:
    """Return the hash of the admin token behind a session, without which its tokens end, too."""
    services = request.app.state.services
    own = await services.store.read(
        lambda c: sessions.of_person(c, caller.user_id, services.clock())
    )
    return next((each.made_with for each in own if each.id == caller.id), None)


async def _named(
    request: Request, access: Access, tokens: Iterable[ApiToken]
) -> Mapping[int | None, RepositoryRef]:
    """Name the repositories of tokens, in one statement."""
    services: Services = request.app.state.services
    about = {each for token in tokens for each in token.only or ()}
    return await services.store.read(
        lambda connection: repositories_by_id(connection, access, services.links, about)
    )


def _shown(token: ApiToken, named: Mapping[int | None, RepositoryRef]) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "actor": None if token.user_id is None else Person(id=token.user_id, login=token.login),
        "role": token.most.word,
        "repositories": None
        if token.only is None
        else [named[each] for each in sorted(token.only)],
        "made_at": token.made_at,
        "ends_at": token.ends_at,
        "first_used_at": token.first_used_at,
        "used_at": token.used_at,
    }


def _people(request: Request) -> People:
    people: People = request.app.state.services.people
    return people
