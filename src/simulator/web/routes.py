"""Every page that is served, and what goes wrong with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.http.call import Site
from simulator.http.writing import spoilt, written
from simulator.web import authorize, installing, registering, storage, tokens
from simulator.web.visit import Visit, a_visit

Shown: TypeAlias = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A method and the template of a path, and what answers it."""

    method: str
    template: str
    shown: Shown


PAGES = (
    Page("GET", authorize.PATH, authorize.ask),
    Page("POST", authorize.PATH, authorize.decide),
    Page("POST", tokens.PATH, tokens.exchange),
    Page("POST", registering.NEW, registering.ask),
    Page("POST", registering.NEW_IN, registering.ask),
    Page("POST", registering.CREATE, registering.create),
    Page("POST", registering.CREATE_IN, registering.create),
    Page("GET", installing.APP, installing.show),
    Page("GET", installing.NEW, installing.ask),
    Page("GET", installing.CHOOSE, installing.choose),
    Page("POST", installing.INSTALL, installing.install),
    Page("GET", storage.PATH, storage.get),
)


def pages(site: Site) -> list[Route]:
    """Build the routes of all pages over a site."""
    by_path: dict[str, dict[str, Page]] = {}
    for each in PAGES:
        by_path.setdefault(each.template, {})[each.method] = each
    return [
        Route(template, _handler(site, methods), methods=list(methods))
        for template, methods in by_path.items()
    ]


def _handler(site: Site, methods: dict[str, Page]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        page = methods.get(request.method) or methods["GET"]
        visit = await a_visit(site, request)
        site.served[page.method, page.template] += 1
        trouble = site.troubles.next(page.method, page.template)
        if trouble and trouble.answer and not trouble.late:
            return written(site, request, trouble.answer)
        response = page.shown(visit)
        if trouble and trouble.answer:
            response = written(site, request, trouble.answer)
        return await spoilt(response, trouble)

    return handle
