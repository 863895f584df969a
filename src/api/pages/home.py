"""The first page: the dashboard; where that was not built, who is signed in and how to get it."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.frontend.serving import frontend_of, page_of
from api.pages.rendering import asset, page
from api.pages.visitor import AtPage, OwnForm, Visitor, first, visitor_of
from api.people import People
from api.problems import ApiError
from people import sessions
from people.doors import Ended

router = APIRouter(include_in_schema=False)

_SIGNED_OUT: Ended = "signed_out"
_BY_PERSON: Ended = "ended_by_person"
_LONG = {"Cache-Control": "public, max-age=3600"}


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> Response:
    """Show the dashboard, else say who is signed in, and lead on."""
    frontend = frontend_of(request)
    return page_of(request, frontend) if frontend else await _plain_home(request)


async def _plain_home(request: Request) -> Response:
    visitor = await visitor_of(request)
    people: People = request.app.state.services.people
    setting_up = people.setting_up
    is_new = setting_up is not None and await setting_up.is_open()
    return page(
        "home.html",
        visitor=visitor,
        why_not=people.why_not(),
        is_new=is_new,
        sessions=await _sessions(request, visitor),
    )


@router.post("/sign-out")
async def sign_out(request: Request, visitor: AtPage, form: OwnForm) -> Response:
    """End this session, another of one's own, or all of them."""
    people: People = request.app.state.services.people
    caller = visitor.caller
    if caller is None or caller.id is None:
        raise ApiError(401, "session_over", "this session is over; sign in again")
    own = {each.id for each in await _sessions(request, visitor)}
    match first(form, "which"):
        case "":
            ended, because = [caller.id], _SIGNED_OUT
        case "all":
            ended, because = sorted(own), _BY_PERSON
        case which:
            ended, because = [each for each in own if str(each) == which], _BY_PERSON
    if ended:
        await people.doors.end(caller.user_id, caller.login, ended, because)
    return _back(visitor, ended, caller.id)


@router.get("/assets/{name}")
async def assets(name: str) -> Response:
    """Serve what pages load."""
    found = asset(name)
    if found is None:
        raise ApiError(404, "not_found", "there is no such file")
    return Response(found[0], headers=_LONG, media_type=found[1])


async def _sessions(request: Request, visitor: Visitor) -> list[sessions.Session]:
    caller, services = visitor.caller, request.app.state.services
    if caller is None:
        return []
    found: list[sessions.Session] = await services.store.read(
        lambda connection: sessions.of_person(connection, caller.user_id, services.clock())
    )
    return found


def _back(visitor: Visitor, ended: list[UUID], this: UUID) -> Response:
    answer = RedirectResponse("/", 303)
    if this in ended:
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        visitor.site.clear(answer)
    return answer
