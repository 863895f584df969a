"""Long answers are compressed for who takes that, save those that hold a secret."""

from collections.abc import AsyncIterator

import pytest
from starlette.types import Scope

from api.compressing import may_be_compressed
from tests.api.documented import Nowhere
from tests.service import BEARER, Client, app_over, client_of

pytestmark = pytest.mark.anyio

LONG, SHORT = "/openapi.json", "/api/health/live"


@pytest.fixture
async def nowhere() -> AsyncIterator[Client]:
    async with client_of(app_over(Nowhere())) as client:
        yield client


async def coding(client: Client, path: str, takes: str) -> str | None:
    answer = await client.http.get(path, headers=BEARER | {"Accept-Encoding": takes})
    assert answer.status_code == 200
    return answer.headers.get("content-encoding")


async def test_a_long_answer_is_compressed_for_who_takes_it(nowhere: Client) -> None:
    assert await coding(nowhere, LONG, "gzip, deflate") == "gzip"
    assert await coding(nowhere, LONG, "identity") is None
    assert await coding(nowhere, LONG, "gzip;q=0, br") is None
    assert await coding(nowhere, SHORT, "gzip") is None


async def test_compressed_or_not_it_is_the_same(nowhere: Client) -> None:
    packed = await nowhere.http.get(LONG, headers=BEARER | {"Accept-Encoding": "gzip"})
    plain = await nowhere.http.get(LONG, headers=BEARER | {"Accept-Encoding": "identity"})
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_the_stream_is_never_compressed(client: Client) -> None:
    sent = BEARER | {"Accept-Encoding": "gzip"}
    answer = await client.http.head("/api/live", headers=sent)
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "/api/events", True),
        ("GET", "/api/repositories/1/workflows", True),
        ("GET", "/docs", True),
        ("GET", "/api/tokens", False),
        ("POST", "/api/tokens", False),
        ("GET", "/api/sessions", False),
        ("GET", "/api/me", False),
        ("GET", "/api/auth/login", False),
        ("POST", "/api/auth/program", False),
        ("GET", "/", False),
        ("GET", "/setup", False),
        ("GET", "/program", False),
    ],
)
def test_what_holds_a_secret_is_not_compressed(method: str, path: str, *, may: bool) -> None:
    scope: Scope = {"type": "http", "method": method, "path": path}
    assert may_be_compressed(scope) is may
