"""Nothing asked is ignored in silence: a query parameter that a route does not know is refused.

What a route knows is read from what FastAPI made of its signature, dependencies included, so that
no list of names is kept beside it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import get_args, get_origin

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from api.problems import ApiError, Misfit

# GitHub adds to what it was given, as it likes.
_WHATEVER = {"/api/auth/callback"}
_MOST = 50
_LISTS = (list, tuple, set, frozenset)


async def known_parameters(request: Request) -> None:
    """Raise 422 for a query parameter that the route does not know, or one twice that it has once.

    A dependency of every route of the API; without a query it costs nothing but the look.
    """
    if request.scope["query_string"]:
        route = request.scope["route"]
        if route.path not in _WHATEVER:
            _require(request, _parameters_of(route))


def require_no_parameters(request: HTTPConnection) -> None:
    """Raise 422 for any query parameter, where a route without FastAPI's doing takes none."""
    _require(request, {})


def _require(request: HTTPConnection, known: Mapping[str, bool]) -> None:
    times = Counter(name for name, _ in request.query_params.multi_items())
    found = [_misfit(name, times[name], known) for name in times]
    misfits = [each for each in found if each is not None]
    if misfits:
        detail = "; ".join(each.detail for each in misfits[:5])
        raise ApiError(422, "request_invalid", detail).at(*misfits[:_MOST])


def _misfit(name: str, times: int, known: Mapping[str, bool]) -> Misfit | None:
    shown = name[:50]
    if name not in known:
        near = get_close_matches(name[:50], known, 1)
        guess = f" (did you mean {near[0]}?)" if near else ""
        those = f"there are {', '.join(sorted(known))}" if known else "there is none"
        detail = f"there is no parameter {shown!r} here{guess}; {those}"
    elif times > 1 and not known[name]:
        detail = f"{shown!r} was given {times} times; it takes one value"
    else:
        return None
    return Misfit(place="query", parameter=shown, detail=detail)


def _parameters_of(route: APIRoute) -> Mapping[str, bool]:
    """Return the names of a route's query parameters, with whether each takes several values."""
    known = _known.get(route.endpoint)
    if known is None:
        known = _known[route.endpoint] = {
            field.alias: _takes_several(field.field_info.annotation)
            for field in get_flat_params(route.dependant)
            if _is_of_query(field.field_info)
        }
    return known


# By the function that answers: a route of FastAPI's has no hash.
_known: dict[Callable[..., object], Mapping[str, bool]] = {}


def _is_of_query(info: object) -> bool:
    """Say whether a field is of the query; one of a model of parameters bears no place itself."""
    return getattr(info, "in_", ParamTypes.query) is ParamTypes.query


def _takes_several(annotation: object) -> bool:
    if get_origin(annotation) in _LISTS or annotation in _LISTS:
        return True
    return any(_takes_several(each) for each in get_args(annotation))
