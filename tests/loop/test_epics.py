"""An epic in the whole loop: its parts are worked on in its order, then a person closes it."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.plan import IssuePlan, RepositoryPlan, Script
from simulator.state.accounts import OWNER
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from tests.loop.endings import every_action, workflows
from tests.loop.town import POLICY, SPEED, a_plan, a_town, on_one_database

pytestmark = [pytest.mark.anyio, on_one_database]

NAME = "orbit-works/rocket"
MOST_SECONDS = 150.0
LATER = SPEED * 6
EPICS = f"{POLICY}queue: {{epics: true}}\n"
GOES_WELL = Script(ignored_assignments=0, checks=("success",) * 9)


async def test_the_parts_are_worked_on_in_the_epics_order_and_a_person_is_told_of_the_end(
    tmp_path: Path, database_url: str
) -> None:
    parts = tuple(IssuePlan(title=f"Part {n}", after=LATER, script=GOES_WELL) for n in range(1, 4))
    epic = IssuePlan(title="Epic", labels=("status:queued",), after=LATER + 1, sub_issues=(3, 1, 2))
    repository = RepositoryPlan(
        full_name=NAME,
        issues=(*parts, epic),
        files={".github/copilot-orchestrator.yml": EPICS},
        required_approvals=1,
    )
    plan = replace(a_plan(1, seed=16), repositories=(repository,))
    async with a_town(tmp_path, database_url, plan) as town, town.service() as client:
        town.github.on_cue("issue_comment", "created", closes_the_epic, times=99)
        await town.all_done(MOST_SECONDS)
        await town.settled(client)
        actions = await every_action(client)
        assert (town.doubled(), "failed" in {each["outcome"] for each in actions}) == ([], False)
        started = [each for each in actions if each["kind"] == "assign"]
        assert [each["issue"]["number"] for each in reversed(started)] == [3, 1, 2]
        told = [each for each in actions if each["kind"] == "hand_to_person"]
        assert [each["issue"]["number"] for each in told] == [4]
        pages = {each["issue"]["number"]: each for each in await workflows(town, client)}
        assert {number: each["stage"] for number, each in pages.items()} == dict.fromkeys(
            range(1, 5), "done"
        )
        assert pages[4]["pull_request"] is None


def closes_the_epic(commented: Issue | PullRequest) -> None:
    """Close it once the service says that all of its parts are finished."""
    if isinstance(commented, Issue) and commented.sub_issues:
        commented.close("completed", OWNER)
