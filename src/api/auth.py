"""Signing in and out, over HTTP: GitHub's user flow, and the admin token for a session."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api import openapi
from api.access import Credentials, Recognised, require_admin_token
from api.agreeing import agreed
from api.doorkeeping import counted, refused, require_patience
from api.people import People
from api.problems import ApiError
from api.site import Site, site_of
from people.doors import Entered
from people.ports import GitHubRefused, GitHubSilent
from people.sessions import LONGEST
from people.sign_ins import LASTS, SignIn, SignInUnknown, TooManySignIns
from people.signing_in import Browser, NothingHere, SigningIn
from people.vault import VaultMissing

router = APIRouter(prefix="/api/auth", tags=["people"])

CALLBACK = "/api/auth/callback"
# A path of ours and nothing that a browser takes for another host, as `//host` and `/\host` are.
OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_UNSEEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_Secret = Annotated[str | None, Query(max_length=500)]


class SessionAnswer(BaseModel):
    """A session that was begun; its secret is in the cookie alone."""

    id: UUID
    ends_at: str = Field(examples=["2026-12-29T12:00:00+00:00"])


def _people(request: Request) -> People:
    people: People = request.app.state.services.people
    return people


def _signing_in(people: Annotated[People, Depends(_people)]) -> SigningIn:
    why_not = people.why_not()
    if people.signing_in is None or why_not is not None:
        raise ApiError(503, "sign_in_unavailable", why_not or "nobody signs in here")
    return people.signing_in


def _site(request: Request, people: Annotated[People, Depends(_people)]) -> Site:
    return site_of(request, people.public_url)


Desk = Annotated[SigningIn, Depends(_signing_in)]
OurSite = Annotated[Site, Depends(_site)]


class Ways(BaseModel):
    """How one may sign in here."""

    github: bool = Field(description="by GitHub, at `/api/auth/login`")
    why_not: str | None = Field(description="why not by GitHub; null where one may")
    is_new: bool = Field(description="nobody administers this server yet: begin at `/setup`")


@router.get("/ways")
async def sign_in_ways(people: Annotated[People, Depends(_people)]) -> Ways:
    """Say how one may sign in here; the admin token is taken in any case."""
    why_not = people.why_not()
    is_new = people.setting_up is not None and await people.setting_up.is_open()
    if people.signing_in is None:
        why_not = why_not or "nobody signs in here by GitHub"
    return Ways(github=why_not is None, why_not=why_not, is_new=is_new)


@router.get(
    "/login",
    operation_id="sign_in",
    status_code=302,
    response_class=RedirectResponse,
    responses={421: openapi.error("Asked under a name that is not ours.")},
)
async def login(
    request: Request,
    desk: Desk,
    site: OurSite,
    return_to: Annotated[
        str, Query(max_length=1000, description="where the browser goes on: a path of ours")
    ] = "/",
) -> Response:
    """Send a browser to GitHub, to sign in there."""
    if not OUR_PATH.fullmatch(return_to):
        raise ApiError(422, "return_to_invalid", "return_to is a path of this server, such as /")
    await counted(request, "begun")
    try:
        begun, url = await desk.begin("sign_in", return_to, site.origin + CALLBACK)
    except (TooManySignIns, VaultMissing) as error:
        raise ApiError(503, "sign_in_unavailable", str(error), retry_after="60") from error
    answer = RedirectResponse(url, 302, _UNSEEN)
    site.set(answer, begun.browser, int(LASTS.total_seconds()), "_sign_in")
    return answer


@router.get(
    "/callback",
    operation_id="finish_sign_in",
    status_code=303,
    response_class=RedirectResponse,
    responses={403: openapi.error("GitHub, or this server, does not let them in.")},
)
async def callback(  # noqa: PLR0913 (GitHub's parameters are three)
    request: Request,
    desk: Desk,
    site: OurSite,
    code: _Secret = None,
    state: _Secret = None,
    error: _Secret = None,
) -> Response:
    """Come back from GitHub: begin a session, or keep a consent.

    Once for each sign-in, and in its browser only.
    """
    require_patience(request, "sign_in")
    try:
        answer = await _came_back(request, desk, site, code, state, error)
    except ApiError as refusal:
        await refused(request, "sign_in", refusal)
    site.clear(answer, "_sign_in")
    return answer


@router.post(
    "/session",
    status_code=201,
    responses={
        201: {"model": SessionAnswer},
        403: openapi.error("Not the admin token, or not from our own page."),
    },
)
async def exchange_admin_token(
    request: Request, people: Annotated[People, Depends(_people)], site: OurSite, given: Credentials
) -> Response:
    """Exchange the admin token for a session, so that a browser's streams can be followed, too."""
    site.require_own_page(request)
    token = given.credentials if given else ""
    await require_admin_token(request, people, token)
    before = request.cookies.get(site.cookie())
    entered = await people.doors.enter_as_admin(token, _agent(request), before)
    body = {"id": str(entered.session.id), "ends_at": entered.session.ends_at.isoformat()}
    answer = JSONResponse(body, 201, _UNSEEN)
    _hand_over(site, answer, entered)
    return answer


@router.post("/logout", operation_id="sign_out", status_code=204, response_class=Response)
async def logout(
    people: Annotated[People, Depends(_people)], site: OurSite, caller: Recognised
) -> Response:
    """End the session that asks; the consent to act as somebody stays."""
    assert caller.id is not None  # noqa: S101 (a session has one)
    await people.doors.end(caller.user_id, caller.login, [caller.id], "signed_out")
    answer = Response(status_code=204, headers=_UNSEEN | {"Clear-Site-Data": '"cache", "storage"'})
    site.clear(answer)
    return answer


async def _came_back(  # noqa: PLR0913 (as above)
    request: Request,
    desk: SigningIn,
    site: Site,
    code: str | None,
    state: str | None,
    error: str | None,
) -> Response:
    """Do what the sign-in was for, and say where the browser goes on; raises ApiError."""
    browser = request.cookies.get(site.cookie("_sign_in"))
    if state is None or browser is None:
        raise ApiError(403, "sign_in_unknown", "this sign-in was not begun here; begin again")
    try:
        sign_in = await desk.returned(state, browser)
        if error is not None or code is None:
            raise ApiError(403, "sign_in_denied", "GitHub says that you did not agree")
        uri = site.origin + CALLBACK
        if sign_in.purpose == "consent":
            return _sent_on(await agreed(request, site, sign_in, code, uri))
        return await _entered(request, desk, site, sign_in, code)
    except SignInUnknown as unknown:
        raise ApiError(403, "sign_in_unknown", str(unknown)) from unknown
    except NothingHere as nothing:
        raise ApiError(403, "nothing_here", str(nothing)) from nothing
    except GitHubSilent as silent:
        raise ApiError(503, "github_silent", str(silent), retry_after="10") from silent
    except GitHubRefused as refused:
        raise ApiError(403, "sign_in_refused", str(refused)) from refused


async def _entered(
    request: Request, desk: SigningIn, site: Site, sign_in: SignIn, code: str
) -> Response:
    browser = Browser(
        agent=_agent(request),
        session=request.cookies.get(site.cookie()),
        setup=request.cookies.get(site.cookie("_setup")),
    )
    entered = await desk.enter(sign_in, code, site.origin + CALLBACK, browser)
    answer = _sent_on(sign_in.target)
    _hand_over(site, answer, entered)
    return answer


def _sent_on(target: str) -> Response:
    return RedirectResponse(target, 303, _UNSEEN)


def _hand_over(site: Site, answer: Response, entered: Entered) -> None:
    site.set(answer, entered.secret, int(LONGEST.total_seconds()))


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
