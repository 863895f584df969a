"""Routes found by how a path begins, so that a request tries only those that can be its.

FastAPI tries one router after the other, all routes of each: of some sixty that took a quarter of
what a page costs the event loop.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

# The first parts of a path, as api and repositories: by two of them most routes are told apart.
_Beginning: TypeAlias = tuple[str, ...]
_PARTS = 2
_FOUND = "routing.found"  # in a request's scope


class RoutesByPath(BaseRoute):
    """The routers that an application includes, in their order, told apart by their paths.

    ``routers`` are those that ``shared`` includes, one after the other, and nothing else.
    """

    def __init__(self, shared: FastAPI, routers: Sequence[APIRouter]) -> None:
        self.shared = shared
        self.original_router = shared.router  # as FastAPI names what it includes
        self._by_beginning = _told_apart(shared.routes, [_beginnings(each) for each in routers])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the match of the first route that is the request's, as a router does."""
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._that_may_be(scope["path"]):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, _FOUND: route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**found, _FOUND: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by the route that was found for it."""
        route: BaseRoute = scope[_FOUND]
        await route.handle(scope, receive, send)

    def _that_may_be(self, path: str) -> Sequence[BaseRoute]:
        beginning = _beginning(path)
        known = self._by_beginning
        return known.get(beginning) or known.get(beginning[:1]) or self.shared.routes


def _told_apart(
    routes: Sequence[BaseRoute], beginnings: Sequence[set[_Beginning]]
) -> Mapping[_Beginning, Sequence[BaseRoute]]:
    """Return by each beginning the routes that a path may be of which begins so, in their order."""
    pairs = [*zip(routes, beginnings, strict=True)]
    return {
        known: [route for route, theirs in pairs if any(known[: len(p)] == p for p in theirs)]
        for known in set().union(*beginnings)
    }


def _beginnings(router: APIRouter) -> set[_Beginning]:
    return {_literal(route.path) for route in router.routes if isinstance(route, Route)}


def _literal(template: str) -> _Beginning:
    """Return the beginning of a route's path, up to the first part that is a parameter."""
    before, parameter, _ = template.partition("{")
    return _beginning(before.rpartition("/")[0] if parameter else before)


def _beginning(path: str) -> _Beginning:
    return tuple(path.split("/", _PARTS + 1)[1 : _PARTS + 1])
