"""The session's cookie where browsers come by https: of this host alone, and never in the clear."""

from dataclasses import replace

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.site import HEADER
from tests.api.answers import assert_problem
from tests.service import BEARER, client_of

pytestmark = pytest.mark.anyio

HOME = "https://orchestrator.example"


@pytest.fixture
def home(app: FastAPI) -> FastAPI:
    services = app.state.services
    return create_app(replace(services, people=replace(services.people, public_url=HOME)))


async def test_over_https_the_cookie_is_of_the_host_and_never_in_the_clear(home: FastAPI) -> None:
    async with client_of(home, HOME) as client:
        ours = BEARER | {"Origin": HOME, HEADER: "1"}
        answer = await client.http.post("/api/auth/session", headers=ours)
    assert answer.status_code == 201
    [cookie] = answer.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-cwo=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(attributes)
    assert not [each for each in attributes if each.lower().startswith("domain")]
    assert cookie.split(";")[0].removeprefix("__Host-cwo=") not in answer.text


async def test_under_another_name_or_in_the_clear_there_is_none(home: FastAPI) -> None:
    for address in ("http://orchestrator.example", "https://evil.example", "http://127.0.0.1"):
        async with client_of(home, address) as client:
            ours = BEARER | {"Origin": address, HEADER: "1"}
            answer = await client.http.post("/api/auth/session", headers=ours)
        assert answer.status_code in (403, 421)
        assert "set-cookie" not in answer.headers


async def test_the_port_that_https_has_anyway_is_no_part_of_our_origin(app: FastAPI) -> None:
    services = app.state.services
    told = replace(services.people, public_url=f"{HOME}:443")
    async with client_of(create_app(replace(services, people=told)), HOME) as client:
        ours = BEARER | {"Origin": HOME, HEADER: "1"}
        assert (await client.http.post("/api/auth/session", headers=ours)).status_code == 201


@pytest.mark.parametrize("path", ["/api/health/ready", "/api/health/work"])
async def test_a_probe_with_a_cookie_of_somebody_elses_is_a_strangers(
    home: FastAPI, path: str
) -> None:
    for address in (HOME, "http://10.1.2.3:8000"):
        async with client_of(home, address) as client:
            answer = await client.http.get(path, headers={"Cookie": "affinity=1"})
        assert (answer.status_code in (200, 503), answer.json().keys()) == (True, {"status"})


async def test_signing_out_has_the_browser_forget_what_it_kept(home: FastAPI) -> None:
    async with client_of(home, HOME) as client:
        ours = {"Origin": HOME, HEADER: "1"}
        await client.http.post("/api/auth/session", headers=BEARER | ours)
        answer = await client.http.post("/api/auth/logout", headers=ours)
        assert answer.status_code == 204
        assert answer.headers["clear-site-data"] == '"cache", "storage"'
        assert_problem(await client.http.get("/api/me"), 401, "token_missing")
