"""Issues of a second agent in the whole loop: given by label, told in its own words, merged."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.plan import CiHabits, IssuePlan, RepositoryPlan, Script
from simulator.state.accounts import SCRIBE
from tests.loop.endings import done_once, every_action, workflows
from tests.loop.town import POLICY, SPEED, a_plan, a_town, on_one_database

pytestmark = [pytest.mark.anyio, on_one_database]

NAME = "orbit-works/rocket"
MOST_SECONDS = 150.0
AGENTS = f"""\
agents:
  - name: scribe
    user_id: {SCRIBE["id"]}
    login: scribe-agent[bot]
    mention: scribe
    branch: "scribe/"
"""


async def test_one_issue_is_another_agents_and_both_are_merged(
    tmp_path: Path, database_url: str
) -> None:
    scripts = {
        "status:queued": Script(ignored_assignments=0, checks=("success",) * 9),
        "agent:scribe": Script(
            ignored_assignments=0,
            checks=("failure", "success", "success"),
            reviews=("changes_requested", "approved"),
        ),
    }
    issues = tuple(
        IssuePlan(
            title=f"For {label}",
            labels=tuple(dict.fromkeys(("status:queued", label))),
            after=SPEED * 6,
            script=script,
        )
        for label, script in scripts.items()
    )
    repository = RepositoryPlan(
        full_name=NAME, issues=issues, required_approvals=1, scribe=True, tasks=True
    )
    plan = replace(a_plan(1, seed=7), repositories=(repository,), ci=CiHabits(fails=0.0))
    async with a_town(tmp_path, database_url, plan) as town:
        (tmp_path / "agents.yml").write_text(AGENTS)
        (tmp_path / "policy.yml").write_text(POLICY + 'agent_labels: {"agent:scribe": scribe}\n')
        town.settings["agents_file"] = str(tmp_path / "agents.yml")
        async with town.service() as client:
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            await done_once(town, client)
            agents = {e["issue"]["number"]: e["agent"] for e in await workflows(town, client)}
            asked = [e["kind"] for e in await every_action(client) if e["issue"]["number"] == 2]
    assert agents == {1: "Copilot", 2: "Scribe"}
    assert (asked.count("ask_to_fix_ci"), asked.count("ask_to_address_review")) == (1, 1)
    first, second = town.github.repository(NAME).pull_requests
    assert {pull.author["login"] for pull in (first, second)} == {"Copilot", "Scribe"}
    told = [c.body for c in second.comments if c.body.startswith("@")]
    assert [body.partition(" ")[0] for body in told] == ["@scribe", "@scribe"]
