"""People let programs do some of what they may, for a time, and take it back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from runtime.database import open_database
from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import READER
from tests.api.answers import assert_problem
from tests.people.browser import LOGOUT, Browser, a_browser, a_service
from tests.people.test_signing_in import events_of, everything
from tests.service import BEARER, Client
from tests.simulator.running import a_simulator

pytestmark = pytest.mark.anyio

ROCKET, LANDER, SECRET = "orbit-works/rocket", "orbit-works/lander", "deep-space/secret"
ADA, RITA, VIC = "ada-bright", "rita-reads", "vic-visits"


@pytest.fixture
async def github(anyio_backend: str) -> AsyncIterator[Simulator]:
    assert anyio_backend
    plan = Plan(
        repositories=(
            RepositoryPlan(full_name=ROCKET, roles={RITA: "write"}),
            RepositoryPlan(full_name=LANDER, roles={RITA: "maintain"}),
            RepositoryPlan(full_name=SECRET, roles={VIC: "admin"}),
        )
    )
    async with a_simulator(plan) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    async with a_service(database_url, github, administrators=ADA) as client:
        await github.delivered()
        yield client


@pytest.fixture
async def rita(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    async with a_browser(service, github) as browser:
        await browser.sign_in(RITA)
        yield browser


class Program:
    """Whatever has a token, and nothing else."""

    def __init__(self, service: Client, token: str) -> None:
        self.http, self.token = service.http, token

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path, headers=self.headers)

    async def sees(self) -> list[str]:
        answer = await self.get("/api/repositories")
        assert answer.status_code == 200, answer.text
        return sorted(each["full_name"] for each in answer.json()["items"])

    async def will_see(self, *names: str) -> None:
        async with asyncio.timeout(120):
            while await self.sees() != sorted(names):  # noqa: ASYNC110 (over HTTP)
                await asyncio.sleep(0.1)

    async def command(self, path: str) -> tuple[int, str]:
        headers = self.headers | {"Idempotency-Key": path}
        answer = await self.http.post(path, json={"reason": "why"}, headers=headers)
        return answer.status_code, answer.json().get("code", "")


def path_of(github: Simulator, name: str) -> str:
    return f"/api/repositories/{github.repository(name).id}"


async def made(browser: Browser, **wanted: object) -> dict[str, Any]:
    answer = await browser.send("POST", "/api/tokens", json={"name": "a program"} | wanted)
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


async def a_program(service: Client, browser: Browser, **wanted: object) -> Program:
    return Program(service, (await made(browser, **wanted))["token"])


async def test_a_token_is_told_once_and_lies_here_as_a_hash(
    rita: Browser, service: Client, database_url: str
) -> None:
    token = await made(rita, role="operator")
    assert token["token"].startswith("cwo_")
    assert len(token["token"]) == len("cwo_") + 43
    left = datetime.fromisoformat(token["ends_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < left <= timedelta(days=90)
    [listed] = (await rita.get("/api/tokens")).json()["items"]
    assert "token" not in listed
    assert listed["used_at"] is None
    program = Program(service, token["token"])
    me = (await program.get("/api/me")).json()
    assert (me["actor"]["login"], me["means"], me["role_at_most"]) == (
        RITA,
        "api_token",
        "operator",
    )
    await program.get("/api/me")
    [listed] = (await rita.get("/api/tokens")).json()["items"]
    assert listed["used_at"] is not None
    told = await events_of(service, "api_token")
    assert sorted((each["action"], each["actor_login"]) for each in told) == [
        ("first_used", RITA),
        ("made", RITA),
    ]
    database = open_database(database_url)
    shown = repr(await database.read(everything))
    await database.close()
    assert token["token"] not in shown


async def test_a_program_may_what_its_token_says_and_its_maker_may(
    rita: Browser, service: Client, github: Simulator
) -> None:
    lander = github.repository(LANDER).id
    viewer = await a_program(service, rita)
    operator = await a_program(service, rita, role="maintainer", repositories=[lander])
    assert await viewer.sees() == [LANDER, ROCKET]
    assert await viewer.command(f"{path_of(github, LANDER)}/pause") == (403, "role_too_low")
    assert await operator.sees() == [LANDER]
    assert await operator.command(f"{path_of(github, LANDER)}/pause") == (202, "")
    assert await operator.command(f"{path_of(github, ROCKET)}/pause") == (
        404,
        "repository_not_found",
    )
    for path in ("/api/events", "/api/dashboard", "/api/activity", "/api/installations"):
        assert "rocket" not in (await operator.get(path)).text, path
    shown = (await rita.get("/api/commands")).json()["items"]
    assert {each["actor"]["login"] for each in shown} == {RITA}


async def test_no_token_is_for_more_than_its_maker_may(rita: Browser, github: Simulator) -> None:
    too_late = f"{datetime.now(UTC) + timedelta(days=370):%Y-%m-%dT00:00:00Z}"
    for wanted, status, code in (
        ({"role": "administrator"}, 403, "administrators_only"),
        ({"repositories": [github.repository(SECRET).id]}, 404, "repository_not_found"),
        ({"repositories": []}, 422, "request_invalid"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422, "end_invalid"),
        (
            {"ends_at": too_late},
            422,
            "end_invalid",
        ),
        ({"ends_at": "2027-01-01T00:00:00"}, 422, "request_invalid"),
        ({"role": "owner"}, 422, "request_invalid"),
        ({"name": " "}, 422, "request_invalid"),
        ({"scope": "all"}, 422, "request_invalid"),
    ):
        answer = await rita.send("POST", "/api/tokens", json={"name": "one"} | wanted)
        assert_problem(answer, status, code)
    assert (await rita.get("/api/tokens")).json()["items"] == []


async def test_programs_make_no_tokens_and_no_session_of_theirs(
    rita: Browser, service: Client
) -> None:
    program = await a_program(service, rita, role="maintainer")
    for method, path in (
        ("POST", "/api/tokens"),
        ("GET", "/api/tokens"),
        ("GET", "/api/sessions"),
        ("DELETE", "/api/sessions"),
        ("POST", LOGOUT),
    ):
        answer = await service.http.request(method, path, headers=program.headers)
        assert_problem(answer, 403, "session_needed")


async def test_who_revokes_a_token_ends_it_and_all_that_hold_no_more_are_told_the_same(
    rita: Browser, service: Client, github: Simulator
) -> None:
    token = await made(rita)
    program = Program(service, token["token"])
    assert await program.sees()
    async with a_browser(service, github) as ada:
        await ada.sign_in(ADA)
        mine = await made(ada)
        not_hers = await rita.send("DELETE", f"/api/tokens/{mine['id']}")
        assert_problem(not_hers, 404, "token_not_found")
        assert (await rita.send("DELETE", f"/api/tokens/{token['id']}")).status_code == 204
        revoked = assert_problem(await program.get("/api/me"), 401, "token_invalid")
        unknown = await Program(service, "cwo_" + "a" * 43).get("/api/me")
        assert assert_problem(unknown, 401, "token_invalid") == revoked
    [ended] = [e for e in await events_of(service, "api_token") if e["action"] == "revoked"]
    assert ended["actor_login"] == RITA


async def test_administrators_see_and_revoke_those_of_others(
    rita: Browser, service: Client, github: Simulator
) -> None:
    token = await made(rita)
    assert_problem(await rita.get("/api/tokens", actor="admin"), 403, "administrators_only")
    async with a_browser(service, github) as ada:
        await ada.sign_in(ADA)
        assert (await ada.get("/api/tokens")).json()["items"] == []
        [listed] = (await ada.get("/api/tokens", actor=READER["id"])).json()["items"]
        assert listed["id"] == token["id"]
        assert (await ada.send("DELETE", f"/api/tokens/{token['id']}")).status_code == 204
        assert_problem(
            await ada.send("DELETE", f"/api/tokens/{token['id']}"), 404, "token_not_found"
        )
    assert_problem(await Program(service, token["token"]).get("/api/me"), 401, "token_invalid")
    [ended] = [e for e in await events_of(service, "api_token") if e["action"] == "revoked"]
    assert ended["actor_login"] == ADA


async def test_a_program_goes_on_when_its_maker_signs_out_and_loses_what_they_lose(
    rita: Browser, service: Client, github: Simulator
) -> None:
    """Nobody's own token can be asked then: the App is."""
    program = await a_program(service, rita, role="maintainer")
    await rita.send("POST", LOGOUT)
    await program.will_see(LANDER, ROCKET)
    github.repository(ROCKET).grant(READER, "none")
    await github.delivered()
    await program.will_see(LANDER)
    assert await program.command(f"{path_of(github, ROCKET)}/pause") == (
        404,
        "repository_not_found",
    )
    github.repository(ROCKET).grant(READER, "write")
    github.repository(LANDER).grant(READER, "write")
    await github.delivered()
    await program.will_see(LANDER, ROCKET)
    assert await program.command(f"{path_of(github, ROCKET)}/pause") == (202, "")
    mode = f"{path_of(github, LANDER)}/mode"
    answer = await service.http.post(
        mode,
        json={"reason": "why", "mode": "shadow"},
        headers=program.headers | {"Idempotency-Key": "mode"},
    )
    assert_problem(answer, 403, "role_too_low")


