"""Setting up, page by page: which one is shown follows from what is there already.

A code, the App, its installation, its first delivery, somebody who administers; then the
repositories. Once somebody administers, the dashboard shows all of it as a checklist.
"""

import re
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api.doorkeeping import counted, refused, require_patience
from api.frontend.serving import frontend_of, page_of
from api.pages.desk import SetupDesk
from api.pages.rendering import page
from api.pages.visitor import AtPage, OwnForm, Visitor, first, form_of
from api.people import People
from api.problems import ApiError
from api.services import Services
from events.catalogue.people import SetupBegun
from events.envelope import Event
from events.errors import OrchestratorError
from people.ports import GitHubRefused, GitHubSilent
from people.setting_up import LASTS, LinkRefused, SettingUp
from people.sign_ins import LASTS as SIGN_IN_LASTS
from people.sign_ins import TooManySignIns
from people.vault import VaultMissing
from projections.access import EVERYTHING
from projections.events.index import EventFilter, list_events
from projections.installations import list_installations

router = APIRouter(prefix="/setup", include_in_schema=False)

MANIFEST = "manifest"  # what GitHub's way back proves, as a form does
_BY = "set-up"  # who did it, in the log, before anybody has a name
_UNSEEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NEWEST = 5  # deliveries that a page shows
_MOST = 1000  # installations that are looked at
_Given = Annotated[str | None, Query(max_length=500)]


def _setting_up(request: Request) -> SettingUp:
    setting_up: SettingUp | None = request.app.state.services.people.setting_up
    if setting_up is None:
        raise ApiError(404, "not_found", "nothing is set up here")
    return setting_up


def _desk(request: Request) -> SetupDesk:
    desk: SetupDesk | None = request.app.state.services.setup
    if desk is None:
        raise ApiError(404, "not_found", "nothing is set up here")
    return desk


Links = Annotated[SettingUp, Depends(_setting_up)]
Desk = Annotated[SetupDesk, Depends(_desk)]


@router.get("")
async def setup(request: Request, visitor: AtPage, links: Links, desk: Desk) -> Response:
    """Show the dashboard's checklist; before anybody could read it, the step that comes next."""
    frontend = frontend_of(request)
    if frontend is not None and not await links.is_open():
        return page_of(request, frontend)
    return await step(request, visitor, links, desk)


@router.get("/step")
async def step(request: Request, visitor: AtPage, links: Links, desk: Desk) -> Response:
    """Show the page of the step that comes next."""
    if not (visitor.sets_up or visitor.administers):
        is_new = await links.is_open()
        return page("setup_code.html", visitor=visitor, is_new=is_new)
    if not desk.has_app:
        return _app_page(visitor, desk)
    arrived, is_installed = await _arrived(request.app.state.services)
    if not is_installed:
        where = await desk.app_page()
        return page("setup_install.html", visitor=visitor, where=where, arrived=arrived)
    if not visitor.administers or (_is_token(visitor) and not await links.is_named()):
        why_not = request.app.state.services.people.why_not()
        return page(
            "setup_sign_in.html",
            forms_lead_to=desk.web_url,
            visitor=visitor,
            arrived=arrived,
            why_not=why_not,
        )
    return RedirectResponse("/setup/repositories", 303, _UNSEEN)


@router.post("/code")
async def spend_code(request: Request, visitor: AtPage, links: Links) -> Response:
    """Take the code of the link that was shown; from here on this browser sets up."""
    visitor.site.require_own_origin(request)
    require_patience(request, "link")
    code = first(await form_of(request), "code").strip()
    try:
        secret = await links.spend(code.rpartition("#")[2])  # the whole link does, too
    except LinkRefused as error:
        await refused(request, "link", ApiError(403, "setup_code_refused", str(error)))
    await _people(request).doors.record(SetupBegun(), _BY, None)
    answer = RedirectResponse("/setup", 303, _UNSEEN)
    visitor.site.set(answer, secret, int(LASTS.total_seconds()), "_setup")
    return answer


@router.post("/app")
async def app_in_organization(request: Request, visitor: AtPage, desk: Desk) -> Response:
    """Send a browser on to GitHub with the form that it sends, for an organization.

    That form holds the manifest and nothing that is ours: GitHub gets all of it. It changes nothing
    here, so that our origin and the cookie are proof enough.
    """
    visitor.site.require_own_origin(request)
    _require_somebody(visitor)
    name = first(await form_of(request), "organization").strip()
    if not _ORGANIZATION.fullmatch(name):
        raise ApiError(422, "organization_invalid", "an organization's login is needed")
    # 307 has the browser post the same form there, manifest and all.
    url = _new_app(desk, visitor, f"organizations/{name}/settings/apps/new")
    return RedirectResponse(url, 307, _UNSEEN)


