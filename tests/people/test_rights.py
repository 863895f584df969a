"""Who sees and does what comes from GitHub, and goes with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import READER
from tests.api.answers import assert_problem
from tests.people.browser import Browser, a_browser, a_service
from tests.service import Client
from tests.simulator.running import a_simulator

pytestmark = pytest.mark.anyio

ROCKET, LANDER, SECRET = "orbit-works/rocket", "orbit-works/lander", "deep-space/secret"
ADA, MONA, RITA, VIC = "ada-bright", "mona-maintains", "rita-reads", "vic-visits"


@pytest.fixture
async def github(anyio_backend: str) -> AsyncIterator[Simulator]:
    assert anyio_backend
    plan = Plan(
        repositories=(
            RepositoryPlan(full_name=ROCKET),
            RepositoryPlan(full_name=LANDER, roles={ADA: "admin", RITA: "maintain"}),
            RepositoryPlan(full_name=SECRET, roles={VIC: "admin"}),
        )
    )
    async with a_simulator(plan) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    async with a_service(database_url, github) as client:
        await github.delivered()
        yield client


class People:
    """Those who are signed in, each at a browser of their own."""

    def __init__(self, service: Client, github: Simulator, stack: AsyncExitStack) -> None:
        self.service, self.github, self._stack = service, github, stack

    async def enter(self, login: str) -> Browser:
        browser = await self._stack.enter_async_context(a_browser(self.service, self.github))
        assert (await browser.sign_in(login)).status_code == 303
        return browser


@pytest.fixture
async def people(service: Client, github: Simulator) -> AsyncIterator[People]:
    async with AsyncExitStack() as stack:
        yield People(service, github, stack)


def id_of(github: Simulator, name: str) -> int:
    return int(github.repository(name).id)


async def seen(browser: Browser, count: int) -> list[str]:
    """Wait until so many repositories are seen."""
    async with asyncio.timeout(120):
        while True:
            items = (await browser.get("/api/repositories")).json()["items"]
            if len(items) == count:
                return sorted(each["full_name"] for each in items)
            await asyncio.sleep(0.1)


async def is_over(browser: Browser) -> None:
    """Wait until a session is over."""
    async with asyncio.timeout(120):
        while (await browser.get("/api/me")).status_code != 401:  # noqa: ASYNC110 (over HTTP)
            await asyncio.sleep(0.1)


async def who_ended(service: Client) -> list[str]:
    """Wait until it is told whose sessions ended."""
    async with asyncio.timeout(120):
        while True:
            items = (await service.get("/api/events", type="session")).json()["items"]
            if ended := [each["actor_login"] for each in items if each["action"] == "ended"]:
                return ended
            await asyncio.sleep(0.1)


async def command(browser: Browser, path: str, **body: object) -> tuple[int, str]:
    answer = await browser.send(
        "POST", path, json={"reason": "why", **body}, **{"Idempotency-Key": path}
    )
    return answer.status_code, answer.json().get("code", "")


async def test_two_of_three_and_the_third_is_not_there(people: People, github: Simulator) -> None:
    rita = await people.enter(RITA)
    assert await seen(rita, 2) == [LANDER, ROCKET]
    third = f"/api/repositories/{id_of(github, SECRET)}"
    for path in (third, f"{third}/queue", f"{third}/workflows", f"{third}/policy"):
        assert (await rita.get(path)).status_code == 404, path
    for path in ("/api/events", "/api/installations", "/api/dashboard", "/api/activity"):
        text = (await rita.get(path)).text
        assert "deep-space" not in text, path
        assert str(id_of(github, SECRET)) not in text, path


async def test_each_may_what_github_lets_them(people: People, github: Simulator) -> None:
    rita, mona, ada = [await people.enter(each) for each in (RITA, MONA, ADA)]
    await seen(rita, 2)
    rocket, lander = (f"/api/repositories/{id_of(github, name)}" for name in (ROCKET, LANDER))
    secret = f"/api/repositories/{id_of(github, SECRET)}"
    installation = f"/api/installations/{github.installation_id}"

    assert await command(rita, f"{rocket}/pause") == (403, "role_too_low")  # she reads
    assert await command(rita, f"{lander}/pause") == (202, "")
    assert await command(rita, f"{lander}/mode", mode="shadow") == (202, "")  # she maintains
    assert await command(rita, f"{secret}/pause") == (404, "repository_not_found")
    assert await command(mona, f"{rocket}/pause") == (202, "")  # she writes
    assert await command(mona, f"{rocket}/mode", mode="live") == (403, "role_too_low")
    assert await command(mona, f"{rocket}/installation", installation_id=1, owner="x") == (
        403,
        "administrators_only",
    )
    assert await command(mona, f"{installation}/pause") == (403, "role_too_low")
    assert await command(ada, f"{installation}/pause") == (202, "")  # the organization's admin
    assert await command(ada, "/api/installations/7/pause") == (404, "installation_not_found")
    assert await command(ada, "/api/pause") == (403, "administrators_only")
    shown = (await mona.get("/api/commands")).json()["items"]
    of_rocket = [each for each in shown if each["repository"]["full_name"] == ROCKET]
    assert {each["actor"]["login"] for each in of_rocket} == {MONA}


async def test_the_sentence_says_what_is_missing(people: People, github: Simulator) -> None:
    rita = await people.enter(RITA)
    answer = await rita.send(
        "POST",
        f"/api/repositories/{id_of(github, ROCKET)}/pause",
        json={"reason": "why"},
        **{"Idempotency-Key": "one"},
    )
    detail = assert_problem(answer, 403, "role_too_low")
    assert "write access" in detail
    assert RITA in detail


async def test_who_reaches_nothing_here_is_not_let_in(service: Client, github: Simulator) -> None:
    async with a_browser(service, github) as browser:
        answer = await browser.sign_in("miles-member")
        assert_problem(answer, 403, "nothing_here")
        assert_problem(await browser.get("/api/me"), 401, "token_missing")


async def test_what_is_lost_at_github_is_lost_here(people: People, github: Simulator) -> None:
    """Within seconds, of open streams too."""
    rita = await people.enter(RITA)
    await seen(rita, 2)
    github.repository(ROCKET).grant(READER, "none")
    await github.delivered()
    assert await seen(rita, 1) == [LANDER]
    github.repository(ROCKET).grant(READER, "write")
    await github.delivered()
    await seen(rita, 2)
    rocket = f"/api/repositories/{id_of(github, ROCKET)}"
    assert await command(rita, f"{rocket}/pause") == (202, "")


async def test_who_withdraws_their_authorisation_is_signed_out(
    people: People, github: Simulator, service: Client
) -> None:
    rita = await people.enter(RITA)
    await seen(rita, 2)
    github.revoke_user(READER)
    await github.delivered()
    await is_over(rita)
    assert await who_ended(service) == [RITA]
