"""Requests find the routes that FastAPI finds, though most of these are not tried."""

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import ASGITransport, AsyncClient

from api.routing import RoutesByPath

pytestmark = pytest.mark.anyio

PATHS = ("/", "/api/a", "/api/a/first", "/{page}", "/api/{name}/last", "/api/a/{id}", "/api/b")
ASKED = (
    *("/", "", "/api", "/api/", "/api/a", "/api/a/", "/api/a/first", "/api/a/2", "/api/b"),
    *("/api/c/last", "/api/a/last", "/api//last", "/other", "/other/last", "/api/c", "/api/a/1/2"),
)


def routers() -> list[APIRouter]:
    """A router for each path, which answers it by its name; some only to a POST."""
    found = []
    for number, path in enumerate(PATHS):
        router = APIRouter()

        async def answer(path: str = path) -> str:
            return path

        router.add_api_route(path, answer, methods=["POST"] if number % 3 == 2 else ["GET"])
        found.append(router)
    return found


async def told(app: FastAPI) -> list[tuple[str, str, int, str]]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answers = [
            (method, path, await client.request(method, path))
            for path in ASKED
            for method in ("GET", "POST", "DELETE")
        ]
    return [(method, path, each.status_code, each.text) for method, path, each in answers]


async def test_each_request_is_answered_as_by_the_routers_themselves() -> None:
    shared, app = FastAPI(openapi_url=None), FastAPI(openapi_url=None, redirect_slashes=False)
    plain = FastAPI(openapi_url=None, redirect_slashes=False)
    every = routers()
    for router in every:
        shared.include_router(router)
        plain.include_router(router)
    app.router.routes.append(RoutesByPath(shared, every))
    expected = await told(plain)
    assert {status for _, _, status, _ in expected} == {200, 404, 405}
    assert await told(app) == expected
