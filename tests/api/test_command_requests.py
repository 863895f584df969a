"""What a command's request must be like, and how far it reaches."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from api.access import authorised_access, recognised
from api.body import BodyReader
from api.command_bodies import CommandBody, ModeBody, OrderBody, parsed
from events.catalogue.commands import MAX_ORDER
from events.catalogue.own import MAX_REASON
from events.errors import DeliveryTooLarge
from simulator.payloads import INSTALLATION_ID
from tests.api.answers import assert_problem
from tests.api.commanding import STRANGE, Site, keyed
from tests.api.documented import Nowhere, Operation, operations
from tests.callers import a_caller
from tests.service import BEARER, app_over, client_of

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
COMMANDS = [
    each for each in operations() if each.content["tags"] == ["commands"] and each.method == "post"
]
every_command = pytest.mark.parametrize("operation", COMMANDS, ids=str)
JSON = {"Content-Type": "application/json"}
LARGE = 64 * 1024 + 1


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 15


@every_command
async def test_a_command_needs_a_key(operation: Operation) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.post(operation.example, headers=BEARER)
    assert "Idempotency-Key" in assert_problem(answer, 400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["", "k" * 201, "tab\there", "caf\u00e9", "\x7f"])
async def test_a_key_is_short_and_printable(key: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        headers = [(b"Authorization", BEARER["Authorization"].encode())]
        headers.append((b"Idempotency-Key", key.encode("latin-1")))
        answer = await client.http.post("/api/resume", headers=headers)
    assert_problem(answer, 400, "idempotency_key_invalid")


async def test_two_keys_are_none() -> None:
    async with client_of(app_over(Nowhere())) as client:
        headers = [*BEARER.items(), ("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
        answer = await client.http.post("/api/resume", headers=headers)
    assert_problem(answer, 400, "idempotency_key_invalid")


@on_one_database
async def test_a_key_may_be_anything_printable(site: Site) -> None:
    for key in ("k" * 200, "!", 'a "quoted" key', "a:b/c,d;e=~"):
        assert (await site.command("{lane}/workflows/1/retry", key)).status_code == 202
        assert (await site.command("{lane}/workflows/1/retry", key)).status_code == 200


@every_command
async def test_a_strangers_body_is_not_even_read(operation: Operation) -> None:
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{}"

    async with client_of(app_over(Nowhere())) as client:
        for headers, code in (({}, 401), (BEARER, 400)):
            answer = await client.http.post(operation.example, content=body(), headers=headers)
            assert answer.status_code == code
    assert not read


@every_command
@pytest.mark.parametrize("body", [b"", b"{}", b'{"reason": " "}'])
async def test_a_command_without_a_reason_is_refused(operation: Operation, body: bytes) -> None:
    async with client_of(app_over(Nowhere())) as client:
        headers = keyed("key") | JSON
        answer = await client.http.post(operation.example, content=body, headers=headers)
    assert "body.reason" in assert_problem(answer, 422, "request_invalid")


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("pause", b"", "body.reason"),
        ("pause", b'{"reason": ""}', "body.reason"),
        ("pause", b'{"reason": "  "}', "body.reason"),
        ("pause", b'{"reason": null}', "body.reason"),
        ("pause", b'{"reason": 7}', "body.reason"),
        ("pause", b'{"reason": "%s"}' % (b"x" * (MAX_REASON + 1)), "body.reason"),
        ("pause", b'{"reason": "a\\u0000b"}', "body.reason"),
        ("pause", b'{"reason": "a\\u001b[31mb"}', "body.reason"),
        ("pause", b'{"reason": "\\ud800"}', "body"),
        ("pause", b'{"reason": "why", "until": "tomorrow"}', "body.until"),
        ("pause", b"[]", "body"),
        ("pause", b'"why"', "body"),
        ("pause", b"null", "body"),
        ("pause", b"{", "body"),
        ("pause", b'{"reason": "\xff"}', "body"),
        ("pause", b"[" * 60_000, "body"),
        ("pause", b'{"a":' * 10_000, "body"),
        ("resume", b'{"reason": "why", "mode": "live"}', "body.mode"),
        ("mode", b'{"reason": "why"}', "body.mode"),
        ("mode", b'{"reason": "why", "mode": "loud"}', "body.mode"),
        ("mode", b'{"reason": "why", "mode": false}', "body.mode"),
        ("queue/order", b'{"reason": "why"}', "body.order"),
        ("queue/order", b'{"reason": "why", "order": "1"}', "body.order"),
        ("queue/order", b'{"reason": "why", "order": {"1": 1}}', "body.order"),
        ("queue/order", b'{"reason": "why", "order": [0]}', "body.order.0"),
        ("queue/order", b'{"reason": "why", "order": [1, -1]}', "body.order.1"),
        ("queue/order", b'{"reason": "why", "order": [true]}', "body.order.0"),
        ("queue/order", b'{"reason": "why", "order": ["1"]}', "body.order.0"),
        ("queue/order", b'{"reason": "why", "order": [1.5]}', "body.order.0"),
        ("queue/order", b'{"reason": "why", "order": [9223372036854775808]}', "body.order.0"),
        ("queue/order", b'{"reason": "why", "order": [%s]}' % (b"9" * 5000), "body"),
        (
            "queue/order",
            b'{"reason": "why", "order": [%s]}' % b",".join([b"1"] * (MAX_ORDER + 1)),
            "body.order",
        ),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_with_its_place(
    path: str, body: bytes, place: str
) -> None:
    async with client_of(app_over(Nowhere())) as client:
        headers = keyed("key") | JSON
        answer = await client.http.post(
            f"/api/repositories/1/{path}", content=body, headers=headers
        )
    assert assert_problem(answer, 422, "request_invalid").startswith(f"{place}: ")


@pytest.mark.parametrize("known_size", [True, False])
async def test_a_large_body_is_refused_whether_or_not_it_tells_its_size(known_size: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    async def body() -> AsyncIterator[bytes]:
        yield b" " * LARGE

    async with client_of(app_over(Nowhere())) as client:
        content = b" " * LARGE if known_size else body()
        answer = await client.http.post("/api/pause", content=content, headers=keyed("key") | JSON)
    assert_problem(answer, 413, "body_too_large")


async def test_a_body_that_comes_in_one_piece_is_bounded_too() -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b" " * 11}

    with pytest.raises(DeliveryTooLarge, match="10 bytes"):
        async with BodyReader(10).read({}, receive):
            pass


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
async def test_a_body_that_is_no_json_is_refused(media: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        headers = keyed("key") | {"Content-Type": media}
        answer = await client.http.post("/api/pause", content=b'{"reason":"why"}', headers=headers)
    assert_problem(answer, 415, "media_type_unsupported")


@on_one_database
async def test_a_bodys_media_type_may_name_its_encoding(site: Site) -> None:
    headers = keyed("key") | {"Content-Type": "Application/JSON; charset=utf-8"}
    path = site.path("{lane}/pause")
    answer = await site.client.http.post(path, content=b'{"reason":" why\\n"}', headers=headers)
    assert answer.status_code == 202
    [event] = await site.recorded()
    assert event.payload == '{"reason":"why"}'


@pytest.mark.parametrize(
    "path",
    [
        "/api/repositories/0/resume",
        f"/api/repositories/{2**63}/resume",
        "/api/repositories/one/resume",
        "/api/repositories/1/workflows/0/skip",
        f"/api/repositories/1/workflows/{2**63}/skip",
        "/api/installations/0/resume",
    ],
)
async def test_an_id_that_is_none_is_refused(path: str) -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.post(path, headers=keyed("key"))
    assert_problem(answer, 422, "request_invalid")


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_body_at_all_is_read_or_refused(body: bytes) -> None:
    for model in (CommandBody, ModeBody, OrderBody):
        try:
            assert isinstance(parsed(model, body), model)
        except RequestValidationError as refused:
            assert refused.errors()[0]["loc"][0] == "body"  # noqa: PT017 (it need not be refused)


@on_one_database
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("{lane}/pause", "repository_not_found"),
        ("{lane}/workflows/2/skip", "repository_not_found"),
        ("{installation}/pause", "installation_not_found"),
        ("/api/pause", "installation_not_found"),
    ],
)
async def test_nobody_commands_beyond_their_scope(
    app: FastAPI, site: Site, path: str, code: str
) -> None:
    reach(app, STRANGE, STRANGE)
    assert_problem(await site.command(path, reason="why"), 404, code)
    assert await site.recorded() == []


@on_one_database
async def test_who_owns_an_installation_commands_it_and_their_repositories_by_name(
    app: FastAPI, site: Site
) -> None:
    reach(app, site.repository_id, INSTALLATION_ID)
    await site.obeyed("{lane}/pause", reason="why")
    await site.obeyed("{installation}/pause", reason="why")
    assert [event.actor_login for event in await site.recorded()] == ["ada", "ada"]


@on_one_database
async def test_who_has_a_repository_does_not_command_its_installation(
    app: FastAPI, site: Site
) -> None:
    reach(app, site.repository_id, STRANGE)
    answer = await site.command("{installation}/pause", reason="why")
    assert_problem(answer, 404, "installation_not_found")


@on_one_database
async def test_the_same_key_of_somebody_else_is_another(app: FastAPI, site: Site) -> None:
    assert (await site.command("{lane}/pause", "key", reason="why")).status_code == 202
    reach(app, site.repository_id, INSTALLATION_ID)
    answer = await site.command("{lane}/workflows/1/skip", "key")
    assert answer.status_code == 202
    assert len(await site.recorded()) == 2


def reach(app: FastAPI, repository_id: int, installation_id: int) -> None:
    """Let whoever asks be Ada, who reaches one repository and owns one installation."""
    ada = a_caller([repository_id], [installation_id])
    app.dependency_overrides |= {recognised: lambda: ada, authorised_access: lambda: ada.access}
