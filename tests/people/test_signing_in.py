"""People sign in with GitHub, are who they are, and sign out."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from sqlalchemy import Connection, inspect, text

from runtime.database import open_database
from simulator.simulator import Simulator
from tests.api.answers import assert_problem
from tests.conftest import BOTH, SOAK
from tests.people.browser import LOGIN, LOGOUT, Browser, a_browser, a_service
from tests.service import BEARER, Client
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

ADA = "ada-bright"
# What hangs on headers and addresses alone: each test runs a whole service.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[:1], indirect=True)


@pytest.fixture
async def github() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    async with a_service(database_url, github, administrators=ADA) as client:
        yield client


@pytest.fixture
async def browser(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    async with a_browser(service, github) as one:
        yield one


async def events_of(service: Client, kind: str) -> list[dict[str, object]]:
    """Return all of a kind that are in the log by now: health remembers for a second how far."""
    metrics = (await service.get("/metrics")).text
    [head] = re.findall(r"^\w*log_position (\d+)", metrics, re.MULTILINE)
    answer = await service.get("/api/events", type=kind, min_position=head)
    found: list[dict[str, object]] = answer.json()["items"]
    return found


async def test_who_signs_in_is_who_github_says(browser: Browser, service: Client) -> None:
    answer = await browser.sign_in(ADA, return_to="/here?and=there")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/here?and=there"
    me = (await browser.get("/api/me")).json()
    assert me["actor"]["login"] == ADA
    assert me["means"] == "session"
    assert me["is_administrator"]
    begun = [each for each in await events_of(service, "session") if each["action"] == "begun"]
    assert [each["actor_login"] for each in begun] == [ADA]
    assert [each["actor_id"] for each in begun] == [me["actor"]["id"]]


@on_one_database
async def test_the_cookie_is_for_us_alone(browser: Browser) -> None:
    cookie = (await browser.sign_in(ADA)).headers.get_list("set-cookie")
    [ours] = [each for each in cookie if each.startswith(f"{browser.cookie}=")]
    assert "HttpOnly" in ours
    assert "SameSite=lax" in ours
    assert "Path=/" in ours
    assert "Secure" not in ours  # on loopback, where there is no https


@on_one_database
async def test_without_a_cookie_nothing_is_read(browser: Browser) -> None:
    assert_problem(await browser.get("/api/me"), 401, "token_missing")
    browser.wear("made-up")
    assert_problem(await browser.get("/api/me"), 401, "session_over")


async def test_signing_out_ends_the_session_and_no_stolen_cookie_outlives_it(
    browser: Browser, service: Client
) -> None:
    await browser.sign_in(ADA)
    stolen = browser.secret
    assert (await browser.send("POST", LOGOUT)).status_code == 204
    assert browser.cookie not in browser.http.cookies
    browser.wear(stolen)
    assert_problem(await browser.get("/api/me"), 401, "session_over")
    [ended] = [each for each in await events_of(service, "session") if each["action"] == "ended"]
    assert ended["actor_login"] == ADA


async def test_signing_in_again_is_a_new_session_and_the_old_one_is_over(browser: Browser) -> None:
    await browser.sign_in(ADA)
    first = browser.secret
    await browser.sign_in(ADA)
    second = browser.secret
    assert first != second
    items = (await browser.get("/api/sessions")).json()["items"]
    assert [each["is_this"] for each in items] == [True]
    browser.wear(first)
    assert_problem(await browser.get("/api/me"), 401, "session_over")


async def test_everywhere_at_once(browser: Browser, service: Client, github: Simulator) -> None:
    await browser.sign_in(ADA)
    async with a_browser(service, github) as other:
        await other.sign_in(ADA)
        assert len((await browser.get("/api/sessions")).json()["items"]) == 2
        assert (await browser.send("DELETE", "/api/sessions")).status_code == 204
        assert_problem(await other.get("/api/me"), 401, "session_over")
    assert_problem(await browser.get("/api/me"), 401, "session_over")


@on_one_database
async def test_another_site_commands_nothing_with_our_cookie(browser: Browser) -> None:
    await browser.sign_in(ADA)
    for headers, code in (
        ({}, "origin_refused"),
        ({"Origin": "https://evil.example"}, "origin_refused"),
        ({"Origin": "null"}, "origin_refused"),
        ({"Origin": f"{browser.origin}.evil.example"}, "origin_refused"),
        ({"Origin": browser.origin}, "header_missing"),  # as a form on our own origin would send it
    ):
        answer = await browser.http.post(
            "/api/pause", json={"reason": "why"}, headers=headers | {"Idempotency-Key": "one"}
        )
        assert_problem(answer, 403, code)
    answer = await browser.http.post(
        "/api/pause", json={"reason": "why"}, headers=browser.ours | {"Idempotency-Key": "one"}
    )
    assert answer.status_code == 202


@on_one_database
async def test_under_a_name_that_is_not_ours_nobody_has_a_session(browser: Browser) -> None:
    await browser.sign_in(ADA)
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.1", "x y", ""):
        answer = await browser.http.get("/api/me", headers={"Host": host})
        assert_problem(answer, 421, "host_unknown")
        assert_problem(await browser.http.get(LOGIN, headers={"Host": host}), 421, "host_unknown")


@on_one_database
async def test_nobody_is_led_elsewhere_after_signing_in(browser: Browser) -> None:
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/a\nb", "a", ""):
        answer = await browser.http.get(LOGIN, params={"return_to": target})
        assert_problem(answer, 422, "return_to_invalid")


async def test_what_comes_back_counts_once_and_in_its_own_browser_only(
    browser: Browser, service: Client, github: Simulator
) -> None:
    location = await browser.agreed(ADA)
    async with a_browser(service, github) as stranger:
        assert_problem(await stranger.come_back(location), 403, "sign_in_unknown")
        await stranger.http.get(LOGIN)  # it has a sign-in of its own under way
        assert_problem(await stranger.come_back(location), 403, "sign_in_unknown")
    assert (await browser.come_back(location)).status_code == 303
    assert_problem(await browser.come_back(location), 403, "sign_in_unknown")


async def test_a_code_of_somebody_elses_sign_in_is_refused(browser: Browser) -> None:
    """A code is bound to the challenge with which it was asked for (PKCE)."""
    theirs, ours = await browser.agreed("mona-maintains"), await browser.agreed(ADA)
    code = httpx2.URL(theirs).params["code"]
    swapped = httpx2.URL(ours).copy_set_param("code", code)
    assert_problem(await browser.come_back(str(swapped)), 403, "sign_in_refused")


@on_one_database
async def test_who_does_not_agree_is_told_so(browser: Browser) -> None:
    out = await browser.http.get(LOGIN)
    state = httpx2.URL(out.headers["location"]).params["state"]
    answer = await browser.http.get(
        "/api/auth/callback", params={"error": "access_denied", "state": state}
    )
    assert_problem(answer, 403, "sign_in_denied")


async def test_the_admin_token_is_exchanged_for_a_session(
    browser: Browser, service: Client
) -> None:
    answer = await browser.http.post("/api/auth/session", headers=browser.ours | BEARER)
    assert answer.status_code == 201
    me = (await browser.get("/api/me")).json()
    assert me["actor"] is None
    assert me["is_administrator"]
    assert_problem(
        await browser.http.post(
            "/api/auth/session", headers=browser.ours | {"Authorization": "Bearer x"}
        ),
        401,
        "token_invalid",
    )
    assert_problem(
        await browser.http.post("/api/auth/session", headers=BEARER), 403, "origin_refused"
    )
    begun = await events_of(service, "session")
    assert [each["actor_login"] for each in begun] == ["admin"]


async def test_no_secret_is_in_the_log_or_lies_open_in_the_database(
    browser: Browser, database_url: str
) -> None:
    location = await browser.agreed(ADA)
    await browser.come_back(location)
    cookie = browser.secret
    url = httpx2.URL(location)
    database = open_database(database_url)
    rows = await database.read(everything)
    await database.close()
    shown = repr(rows)
    assert "ada-bright" in shown
    for secret in (cookie, url.params["code"], url.params["state"], "ghu_", "ghr_"):
        assert secret not in shown


def everything(connection: Connection) -> list[object]:
    tables = inspect(connection).get_table_names()
    return [
        list(connection.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608 (our own tables)
        for name in tables
    ]
