"""Consents over HTTP: one's own, and who may be acted as in a repository."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from aggregates.surroundings import EVERYWHERE
from api import openapi
from api.access import Recognised
from api.agreeing import consenting_of, places_of
from api.auth import CALLBACK, OUR_PATH, OurSite
from api.command_bodies import documented, plain_body_of
from api.doorkeeping import counted
from api.needs import Need, require
from api.paging import Id
from api.people import People
from api.problems import ApiError
from events.catalogue import About
from events.table import MAX_INTEGER
from people import consents, rights
from people.caller import Caller
from people.consenting import MOST, Asked, Consenting
from people.consents import Consent
from people.roles import Role
from people.sign_ins import LASTS, TooManySignIns
from people.vault import VaultMissing
from projections.lanes.queries import around_lanes
from projections.references import Links, Person, RepositoryRef

router = APIRouter(prefix="/api", tags=["people"])

Whose = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
State = Literal["given", "lost"]


class ConsentBody(BaseModel):
    """For which repositories somebody consents, and where their browser goes on afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    repositories: tuple[Whose, ...] = Field(min_length=1, max_length=MOST, examples=[[42]])
    return_to: str = Field(default="/", max_length=1000, description="a path of this server")


class ActingOrderBody(BaseModel):
    """Acting users in the order in which they are tried; others come behind as they were."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    user_ids: tuple[Whose, ...] = Field(max_length=100, examples=[[7, 3]])


class ConsentBegun(BaseModel):
    """Where the browser is to go: GitHub asks there whether the App may act as its person."""

    url: str


class ConsentItem(BaseModel):
    """A consent of one's own."""

    repository: RepositoryRef
    state: State
    given_at: datetime
    lost_at: datetime | None
    why: str | None = Field(description="why it was lost")


class ConsentList(BaseModel):
    """One's own consents, by the repositories' names."""

    items: list[ConsentItem]


class ActingUserItem(BaseModel):
    """Somebody who consented to be acted as in a repository."""

    actor: Person
    state: State
    given_at: datetime
    lost_at: datetime | None
    why: str | None


class ActingUsers(BaseModel):
    """As whom is acted in a repository, in the order in which it is tried."""

    items: list[ActingUserItem]
    of_settings: Person | None = Field(description="the server's own acting user, who comes last")
    could_consent: list[Person] = Field(
        description="who signed in here and may write there by what GitHub said last"
    )


@router.get("/consents")
async def list_consents(request: Request, caller: Recognised) -> ConsentList:
    """List one's own consents."""
    user_id = _person(caller)
    found = await request.app.state.services.store.read(
        lambda connection: consents.of_person(connection, user_id)
    )
    links: Links = request.app.state.services.links
    return ConsentList(items=[_own(each, links) for each in found])


@router.post(
    "/consents",
    operation_id="give_consent",
    openapi_extra=documented(ConsentBody),
    responses={
        403: openapi.error("`role_too_low`: they may not write there."),
        409: openapi.error("`app_missing`: the App does not reach one of them."),
        503: openapi.error("`sign_in_unavailable`: nobody can sign in with GitHub here."),
    },
)
async def consent(
    request: Request,
    response: Response,
    caller: Recognised,
    site: OurSite,
    body: Annotated[ConsentBody, plain_body_of(ConsentBody)],
) -> ConsentBegun:
    """Begin to let the service act as oneself: GitHub is asked for tokens of its own for that."""
    consenting, user_id = _consenting(request), _person(caller)
    if not OUR_PATH.fullmatch(body.return_to):
        raise ApiError(422, "return_to_invalid", "return_to is a path of this server, such as /")
    repositories = tuple(dict.fromkeys(body.repositories))
    for each in repositories:
        require(caller, Need.OPERATOR, {"repository_id": each})
    await request.app.state.services.store.read(lambda c: places_of(c, repositories))
    await counted(request, "begun", caller)
    try:
        asked = Asked(user_id, repositories, body.return_to)
        begun, url = await consenting.begin(asked, site.origin + CALLBACK)
    except (TooManySignIns, VaultMissing) as error:
        raise ApiError(503, "sign_in_unavailable", str(error), retry_after="60") from error
    site.set(response, begun.browser, int(LASTS.total_seconds()), "_sign_in")
    response.headers["Cache-Control"] = "no-store"
    return ConsentBegun(url=url)


