"""The whole loop over real HTTP, with a real service: everything is done, and done once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from simulator.state.accounts import COPILOT
from tests.loop.town import Town, a_plan, a_town
from tests.service import Client

pytestmark = pytest.mark.anyio

ISSUES = 10
MOST_SECONDS = 150.0


async def workflows(town: Town, client: Client) -> list[dict[str, Any]]:
    found = []
    for repository in (await client.get("/api/repositories")).json()["items"]:
        answer = await client.get(f"/api/repositories/{repository['id']}/workflows")
        found += answer.json()["items"]
    assert len(found) == sum(len(plan.issues) for plan in town.github.plan.repositories)
    return found


async def every_action(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path: str | None = "/api/actions?limit=200"
    while path is not None:
        answer = (await client.get(path)).json()
        found += answer["items"]
        path = answer["next"]
    return found


def most_at_once(town: Town) -> int:
    """How many issues of one repository Copilot was assigned to at the same time, at most."""
    return max(_most_of(repository.issues) for repository in town.repositories())


def _most_of(issues: Iterable[Any]) -> int:
    changes = []
    for issue in issues:
        closed = issue.closed_at
        assigned = [c.at for c in issue.assignee_changes if c.added and c.login == COPILOT["login"]]
        assert len(assigned) == 1
        changes += [(assigned[0], 1), (closed, -1)]
    active = most = 0
    for _, change in sorted(changes):
        active += change
        most = max(most, active)
    return most


async def test_ten_issues_in_three_repositories_are_all_done_and_nothing_is_done_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with (
        a_town(tmp_path, database_url, a_plan(ISSUES, seed=11)) as town,
        town.service() as (_, client),
    ):
        await town.all_done(MOST_SECONDS)
        await town.settled(client)
        assert {each["stage"] for each in await workflows(town, client)} == {"done"}
        assert town.doubled() == []
        assert most_at_once(town) == 1
        actions = await every_action(client)
        assert {each["outcome"] for each in actions} <= {"succeeded", "cancelled"}
        asked = [each for each in actions if each["kind"] != "set_label"]
        assert {e["state"] for e in asked if e["outcome"] == "succeeded"} == {"confirmed"}
        for steps in town.github.manual_steps.values():
            assert set(steps) <= {"review", "merge"}
