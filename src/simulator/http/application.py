"""The ASGI application: every request counted, limited, checked, answered and signed off."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.http.answer import Answer, refusal
from simulator.http.call import Call, Site
from simulator.http.caller import Caller, Level
from simulator.http.routes import ROUTES, Served
from simulator.http.writing import spoilt, written
from simulator.payloads import Payload
from simulator.state.refusals import Moved, Refused
from simulator.web.routes import pages

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def application(site: Site) -> Starlette:
    """Build the application over a site."""
    by_path: dict[str, dict[str, Served]] = {}
    for served in ROUTES:
        by_path.setdefault(served.template, {})[served.method] = served
    routes = [
        Route(template, _handler(site, methods), methods=list(methods))
        for template, methods in by_path.items()
    ]

    async def unknown(request: Request, _: Exception) -> Response:
        site.served[request.method, "unknown"] += 1
        return written(site, request, refusal(404, "Not Found"))

    return Starlette(
        routes=[*routes, *pages(site)], exception_handlers={404: unknown, 405: unknown}
    )


def _handler(site: Site, methods: dict[str, Served]) -> Handler:
    async def handle(request: Request) -> Response:
        served = methods[request.method if request.method in methods else "GET"]
        body = await request.body()
        site.served[served.method, served.kind] += 1
        trouble = site.troubles.next(served.method, served.kind)
        if trouble and trouble.answer and not trouble.late:
            return written(site, request, trouble.answer)
        try:
            caller = site.credentials.caller(request.headers.get("authorization"))
        except Refused as refused:
            return written(site, request, _refusal_of(refused))
        answer = _limited(site, served, caller) or _answer(site, served, caller, request, body)
        if trouble and trouble.unlisted and isinstance(answer.body, dict):
            site.unlisted[answer.body["id"]] = trouble.unlisted
        answered = (trouble.answer if trouble else None) or answer
        response = written(site, request, answered, caller, _resource(served))
        return await spoilt(response, trouble)

    return handle


def _limited(site: Site, served: Served, caller: Caller) -> Answer | None:
    limits = site.limits
    if served.kind == "/rate_limit":
        return None
    over = limits.use(caller.name, _resource(served))
    return over or (limits.make_content(caller.name) if served.makes_content else None)


def _answer(site: Site, served: Served, caller: Caller, request: Request, body: bytes) -> Answer:
    forbidden = _forbidden(served, caller) or _not_theirs(site, served, caller, request)
    if forbidden:
        return forbidden
    try:
        given = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        return refusal(400, "Problems parsing JSON")
    if not isinstance(given, dict):
        return refusal(400, "Body should be a JSON object")
    try:
        return served.endpoint(_call(site, caller, request, given))
    except Refused as refused:
        return _refusal_of(refused)


def _forbidden(served: Served, caller: Caller) -> Answer | None:
    if caller.kind not in served.callers:
        if caller.kind == "anonymous":
            return refusal(401, "Requires authentication")
        if "app" in served.callers:
            return refusal(401, "A JSON web token could not be decoded")
        return refusal(403, "Resource not accessible by integration")
    level: Level = "read" if served.method == "GET" else "write"
    if served.permission and not caller.may(served.permission, level):
        return refusal(403, "Resource not accessible by integration")
    return None


def _not_theirs(site: Site, served: Served, caller: Caller, request: Request) -> Answer | None:
    """Refuse a user what they or the App may not do in this repository, whatever the token says.

    What they do not even reach is not found, as whoever answers says.
    """
    if not (caller.is_user and served.in_repository and served.method != "GET"):
        return None
    name = "{owner}/{repo}".format(**request.path_params)
    repository = site.world.repositories.get(name)
    if repository is None or not caller.reaches(repository):
        return None
    if repository.installation_id is None:
        return refusal(403, "Resource not accessible by integration")
    if repository.access.may_write(caller.user):
        return None
    return refusal(403, "Must have write access to Repository.")


def _call(site: Site, caller: Caller, request: Request, body: Payload) -> Call:
    return Call(
        site=site,
        caller=caller,
        path=dict(request.path_params),
        query=dict(request.query_params),
        body=body,
        address=f"{site.url}{request.url.path}",
        accept=request.headers.get("accept", ""),
        version=request.headers.get("x-github-api-version", ""),
    )


def _refusal_of(refused: Refused) -> Answer:
    headers = {"location": refused.address} if isinstance(refused, Moved) else None
    return refusal(refused.status, refused.message, errors=refused.errors, headers=headers)


def _resource(served: Served) -> str:
    return "graphql" if served.kind == "/graphql" else "core"
