"""Every route has a row in the table of what it needs, and the table has no row too many."""

from collections.abc import Iterator

from fastapi import FastAPI
from starlette.routing import BaseRoute

from api.needs import NEEDS, Need, need_of


def routes(app: FastAPI) -> Iterator[str]:
    """Yield each method and template that the application answers."""
    for route in flat(app.router.routes):
        methods = getattr(route, "methods", None) or ()
        for method in methods:
            if method != "HEAD":
                yield f"{method} {getattr(route, 'path', '')}"


def flat(found: list[BaseRoute]) -> Iterator[BaseRoute]:
    for route in found:
        included = getattr(route, "original_router", None)
        yield from flat(included.routes) if included else [route]


def test_every_route_has_a_row_and_every_row_a_route(app: FastAPI) -> None:
    known = {*routes(app)}
    assert known
    assert sorted(known - NEEDS.keys()) == []
    assert sorted(NEEDS.keys() - known) == []


def test_what_no_row_names_is_for_administrators_alone() -> None:
    assert need_of("GET", "/api/of-tomorrow") is Need.ADMINISTRATOR
    assert need_of("HEAD", "/api/events") is need_of("GET", "/api/events")
