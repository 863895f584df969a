"""Copilot's sessions, asked of the simulated GitHub over real HTTP, and of odd servers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway import Access, GitHubGateway, app_key
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER
from tests.gateway.credentials import REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    plan = a_plan()
    repositories = tuple(replace(each, tasks=True) for each in plan.repositories)
    async with a_simulator(replace(plan, repositories=repositories, speed=0.0)) as simulator:
        yield simulator


async def test_tasks_are_read_as_the_person_whose_token_asks(simulator: Simulator) -> None:
    key = app_key(str(simulator.app_id), simulator.private_key)
    repo, rocket = Repository(simulator.installation_id, ROCKET), simulator.repository(ROCKET)
    async with GitHubGateway(Access(simulator.url, key), lambda: datetime.now(UTC)) as gateway:
        asking = gateway.as_person(ACTING_USER["id"], simulator.user_token)
        assert await asking.tasks(repo) == ()
        rocket.issue(1).assign_copilot(ACTING_USER)
        [queued] = await asking.tasks(repo)
        assert (queued.state, queued.pull_ids) == ("queued", ())
        simulator.clock.advance(40)
        [running] = await asking.tasks(repo)
        assert (running.id, running.state) == (queued.id, "in_progress")
        assert running.pull_ids == (rocket.pull_requests[0].snapshot()["id"],)
        assert running.html_url.startswith("https://github.com/")
        rocket.tells_tasks = False
        with pytest.raises(NotFound):
            await asking.tasks(repo)


async def test_the_version_of_the_preview_goes_with_this_request_alone(
    github: GitHubGateway, script: Script
) -> None:
    odd = [
        {"id": "1", "state": "failed", "updated_at": "2026-11-02T10:00:00Z", "artifacts": None},
        {"id": 2, "updated_at": "2026-11-02T10:00:00Z"},
        {"id": "3"},
        "none",
    ]
    script.on(f"GET /agents/repos/{REPO.full_name}/tasks", {"tasks": odd})
    tasks = await github.tasks(REPO)
    assert [(each.id, each.state, each.html_url) for each in tasks] == [("1", "failed", "")]
    sent = script.the(f"GET /agents/repos/{REPO.full_name}/tasks")
    assert sent.headers["x-github-api-version"] == "2026-03-10"
    assert sent.bearer == USER_TOKEN
