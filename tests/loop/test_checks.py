"""Which checks speak for a head, at a GitHub that merges nothing which lacks what it requires."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from simulator.payloads.jobs import SECRET
from simulator.plan import (
    CiHabits,
    CopilotHabits,
    IssuePlan,
    PeopleHabits,
    Plan,
    RepositoryPlan,
    Script,
)
from tests.loop.endings import every_action
from tests.loop.town import SPEED, Town, a_town, on_one_database, until
from tests.service import Client

pytestmark = [pytest.mark.anyio, on_one_database]

RED, WAITING = "orbit-works/rocket", "orbit-works/lander"
MOST_SECONDS = 150.0
POLICY = """\
mode: live
ci: {settle_seconds: 1}
review: {quiet_seconds: 1, approvals: 0}
merge: {automatic: true}
"""


def a_plan() -> Plan:
    """Each push is checked twice; at first the run that began first fails. Copilot's own all fail.

    One of the two repositories requires a check that never reports.
    """
    script = Script(ignored_assignments=0, checks=("failure", "success"))
    issue = IssuePlan(title="One", labels=("status:queued",), after=SPEED * 6, script=script)
    file = {".github/copilot-orchestrator.yml": POLICY}
    return Plan(
        repositories=(
            RepositoryPlan(full_name=RED, issues=(issue,), files=file),
            RepositoryPlan(
                full_name=WAITING,
                issues=(issue,),
                files=file,
                required_checks=("test", "deploy"),
            ),
        ),
        seed=5,
        speed=SPEED,
        copilot=CopilotHabits(never_starts=0.0),
        ci=CiHabits(fails=0.0, events=("push", "pull_request"), own_runs="failure"),
        people=PeopleHabits(reviews=False, merges=False),
    )


async def test_what_failed_in_one_of_two_runs_is_mended_and_what_is_required_is_waited_for(
    tmp_path: Path, database_url: str
) -> None:
    async with a_town(tmp_path, database_url, a_plan()) as town, town.service() as client:
        async with asyncio.timeout(MOST_SECONDS):
            await until(lambda: not _open(town, RED))
            await until(lambda: len(_pull(town, WAITING).commits) > 2)
        await town.settled(client)
        waiting = await _page(client, WAITING)
        actions = await every_action(client)
    assert _pull(town, RED).merged
    assert waiting["checks"]["missing"] == ["deploy"]
    assert waiting["checks"]["passed"] == ["test"]
    assert set(waiting["checks"]["optional"]) == {"copilot", "lint"}
    assert not _pull(town, WAITING).merged
    assert _kinds(town, actions, RED).count("ask_to_fix_ci") == 1
    assert _kinds(town, actions, RED).count("merge") == 1
    [asked] = [each for each in _said(town, RED) if each.startswith("@copilot Required checks")]
    assert "step `Run make test`" in asked
    assert "AssertionError: the session is 'closed', not 'open'" in asked
    assert not any(hidden in asked for hidden in (SECRET, SECRET[:12], "\x1b"))
    assert asked.count("@copilot") == 1  # the log tells it to work as well
    assert _kinds(town, actions, WAITING).count("ask_to_fix_ci") == 1
    assert sum(each.startswith("@copilot Required") for each in _said(town, WAITING)) == 1
    assert "merge" not in _kinds(town, actions, WAITING)


async def _page(client: Client, name: str) -> dict[str, Any]:
    known = (await client.get("/api/repositories")).json()["items"]
    [number] = [each["id"] for each in known if each["full_name"] == name]
    [page] = (await client.get(f"/api/repositories/{number}/workflows")).json()["items"]
    return dict(page)


def _open(town: Town, name: str) -> bool:
    issues = town.github.repository(name).issues
    return not issues or any(issue.state == "open" for issue in issues)


def _pull(town: Town, name: str) -> Any:  # noqa: ANN401 (the simulator's own)
    [pull] = town.github.repository(name).pull_requests
    return pull


def _said(town: Town, name: str) -> list[str]:
    return [each.body for each in _pull(town, name).comments]


def _kinds(town: Town, actions: list[dict[str, Any]], name: str) -> list[str]:
    number = town.github.repository(name).id
    here = [each for each in actions if each["repository"]["id"] == number]
    # One that was called off, since more failed meanwhile, may have been decided again.
    return [each["kind"] for each in here if each["outcome"] != "cancelled"]