async def test_who_withdraws_the_authorisation_at_github_ends_their_tokens(
    rita: Browser, service: Client, github: Simulator
) -> None:
    program = await a_program(service, rita)
    assert await program.sees()
    github.revoke_user(READER)
    await github.delivered()
    async with asyncio.timeout(120):
        while (await program.get("/api/me")).status_code != 401:  # noqa: ASYNC110 (over HTTP)
            await asyncio.sleep(0.1)
    [ended] = [e for e in await events_of(service, "api_token") if e["action"] == "revoked"]
    assert ended["actor_login"] == RITA


async def test_a_program_of_the_admin_tokens_holder_ends_with_that_token(
    service: Client, github: Simulator, database_url: str
) -> None:
    async with a_browser(service, github) as admin:
        await admin.http.post("/api/auth/session", headers=admin.ours | BEARER)
        program = await a_program(service, admin, role="administrator")
        assert (await program.get("/api/me")).json()["is_administrator"]
        assert await program.command("/api/pause") == (202, "")
        session = admin.secret
    rotated = {"admin_token": "another-token-of-the-tests"}
    async with (
        a_service(database_url, github, **rotated) as renewed,
        a_browser(renewed, github) as admin,
    ):
        admin.wear(session)
        assert_problem(await admin.get("/api/me"), 401, "session_over")
        assert_problem(await Program(renewed, program.token).get("/api/me"), 401, "token_invalid")
        assert_problem(await renewed.get("/api/me"), 401, "token_invalid")
    both = {"admin_token": f"another-token-of-the-tests, {BEARER['Authorization'][7:]}"}
    async with (
        a_service(database_url, github, **both) as renewed,
        a_browser(renewed, github) as admin,
    ):
        admin.wear(session)
        assert (await admin.get("/api/me")).status_code == 200
        assert (await Program(renewed, program.token).get("/api/me")).status_code == 200