@router.get("/app")
async def app_made(
    visitor: AtPage, desk: Desk, code: _Given = None, state: _Given = None
) -> Response:
    """Come back from GitHub with the code of the App that was made there, and go on to install."""
    _require_somebody(visitor)
    if code is None or not visitor.proves(MANIFEST, state):
        raise ApiError(403, "setup_state_wrong", "this was not begun by this browser; begin again")
    try:
        await desk.register(code, *_by(visitor))
    except GitHubSilent as error:
        raise ApiError(503, "github_silent", str(error), retry_after="10") from error
    except (GitHubRefused, VaultMissing) as error:
        raise ApiError(403, "app_refused", str(error)) from error
    except OrchestratorError as error:
        raise ApiError(502, "app_unfit", str(error)) from error
    where = await desk.app_page()
    return RedirectResponse(f"{where}/installations/new" if where else "/setup", 303, _UNSEEN)


@router.get("/installed")
async def installed() -> Response:
    """Come back from GitHub's page of installing; what it says is believed once it is delivered."""
    return RedirectResponse("/setup", 303, _UNSEEN)


@router.post("/sign-in")
async def sign_in(request: Request, visitor: AtPage, form: OwnForm) -> Response:
    """Send a browser to GitHub, to come back as whoever administers this server."""
    assert form is not None  # noqa: S101 (which was read to be proven)
    _require_somebody(visitor)
    people = _people(request)
    why_not = people.why_not()
    if people.signing_in is None or why_not is not None:
        raise ApiError(503, "sign_in_unavailable", why_not or "nobody signs in here")
    site = visitor.site
    await counted(request, "begun", visitor.caller)
    try:
        begun, url = await people.signing_in.begin(
            "setup", "/setup/step", f"{site.origin}/api/auth/callback"
        )
    except (TooManySignIns, VaultMissing) as error:
        raise ApiError(503, "sign_in_unavailable", str(error), retry_after="60") from error
    answer = RedirectResponse(url, 303, _UNSEEN)
    site.set(answer, begun.browser, int(SIGN_IN_LASTS.total_seconds()), "_sign_in")
    return answer


def _app_page(visitor: Visitor, desk: SetupDesk) -> Response:
    return page(
        "setup_app.html",
        forms_lead_to=desk.web_url,
        visitor=visitor,
        can_keep=desk.can_keep,
        is_reachable=desk.is_reachable(visitor.site.origin),
        url=_new_app(desk, visitor, "settings/apps/new"),
        manifest=_manifest(visitor, desk),
    )


def _manifest(visitor: Visitor, desk: SetupDesk) -> str:
    return orjson.dumps(desk.manifest(visitor.site.origin)).decode()


def _new_app(desk: SetupDesk, visitor: Visitor, path: str) -> str:
    return f"{desk.web_url}/{path}?{urlencode({'state': visitor.proof(MANIFEST)})}"


def _by(visitor: Visitor) -> tuple[str, int | None]:
    if visitor.caller is not None and visitor.caller.administers:
        return visitor.caller.login, visitor.caller.user_id
    return _BY, None


def _is_token(visitor: Visitor) -> bool:
    """Say whether who is here has a session of the admin token, and so no name."""
    return visitor.caller is not None and visitor.caller.user_id is None


def _require_somebody(visitor: Visitor) -> None:
    if not (visitor.sets_up or visitor.administers):
        raise ApiError(403, "setup_over", "open /setup with the link that `setup` shows")


async def _arrived(services: Services) -> tuple[list[Event], bool]:
    """Return the newest deliveries, and whether one came from an installation that we know of."""

    def read(connection: Connection) -> tuple[list[Event], bool]:
        wanted = EventFilter.model_construct(source="github")
        newest = list_events(connection, EVERYTHING, wanted, _NEWEST)
        known = {each.id for each in list_installations(connection, EVERYTHING, 0, _MOST)}
        return newest, any(each.installation_id in known for each in newest)

    return await services.store.read(read)


def _people(request: Request) -> People:
    people: People = request.app.state.services.people
    return people
