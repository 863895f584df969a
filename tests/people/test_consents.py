"""People let the service act as them, take that back, and lose it; the log tells each once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from people.attempts import LIMITS
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, OWNER
from tests.api.answers import assert_problem
from tests.people.browser import Browser, a_browser, a_service, consent
from tests.service import BEARER, Client
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

ADA, MONA, RITA = "ada-bright", "mona-maintains", "rita-reads"
ROCKET = "orbit-works/rocket"


@pytest.fixture
async def github() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    async with a_service(database_url, github, administrators=ADA) as client:
        await until(lambda: _knows_it(client, github))
        yield client


async def _knows_it(client: Client, github: Simulator) -> bool:
    """Whether the repository is known, which is read from GitHub in the background."""
    answer = await client.get(f"/api/repositories/{rocket(github)}")
    return answer.status_code == 200 and answer.json()["connected"] is True


def rocket(github: Simulator) -> int:
    return int(github.repository(ROCKET).id)


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 (background work of the service)
            await asyncio.sleep(0.1)


async def told(service: Client) -> list[tuple[str, str, int | None]]:
    """What the log says of consents, the oldest first: what, of whom, in which repository."""
    head = (await service.get("/api/health/ready")).json()["head"]
    answer = await service.get("/api/events", type="consent", min_position=head)
    items = sorted(answer.json()["items"], key=lambda each: int(each["position"]))
    return [(each["action"], each["actor_login"], each["repository_id"]) for each in items]


@pytest.fixture
async def mona(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    async with a_browser(service, github) as browser:
        assert (await browser.sign_in(MONA)).status_code == 303
        yield browser


async def test_who_consents_is_acted_as_until_they_take_it_back(
    mona: Browser, service: Client, github: Simulator
) -> None:
    repository_id = rocket(github)
    answer = await consent(mona, MONA, repository_id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    [mine] = (await mona.get("/api/consents")).json()["items"]
    assert (mine["repository"]["full_name"], mine["state"], mine["why"]) == (ROCKET, "given", None)
    here = (await mona.get(f"/api/repositories/{repository_id}/acting-users")).json()
    assert [each["actor"]["login"] for each in here["items"]] == [MONA]
    assert here["could_consent"] == []
    gone = await mona.send("DELETE", f"/api/consents/{repository_id}")
    assert gone.status_code == 204
    assert (await mona.get("/api/consents")).json()["items"] == []
    assert_problem(
        await mona.send("DELETE", f"/api/consents/{repository_id}"), 404, "consent_not_found"
    )
    here = (await mona.get(f"/api/repositories/{repository_id}/acting-users")).json()
    assert [each["login"] for each in here["could_consent"]] == [MONA]
    expected = [("given", MONA, repository_id), ("taken_back", MONA, repository_id)]
    assert await told(service) == expected
    assert github.served["DELETE", "/applications/{client_id}/token"] == 1


async def test_nobody_consents_for_somebody_else(
    mona: Browser, service: Client, github: Simulator
) -> None:
    answer = await consent(mona, ADA, rocket(github))
    assert_problem(answer, 403, "consent_other_person")
    assert github.served["DELETE", "/applications/{client_id}/token"] == 1  # what came is revoked
    assert await told(service) == []


async def test_who_may_not_write_cannot_be_acted_as(service: Client, github: Simulator) -> None:
    async with a_browser(service, github) as rita:
        await rita.sign_in(RITA)
        answer = await rita.send("POST", "/api/consents", json={"repositories": [rocket(github)]})
        assert_problem(answer, 403, "role_too_low")
        here = await rita.get(f"/api/repositories/{rocket(github)}/acting-users")
        assert_problem(here, 403, "role_too_low")
        other = await rita.send("POST", "/api/consents", json={"repositories": [1]})
        assert_problem(other, 404, "repository_not_found")


async def test_a_maintainer_sets_the_order(
    mona: Browser, service: Client, github: Simulator
) -> None:
    repository_id = rocket(github)
    path = f"/api/repositories/{repository_id}/acting-users"
    await consent(mona, MONA, repository_id)
    async with a_browser(service, github) as ada:
        await ada.sign_in(ADA)
        await consent(ada, ADA, repository_id)
        order = {"user_ids": [OWNER["id"]]}
        assert_problem(await mona.send("PUT", f"{path}/order", json=order), 403, "role_too_low")
        wrong = await ada.send("PUT", f"{path}/order", json={"user_ids": [1]})
        assert_problem(wrong, 422, "user_unknown")
        answer = await ada.send("PUT", f"{path}/order", json=order)
        so_far = await told(service)
        assert (await ada.send("PUT", f"{path}/order", json=order)).status_code == 200
    assert await told(service) == so_far  # nothing changed
    assert [each["actor"]["login"] for each in answer.json()["items"]] == [ADA, MONA]
    assert (await told(service))[-1] == ("ordered", ADA, repository_id)


async def test_consents_are_begun_so_often_and_no_more(mona: Browser, github: Simulator) -> None:
    asked = {"repositories": [rocket(github)]}
    for _ in range(LIMITS["begun"] - 1):
        assert (await mona.send("POST", "/api/consents", json=asked)).status_code == 200
    answer = await mona.send("POST", "/api/consents", json=asked)
    assert_problem(answer, 429, "too_many_failures")
    assert (await mona.get("/api/auth/login")).status_code == 302  # which counts for her address


async def test_who_withdraws_at_github_is_acted_as_no_more(
    mona: Browser, service: Client, github: Simulator
) -> None:
    await consent(mona, MONA, rocket(github))
    github.revoke_user(ACTING_USER)

    async def is_lost() -> bool:
        return (await told(service))[-1] == ("lost", MONA, rocket(github))

    await until(is_lost)
    async with a_browser(service, github) as again:
        await again.sign_in(MONA)
        [mine] = (await again.get("/api/consents")).json()["items"]
        assert (mine["state"], "took the App's authorisation back" in mine["why"]) == ("lost", True)
        await consent(again, MONA, rocket(github))
        [mine] = (await again.get("/api/consents")).json()["items"]
        assert (mine["state"], mine["why"]) == ("given", None)


async def test_only_a_person_consents(service: Client, github: Simulator) -> None:
    answer = await service.http.post(
        "/api/consents", json={"repositories": [rocket(github)]}, headers=BEARER
    )
    assert_problem(answer, 403, "session_needed")
