"""What every answer tells browsers, whatever was asked and whatever came of it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from api.app import create_app
from api.headers import content_policy
from tests.api.documented import Nowhere
from tests.service import BEARER, RECEIVER, Client, app_over, client_of

pytestmark = pytest.mark.anyio

PAGES = (
    "/api/health/live",
    "/api/policy/schema",
    "/api/auth/login",
    "/openapi.json",
    "/docs",
    "/nothing",
    "/api/dashboard",  # which fails: there is no store
    "/metrics",
)


@pytest.fixture
async def nowhere() -> AsyncIterator[Client]:
    async with client_of(app_over(Nowhere())) as client:
        yield client


def assert_guarded(answer: httpx2.Response) -> None:
    for name, value in {
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }.items():
        assert answer.headers.get_list(name) == [value], name
    for name in ("referrer-policy", "permissions-policy"):
        assert len(answer.headers.get_list(name)) == 1
    [policy] = answer.headers.get_list("content-security-policy")
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == directives["object-src"] == "'none'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "INVENTED"])
async def test_every_answer_is_guarded(nowhere: Client, path: str, method: str) -> None:
    for headers in ({}, BEARER):
        assert_guarded(await nowhere.http.request(method, path, headers=headers))


async def test_of_deliveries_the_refused_are_guarded_and_what_is_stored_tells_nothing_more(
    client: Client,
) -> None:
    """Only who signed it gets the answer to one that is stored, and that is no browser."""
    assert_guarded(await client.http.post(RECEIVER))
    assert_guarded(await client.deliver("ping", {}, secret="another"))
    assert_guarded(await client.http.get(RECEIVER))
    answer = await client.deliver("ping", {})
    assert answer.status_code == 202
    assert set(answer.headers) == {"content-length", "content-type", "x-request-id"}


async def test_no_method_gives_back_what_was_sent(nowhere: Client) -> None:
    for method in ("TRACE", "TRACK", "DEBUG"):
        sent = {"Authorization": "Bearer what-nobody-is-told"}
        answer = await nowhere.http.request(method, "/api/me", headers=sent)
        assert answer.status_code == 405
        assert "what-nobody" not in answer.text + str(answer.headers)


async def test_no_other_site_may_read_an_answer(nowhere: Client) -> None:
    sent = BEARER | {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for method in ("GET", "OPTIONS", "POST"):
        answer = await nowhere.http.request(method, "/api/policy/schema", headers=sent)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("public_url", "told"),
    [
        ("https://orchestrator.example", ["max-age=31536000; includeSubDomains"]),
        ("https://orchestrator.example:443", ["max-age=31536000; includeSubDomains"]),
        ("https://shared.example:8443", []),  # it would hold for every port of the host
        ("https://[2001:db8::1]/", ["max-age=31536000; includeSubDomains"]),
        ("https://orchestrator.example:99999", []),  # which is no port at all
        ("http://127.0.0.1:8000", []),
        ("", []),
    ],
)
async def test_browsers_are_held_to_https_where_it_is_spoken(
    public_url: str, told: list[str]
) -> None:
    services = app_over(Nowhere()).state.services
    people = replace(services.people, public_url=public_url)
    async with client_of(create_app(replace(services, people=people))) as client:
        for path in PAGES:
            answer = await client.http.get(path)
            assert answer.headers.get_list("strict-transport-security") == told


async def test_whoever_has_no_valid_credential_is_told_the_same(client: Client) -> None:
    """Wrong, too long, empty, of another kind: nobody learns from the answer which."""
    bodies, heads = set(), set()
    for token in ("x", "an-admin-token-of-the-test", "cwo_" + "a" * 43, "ghu_" + "a" * 36, "é" * 9):
        sent = {b"Authorization": f"Bearer {token}".encode()}
        answer = await client.http.get("/api/dashboard", headers=sent)
        request_id = answer.headers["x-request-id"]
        bodies.add(answer.text.replace(request_id, ""))
        heads.add(tuple((k, v) for k, v in answer.headers.items() if k != "x-request-id"))
        assert answer.status_code == 401
    assert len(bodies) == len(heads) == 1


def test_a_page_says_itself_where_its_forms_lead_and_what_stands_in_it() -> None:
    policy = content_policy(forms_to=["https://github.com"], styles=["'sha256-x'"])
    assert "form-action 'self' https://github.com;" in policy
    assert "style-src 'self' 'sha256-x';" in policy
    assert "script-src 'self';" in policy
