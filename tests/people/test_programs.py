"""A program on somebody's machine gets a token by their browser, and nobody else does."""

import asyncio
import json
import os
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

from people.sign_ins import challenge_of
from simulator.simulator import Simulator
from tests.api.answers import assert_problem
from tests.people.browser import Browser, a_browser, a_service
from tests.people.test_api_tokens import Program
from tests.people.test_signing_in import ADA, events_of
from tests.service import BEARER, PROGRAM, Client
from tests.simulator.browsing import form_of, press
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

VERIFIER = token_urlsafe(32)
ASKED = {
    "port": "54321",
    "state": token_urlsafe(32),
    "challenge": challenge_of(VERIFIER),
    "host": "adas-laptop",
}
PAGE = f"/program?{urlencode(ASKED)}"


@pytest.fixture
async def github(anyio_backend: str) -> AsyncIterator[Simulator]:
    assert anyio_backend
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    async with a_service(database_url, github, administrators=ADA) as client:
        yield client


@pytest.fixture
async def ada(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    async with a_browser(service, github) as browser:
        await browser.sign_in(ADA)
        yield browser


async def answered(browser: Browser, page: str, answer: str, **changed: str) -> httpx2.Response:
    """Open the page and press one of its buttons."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    sent = form_of(shown).fields | {"answer": answer} | changed
    return await browser.http.post("/program", data=sent, headers={"Origin": browser.origin})


def told(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    return dict(httpx2.URL(answer.headers["location"]).params)


async def exchanged(service: Client, code: str, verifier: str = VERIFIER) -> httpx2.Response:
    return await service.http.post("/api/auth/program", json={"code": code, "verifier": verifier})


async def test_who_says_yes_hands_it_a_token_once(ada: Browser, service: Client) -> None:
    answer = await answered(ada, PAGE, "yes")
    assert answer.headers["location"].startswith("http://127.0.0.1:54321/?")
    brought = told(answer)
    assert brought["state"] == ASKED["state"]
    given = (await exchanged(service, brought["code"])).json()
    assert given["name"] == "login on adas-laptop"
    me = (await Program(service, given["token"]).get("/api/me")).json()
    assert (me["actor"]["login"], me["is_administrator"]) == (ADA, True)
    assert_problem(await exchanged(service, brought["code"]), 403, "code_refused")
    [made] = [e for e in await events_of(service, "api_token") if e["action"] == "made"]
    assert made["actor_login"] == ADA


async def test_who_says_no_hands_it_nothing(ada: Browser) -> None:
    assert told(await answered(ada, PAGE, "no")) == {
        "state": ASKED["state"],
        "error": "access_denied",
    }


async def test_a_code_is_for_the_program_that_asked(ada: Browser, service: Client) -> None:
    code = told(await answered(ada, PAGE, "yes"))["code"]
    for verifier in (token_urlsafe(32), VERIFIER):  # and whoever else had it spent it
        assert_problem(await exchanged(service, code, verifier), 403, "code_refused")
    assert_problem(await exchanged(service, "x" * 200), 403, "code_refused")


async def test_no_other_page_says_yes(ada: Browser, github: Simulator, service: Client) -> None:
    shown = await ada.get(PAGE)
    assert "form-action 'self' http://127.0.0.1:54321;" in shown.headers["content-security-policy"]
    form = form_of(shown).fields | {"answer": "yes"}
    for origin in ({}, {"Origin": "https://evil.example"}):
        answer = await ada.http.post("/program", data=form, headers=origin)
        assert_problem(answer, 403, "origin_refused")
    bare = {name: value for name, value in form.items() if name != "form"}
    answer = await ada.http.post("/program", data=bare, headers={"Origin": ada.origin})
    assert_problem(answer, 403, "form_refused")
    async with a_browser(service, github) as other:
        await other.sign_in("mona-maintains")
        answer = await other.http.post("/program", data=form, headers={"Origin": other.origin})
        assert_problem(answer, 403, "form_refused")


@pytest.mark.parametrize(
    "changed",
    [
        {"port": "0"},
        {"port": "80@evil.example"},
        {"state": "short"},
        {"challenge": "x"},
        {"host": "<script>"},
    ],
)
async def test_a_browser_is_led_to_this_machine_alone(
    ada: Browser, changed: dict[str, str]
) -> None:
    answer = await ada.get(f"/program?{urlencode(ASKED | changed)}")
    assert_problem(answer, 422, "request_invalid")
    assert_problem(await answered(ada, PAGE, "yes", **changed), 422, "request_invalid")


async def test_a_program_revokes_its_own_token_alone(ada: Browser, service: Client) -> None:
    first, second = [
        (await exchanged(service, told(await answered(ada, PAGE, "yes"))["code"])).json()
        for _ in range(2)
    ]
    mine = {"Authorization": f"Bearer {first['token']}"}
    other = await service.http.delete(f"/api/tokens/{second['id']}", headers=mine)
    assert_problem(other, 403, "session_needed")
    assert (
        await service.http.delete(f"/api/tokens/{first['id']}", headers=mine)
    ).status_code == 204
    assert_problem(await service.http.get("/api/me", headers=mine), 401, "token_invalid")


async def test_whoever_has_the_admin_token_lets_a_program_in(
    service: Client, github: Simulator
) -> None:
    async with a_browser(service, github) as admin:
        await admin.http.post("/api/auth/session", headers=admin.ours | BEARER)
        code = told(await answered(admin, PAGE, "yes"))["code"]
    given = (await exchanged(service, code)).json()
    assert (given["actor"], given["role"]) == (None, "administrator")


async def test_the_command_signs_in_by_a_browser_and_out_again(
    service: Client, github: Simulator, tmp_path: Path
) -> None:
    url = str(service.http.base_url).rstrip("/")
    running = await asyncio.create_subprocess_exec(
        *(PROGRAM, "login", "--no-browser", "--url", url),
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
    )
    assert running.stderr is not None
    line = (await running.stderr.readline()).decode()
    [page] = re.findall(rf"{re.escape(url)}(/program\?\S+)", line)
    async with a_browser(service, github) as browser:
        out = await browser.get(page)  # not signed in: by way of GitHub first
        async with httpx2.AsyncClient(trust_env=False) as there:
            asks = await there.get(out.headers["location"])
            back = (await press(there, asks, "authorize", user=ADA)).headers["location"]
            came = await browser.come_back(back)
            assert came.headers["location"] == page
            done = await answered(browser, page, "yes")
            location = done.headers["location"]
            stranger = f"http://127.0.0.1:{urlsplit(location).port}/?code=x&state=y"
            assert (await there.get(stranger)).status_code == 404
            rebound = await there.get(location, headers={"Host": "evil.example"})
            assert rebound.status_code == 404
            assert (await there.get(location)).status_code == 200
    assert await running.wait() == 0, (await running.stderr.read()).decode()
    file = tmp_path / "copilot-orchestrator" / "logins.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    known: dict[str, Any] = json.loads(file.read_text())
    token = await said(tmp_path, "token", "--url", url)
    assert token == known[url]["token"]
    assert (await Program(service, token).get("/api/me")).json()["actor"]["login"] == ADA
    await said(tmp_path, "logout", "--url", url)
    assert json.loads(file.read_text()) == {}
    assert_problem(await Program(service, token).get("/api/me"), 401, "token_invalid")


async def said(folder: Path, *command: str) -> str:
    """Run a command to its end, and return what it says."""
    running = await asyncio.create_subprocess_exec(
        PROGRAM,
        *command,
        env=os.environ | {"XDG_CONFIG_HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    out, _ = await running.communicate()
    assert running.returncode == 0
    return out.decode().strip()
