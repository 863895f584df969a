"""No query parameter is ignored in silence, on any route."""

import pytest

from tests.api.answers import assert_problem
from tests.api.documented import Nowhere, Operation, operations
from tests.service import BEARER, RECEIVER, app_over, client_of

pytestmark = pytest.mark.anyio

WHATEVER = {RECEIVER, "/api/auth/callback"}
STRICT = [each for each in operations() if each.path not in WHATEVER]
DOCUMENTS = [Operation(path, "get", {}) for path in ("/docs", "/openapi.json")]


@pytest.mark.parametrize("operation", [*STRICT, *DOCUMENTS], ids=str)
async def test_an_unknown_parameter_is_refused_with_those_that_there_are(
    operation: Operation,
) -> None:
    async with client_of(app_over(Nowhere())) as client:
        method, path = operation.method.upper(), f"{operation.example}?colour=blue"
        answer = await client.http.request(method, path, headers=BEARER)
    detail = assert_problem(answer, 422, "request_invalid")
    assert "there is no parameter 'colour' here" in detail
    places = operation.content.get("parameters", [])
    for name in (each["name"] for each in places if each["in"] == "query"):
        assert name in detail
    assert answer.json()["errors"] == [{"place": "query", "parameter": "colour", "detail": detail}]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=1&limit=2", "'limit' was given 2 times; it takes one value"),
        ("type=push&type=issues&type=ping", "'type' was given 3 times"),
        ("=1", "there is no parameter '' here"),
        ("limits=5", "(did you mean limit?)"),
        ("x=1&y=2", "'x' here"),
        ("x=1&y=2", "'y' here"),
        ("x" * 5000, f"'{'x' * 50}' here"),
        ("%00=1", r"'\x00' here"),
    ],
)
async def test_what_does_not_fit_is_named(query: str, told: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.get(f"/api/events?{query}")
    assert told in assert_problem(answer, 422, "request_invalid")


async def test_each_place_that_does_not_fit_is_told_by_its_name() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.get("/api/events?limit=0&source=moon")
    assert_problem(answer, 422, "request_invalid")
    told = {(each["place"], each["parameter"]) for each in answer.json()["errors"]}
    assert told == {("query", "limit"), ("query", "source")}


async def test_whoever_comes_back_from_github_may_bring_whatever_it_adds() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get("/api/auth/callback?iss=github&code=1&code=2")
    assert answer.status_code != 422
