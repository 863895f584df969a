"""Agent Merge, asked of and switched at the simulated GitHub over real HTTP, and at odd servers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway import Access, GitHubGateway, app_key
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound, Refused
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER
from tests.gateway.credentials import REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

PATH = f"/agents/repos/{REPO.full_name}/pulls/2/agent-merge"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    plan = a_plan()
    repositories = tuple(replace(each, agent_merge=True) for each in plan.repositories)
    async with a_simulator(replace(plan, repositories=repositories, speed=0.0)) as simulator:
        yield simulator


async def test_it_is_switched_on_and_off_as_the_person_whose_token_asks(
    simulator: Simulator,
) -> None:
    key = app_key(str(simulator.app_id), simulator.private_key)
    repo, rocket = Repository(simulator.installation_id, ROCKET), simulator.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    async with GitHubGateway(Access(simulator.url, key), lambda: datetime.now(UTC)) as gateway:
        asking = gateway.as_person(ACTING_USER["id"], simulator.user_token)
        assert await asking.agent_merge(repo, pull.number) is False
        await asking.enable_agent_merge(repo, pull.number)
        assert (pull.agent_merge, await asking.agent_merge(repo, pull.number)) == (True, True)
        await asking.disable_agent_merge(repo, pull.number)
        assert pull.agent_merge is False
        rocket.knows_agent_merge = False
        for asked in (asking.agent_merge, asking.enable_agent_merge, asking.disable_agent_merge):
            with pytest.raises(NotFound):
                await asked(repo, pull.number)


async def test_the_version_of_the_preview_goes_with_these_requests_alone(
    github: GitHubGateway, script: Script
) -> None:
    script.on(f"GET {PATH}", {"enabled": True})
    assert await github.agent_merge(REPO, 2) is True
    sent = script.the(f"GET {PATH}")
    assert sent.headers["x-github-api-version"] == "2026-03-10"
    assert sent.bearer == USER_TOKEN


@pytest.mark.parametrize("told", [{}, {"enabled": "yes"}, {"state": "enabled"}])
async def test_an_answer_that_does_not_tell_is_none(
    github: GitHubGateway, script: Script, told: dict[str, str]
) -> None:
    script.on(f"GET {PATH}", told)
    assert await github.agent_merge(REPO, 2) is None


async def test_what_github_took_and_does_not_show_was_not_done(
    github: GitHubGateway, script: Script
) -> None:
    script.on(f"PUT {PATH}", {"enabled": True})
    script.on(f"GET {PATH}", {"enabled": False})
    with pytest.raises(Refused, match="did not switch Agent Merge on"):
        await github.enable_agent_merge(REPO, 2)