@router.delete(
    "/consents", operation_id="withdraw_all_consents", status_code=204, response_class=Response
)
async def take_all_back(request: Request, caller: Recognised) -> None:
    """Take all of one's consents back; the tokens for them are revoked at GitHub."""
    listed = await list_consents(request, caller)
    theirs = [each.repository.id for each in listed.items]
    await _consenting(request).take_back(_person(caller), theirs)


@router.delete(
    "/consents/{repository_id}",
    operation_id="withdraw_consent",
    status_code=204,
    response_class=Response,
)
async def take_back(request: Request, caller: Recognised, repository_id: Id) -> None:
    """Take a consent back; with the last one the tokens are revoked at GitHub."""
    if not await _consenting(request).take_back(_person(caller), [repository_id]):
        raise ApiError(
            404, "consent_not_found", f"you did not consent for the repository {repository_id}"
        )


@router.get("/repositories/{repository_id}/acting-users", operation_id="list_acting_users")
async def acting_users(request: Request, caller: Recognised, repository_id: Id) -> ActingUsers:
    """Say as whom is acted in a repository, who cannot be any more, and who could help."""
    require(caller, Need.OPERATOR, {"repository_id": repository_id})
    found: ActingUsers = await request.app.state.services.store.read(
        lambda connection: _acting_users(connection, repository_id)
    )
    return found


@router.put(
    "/repositories/{repository_id}/acting-users/order",
    openapi_extra=documented(ActingOrderBody),
    responses={422: openapi.error("`user_unknown`: somebody did not consent there.")},
)
async def order_acting_users(
    request: Request,
    caller: Recognised,
    repository_id: Id,
    body: Annotated[ActingOrderBody, plain_body_of(ActingOrderBody)],
) -> ActingUsers:
    """Set the order in which acting users are tried."""
    store = request.app.state.services.store
    known = await store.read(lambda c: consents.of_repository(c, repository_id))
    ids = tuple(dict.fromkeys(body.user_ids))
    if unknown := set(ids) - {each.user_id for each in known}:
        raise ApiError(
            422, "user_unknown", f"the user {min(unknown)} did not consent for this repository"
        )
    where = known[0].installation_id if known else None
    about = About(installation_id=where, repository_id=repository_id)
    await _consenting(request).order(about, ids, caller.login, caller.user_id)
    found: ActingUsers = await store.read(lambda c: _acting_users(c, repository_id))
    return found


def _consenting(request: Request) -> Consenting:
    people: People = request.app.state.services.people
    return consenting_of(people)


def _person(caller: Caller) -> int:
    if caller.user_id is None:
        raise ApiError(403, "person_needed", "only a person who signed in with GitHub can consent")
    return caller.user_id


def _acting_users(connection: Connection, repository_id: int) -> ActingUsers:
    known = consents.of_repository(connection, repository_id)
    given = {each.user_id for each in known if each.lost_at is None}
    able = rights.holders(connection, repository_id, Role.OPERATOR)
    acting = around_lanes(connection).acting.get(EVERYWHERE)
    return ActingUsers(
        items=[
            ActingUserItem(
                actor=Person(id=each.user_id, login=each.login),
                state=_state(each),
                given_at=each.given_at,
                lost_at=each.lost_at,
                why=each.why,
            )
            for each in known
        ],
        of_settings=Person(id=acting.user_id, login=acting.login) if acting else None,
        could_consent=[
            Person(id=each.user_id, login=each.login) for each in able if each.user_id not in given
        ],
    )


def _own(consent: Consent, links: Links) -> ConsentItem:
    return ConsentItem(
        repository=links.repository(consent.repository_id, consent.full_name),
        state=_state(consent),
        given_at=consent.given_at,
        lost_at=consent.lost_at,
        why=consent.why,
    )


def _state(consent: Consent) -> State:
    return "given" if consent.lost_at is None else "lost"
