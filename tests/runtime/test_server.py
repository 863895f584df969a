"""What is ready before anybody calls."""

from typing import Any

import pytest
from fastapi.dependencies.utils import get_dependant

from runtime.database import Database
from runtime.server import build_routes
from tests.service import app_over, client_of

pytestmark = pytest.mark.anyio


async def test_no_call_waits_for_routes_to_be_built(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastAPI builds them when one is first looked for, while everybody else waits."""
    built: list[object] = []

    def counted(**named: Any) -> object:  # noqa: ANN401 (FastAPI's, handed through)
        built.append(named["path"])
        return get_dependant(**named)

    monkeypatch.setattr("fastapi.routing.get_dependant", counted)
    ready, late = app_over(store), app_over(store)
    build_routes(ready)
    assert "/api/dashboard" in built
    for app, expected in ((ready, False), (late, True)):
        built.clear()
        async with client_of(app) as client:
            assert (await client.get("/api/dashboard")).status_code == 200
            assert (await client.get("/api/nowhere")).status_code == 404
        assert bool(built) is expected
