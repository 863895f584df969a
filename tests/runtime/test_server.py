"""What is ready before anybody calls."""

from typing import Any

import pytest
from fastapi.dependencies.utils import get_dependant

from api.app import every_route
from runtime.database import Database
from runtime.server import build_routes
from tests.service import app_over, client_of

pytestmark = pytest.mark.anyio


async def test_no_call_waits_for_routes_to_be_built(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastAPI builds them when one is first looked for, while everybody else waits."""
    every_route.cache_clear()  # as in a process that has just begun
    built: list[object] = []

    def counted(**named: Any) -> object:  # noqa: ANN401 (FastAPI's, handed through)
        built.append(named["path"])
        return get_dependant(**named)

    monkeypatch.setattr("fastapi.routing.get_dependant", counted)
    app = app_over(store)
    build_routes(app)
    assert "/api/dashboard" in built
    built.clear()
    async with client_of(app) as client:
        assert (await client.get("/api/dashboard")).status_code == 200
        assert (await client.get("/api/nowhere")).status_code == 404
    assert not built
