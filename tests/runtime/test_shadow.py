"""The scripted story on a running service in shadow mode: stages with reasons, and decisions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.service import Client, client_at, started
from tests.worlds.people import maintainer, reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.stories import run_ci
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

AT_ONCE = "ci: {settle_seconds: 0}\nreview: {quiet_seconds: 0}\n"
_PATIENCE = 120.0


class Told:
    """A story as the service hears it, and what it makes of it."""

    def __init__(self, client: Client, world: World) -> None:
        self._client = client
        self._world = world
        self._told = 0
        self._position = 0

    async def goes_on(self) -> None:
        """Deliver what has happened since."""
        for (event, payload), recorded in list(
            zip(self._world.sent, self._world.deliveries, strict=True)
        )[self._told :]:
            answer = await self._client.deliver(event, payload, str(recorded.id))
            assert answer.status_code == 202
            self._position = answer.json()["position"]
        self._told = len(self._world.deliveries)

    async def stage(self, number: int) -> tuple[str, str]:
        """The stage of an issue and the rule that says so; it has a reason."""
        path = f"/api/repositories/{self._world.repositories[0].id}/workflows/{number}"
        answer = await self._client.get(path, min_position=self._position)
        assert answer.status_code == 200, answer.text
        assert answer.json()["reason"]
        return answer.json()["stage"], answer.json()["rule"]

    async def decided(self, kind: str, issue: int, count: int = 1) -> list[dict[str, Any]]:
        """The actions of a kind decided for an issue, once there are so many."""
        async with asyncio.timeout(_PATIENCE):
            while len(found := await self.actions(kind=kind, issue=issue)) < count:  # noqa: ASYNC110 (over HTTP there is nothing else to wait for)
                await asyncio.sleep(0.05)
        assert len(found) == count
        assert {each["mode"] for each in found} == {"shadow"}
        assert {each["outcome"] for each in found} == {"requested"}
        return found

    async def actions(self, **filters: str | int) -> list[dict[str, Any]]:
        answer = await self._client.get("/api/actions", **filters)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
async def client(tmp_path: Path, database_url: str) -> AsyncIterator[Client]:
    policy = tmp_path / "policy.yml"
    policy.write_text(AT_ONCE)
    with started(tmp_path, database_url, policy_file=str(policy)) as service:
        async with client_at(service.url) as client:
            yield client


async def test_the_whole_story_in_shadow_mode(client: Client) -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    told = Told(client, world)
    first = rocket.open_issue("Commands are refused", labels=("status:queued",))
    second = rocket.open_issue("The log is too loud", labels=("status:queued",))
    await told.goes_on()
    assert await told.stage(first.number) == ("queued", "queued")
    await told.decided("assign", first.number)

    first.assign_copilot(by=maintainer)
    await told.goes_on()
    assert await told.stage(first.number) == ("in_progress", "in_progress")

    pull = rocket.copilot_opens(first)
    run_ci(pull, "failure")
    pull.finish_round()
    await told.goes_on()
    assert await told.stage(first.number) == ("ci_failed", "ci_failed")
    [asked] = await told.decided("ask_to_fix_ci", first.number)
    assert (asked["pull_request"]["number"], asked["head_sha"]) == (pull.number, head_of(pull))

    pull.comment("@copilot please mend the checks", by=maintainer)
    pull.push()
    run_ci(pull, "success")
    pull.finish_round()
    await told.goes_on()
    assert await told.stage(first.number) == ("draft", "draft")
    await told.decided("mark_ready", first.number)

    pull.mark_ready(by=maintainer)
    await told.goes_on()
    assert await told.stage(first.number) == ("ready_for_review", "ready_for_review")

    pull.review(reviewer, "changes_requested", "Please test the second case, too.")
    await told.goes_on()
    assert await told.stage(first.number) == ("changes_requested", "changes_requested")
    await told.decided("ask_to_address_review", first.number)

    pull.push()
    run_ci(pull, "success")
    pull.review(reviewer, "approved")
    await told.goes_on()
    assert await told.stage(first.number) == ("merge_ready", "merge_ready")
    assert await told.actions(kind="merge") == []
    assert await told.actions(kind="assign", issue=second.number) == []

    pull.merge(by=maintainer)
    await told.goes_on()
    assert await told.stage(first.number) == ("done", "merged")
    await told.decided("assign", second.number)
    assert (await told.stage(second.number))[0] == "queued"


def head_of(pull: PullRequest) -> str:
    head: str = pull.head_sha
    return head
