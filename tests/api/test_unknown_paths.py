"""What is not there, or not to be done so, is a problem like any other."""

import pytest

from tests.api.answers import assert_problem
from tests.api.documented import Nowhere
from tests.service import BEARER, app_over, client_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api",
        "/api/nothing",
        "/api/v1/events",
        "/api/events/",
        "/api/events/1/payload",
        "/api/webhooks",
        "/api/webhooks/gitlab",
        "/api/../etc/passwd",
        "/%00",
        "/%ff%fe",
        "/%e2%80%ae",
        "/" + "x" * 5000,
    ],
    ids=lambda path: path[:20],
)
async def test_an_unknown_path_is_not_found(path: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get(path, headers=BEARER)
    assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/events/", "/api/v1/x"])
async def test_an_unknown_path_of_the_api_is_no_page_whoever_asks(path: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get(path, headers=BEARER | {"Accept": "text/html"})
    assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "INVENTED"])
@pytest.mark.parametrize("path", ["/api/events", "/api/events/1", "/api/live", "/metrics"])
async def test_another_method_is_not_allowed(path: str, method: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.request(method, path, headers=BEARER)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


async def test_what_breaks_inside_is_a_problem_without_details() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.get("/api/events")
    detail = assert_problem(answer, 500, "internal_error")
    assert "Assertion" not in detail
    assert "Traceback" not in answer.text
