"""Nobody reads without the token: every route that the document knows, and those to come."""

import httpx2
import pytest

from api.access import token_matches
from api.needs import Need, need_of
from tests.api.answers import assert_problem
from tests.api.documented import Nowhere, Operation, operations
from tests.service import RECEIVER, TOKEN, Client, app_over, client_of

pytestmark = pytest.mark.anyio

# The exchange of the token for a session looks at it itself, after where it is asked from.
EXCHANGE = "/api/auth/session"

PROTECTED = [
    operation
    for operation in operations()
    if operation.path not in (EXCHANGE, "/metrics")
    and need_of(operation.method.upper(), operation.path) is not Need.OPEN
]
every_protected = pytest.mark.parametrize("operation", PROTECTED, ids=str)

# What is no bearer token at all, and what is not the right one.
NO_TOKEN = ["", "Bearer", "Bearer ", "bearer  ", f"Basic {TOKEN}", TOKEN]
WRONG_TOKEN = [
    "Bearer wrong",
    f"Bearer {TOKEN}x",
    f"Bearer {TOKEN[:-1]}",
    f"Bearer {TOKEN.upper()}",
    f"Bearer {TOKEN},{TOKEN}",
    "Bearer \u00fc\u00df\u00ff",
    "Bearer null",
]


async def test_a_stranger_may_ask_what_is_open(client: Client) -> None:
    asked = [
        operation
        for operation in operations()
        if need_of(operation.method.upper(), operation.path) is Need.OPEN
        and operation.path != RECEIVER  # where who signed nothing is refused
    ]
    assert "/api/policy/schema" in {operation.path for operation in asked}
    for operation in asked:
        answer = await client.http.request(operation.method, operation.example)
        assert answer.status_code != 401, operation


def test_there_are_routes_to_protect() -> None:
    paths = {operation.path for operation in PROTECTED}
    assert {"/api/events", "/api/live", "/api/dashboard", "/api/repositories"} <= paths


@every_protected
async def test_a_stranger_is_refused(operation: Operation) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.request(operation.method, operation.example)
    assert_problem(answer, 401, "token_missing")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@every_protected
@pytest.mark.parametrize("token", [TOKEN, ""], ids=["a token configured", "none configured"])
async def test_what_is_not_the_token_is_refused(operation: Operation, token: str) -> None:
    async with client_of(app_over(Nowhere(), token=token)) as client:
        for authorization in NO_TOKEN:
            answer = await ask(client, operation, authorization)
            assert_problem(answer, 401, "token_missing")
        for authorization in WRONG_TOKEN:
            answer = await ask(client, operation, authorization)
            assert_problem(answer, 401, "token_invalid")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@every_protected
async def test_without_a_configured_token_nobody_is_let_in(operation: Operation) -> None:
    async with client_of(app_over(Nowhere(), token="")) as client:
        answer = await ask(client, operation, f"Bearer {TOKEN}")
        assert_problem(answer, 401, "token_invalid")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_token_is_taken_with_its_scheme_in_any_case(client: Client) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = await client.http.get(
            "/api/events", headers={"Authorization": f"{scheme} {TOKEN}"}
        )
        assert answer.status_code == 200


def test_without_a_configured_token_not_even_an_empty_one_matches() -> None:
    assert token_matches(TOKEN, [TOKEN])
    assert token_matches(TOKEN, ["another", TOKEN])  # while they are rotated
    assert not token_matches("", [])
    assert not token_matches("", [""])
    assert not token_matches("", [TOKEN])
    assert not token_matches(TOKEN, [""])


async def test_a_token_in_the_address_is_none() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get("/api/dashboard", params={"token": TOKEN})
    assert_problem(answer, 422, "request_invalid")
    assert TOKEN not in answer.text


async def ask(client: Client, operation: Operation, authorization: str) -> httpx2.Response:
    headers = httpx2.Headers({"Authorization": authorization}, encoding="latin-1")
    return await client.http.request(operation.method, operation.example, headers=headers)
