"""Serving the dashboard: one page at the path of each view, and the files that it loads."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.frontend.files import BuiltFile, Frontend
from api.headers import CSP
from api.problems import ApiError

router = APIRouter(include_in_schema=False)

# Where views are, as in `web/src/routes`; `/` is served by `api.pages.home`, which can do without.
VIEWS = (
    "/lanes",
    "/events",
    "/events/{position}",
    "/actions",
    "/actions/{action_id}",
    "/commands",
    "/costs",
    "/account",
    "/r/{owner}/{name}",
    "/r/{owner}/{name}/policy",
    "/r/{owner}/{name}/{issue}",
)
BESIDE = ("favicon.svg", "theme.js")  # files at the root
_A_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


async def view(request: Request) -> Response:
    """Show the dashboard's page; which view it shows, it reads from its address."""
    frontend = frontend_of(request)
    if frontend is None:
        return RedirectResponse("/", 303)  # which says how to get it
    return page_of(request, frontend)


async def beside(request: Request) -> Response:
    """Serve a file that is loaded by its own name."""
    return _file(request, request.url.path.removeprefix("/"))


@router.api_route("/_app/{path:path}", methods=["GET", "HEAD"])
async def built_file(request: Request, path: str) -> Response:
    """Serve a file that the page loads."""
    return _file(request, f"_app/{path}")


def page_of(request: Request, frontend: Frontend) -> Response:
    """Answer with the dashboard's page, under its policy."""
    return _answer(request, frontend.page, {CSP: frontend.policy})


def frontend_of(request: Request) -> Frontend | None:
    """Return the dashboard as it was built, None where it was not."""
    frontend: Frontend | None = request.app.state.services.frontend
    return frontend


def _file(request: Request, name: str) -> Response:
    frontend = frontend_of(request)
    found = frontend.files.get(name) if frontend else None
    if found is None:
        raise ApiError(404, "not_found", "there is no such file")
    return _answer(request, found, {})


def _answer(request: Request, file: BuiltFile, headers: Mapping[str, str]) -> Response:
    coding = _coding(request, file)
    tag = f'"{file.tag}{f"-{coding}" if coding else ""}"'
    told = {
        **headers,
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "Cache-Control": _A_YEAR if file.is_immutable else _ASK_AGAIN,
    }
    known = {each.strip().removeprefix("W/") for each in _given(request, "if-none-match")}
    if tag in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=told)
    if coding:
        told["Content-Encoding"] = coding
    content = file.packed[coding] if coding else file.content
    return Response(content, headers=told, media_type=file.media_type)


def _coding(request: Request, file: BuiltFile) -> str:
    """Return the coding to answer in: the smallest that there is and that a browser takes."""
    taken = {
        name.strip().lower()
        for name, _, weight in (each.partition(";") for each in _given(request, "accept-encoding"))
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    return next((each for each in file.packed if each in taken), "")


def _given(request: Request, header: str) -> list[str]:
    return request.headers.get(header, "").split(",")


for _path in VIEWS:
    router.add_api_route(_path, view, methods=["GET", "HEAD"])
for _name in BESIDE:
    router.add_api_route(f"/{_name}", beside, methods=["GET", "HEAD"])
