"""Agent Merge in the whole loop: nobody is asked twice, rounds count, a person has it at last."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.plan import CiHabits, CopilotHabits, IssuePlan, Plan, RepositoryPlan, Script
from simulator.state.pull_requests import PullRequest
from tests.loop.endings import done_once, every_action
from tests.loop.town import REPOSITORIES, SPEED, Town, a_plan, a_town, on_one_database, until

pytestmark = [pytest.mark.anyio, on_one_database]

ROCKET, LANDER, RELAY = REPOSITORIES
MEND = {".github/copilot-orchestrator.yml": "mend: agent_merge\nci: {max_attempts: 2}\n"}
CERTAIN = Script(ignored_assignments=0, checks=("failure", "success", "success", "success"))
CONFLICTS = Script(ignored_assignments=0, checks=("success",) * 9, conflicts=1)
NEVER_GREEN = Script(ignored_assignments=0, checks=("failure",) * 9)
MOST_SECONDS = 150.0
MENDING = ("ask_to_fix_ci", "ask_to_resolve_conflicts", "enable_agent_merge", "disable_agent_merge")


def a_repository(name: str, *scripts: Script, mend: bool) -> RepositoryPlan:
    """A repository that knows Agent Merge; by its policy, unless not, we switch that on."""
    issues = tuple(
        IssuePlan(title=f"Issue {n}", labels=("status:queued",), after=SPEED * 6, script=script)
        for n, script in enumerate(scripts)
    )
    files = MEND if mend else {}
    return RepositoryPlan(
        full_name=name, issues=issues, required_approvals=1, agent_merge=True, files=files
    )


def planned(*repositories: RepositoryPlan) -> Plan:
    return replace(a_plan(1, seed=21), repositories=repositories, ci=CiHabits(fails=0.0))


def switched_on_by_people(town: Town, name: str) -> None:
    """Have somebody who has Agent Merge on for all that Copilot opens for them in a repository."""

    def hear(happening: Any) -> None:  # noqa: ANN401 (the simulator's)
        subject = happening.subject
        if isinstance(subject, PullRequest) and subject.repository.full_name == name:
            subject.agent_merge = subject.agent_merge or happening.action == "opened"

    town.github.repository(name).happenings.listen(hear)


async def test_copilot_mends_by_itself_and_nobody_asks_it_as_well(
    tmp_path: Path, database_url: str
) -> None:
    plan = planned(
        a_repository(ROCKET, CERTAIN, mend=True),
        a_repository(LANDER, CERTAIN, CONFLICTS, mend=False),
    )
    async with a_town(tmp_path, database_url, plan) as town:
        switched_on_by_people(town, LANDER)
        async with town.service() as client:
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            await done_once(town, client)
            actions = [each for each in await every_action(client) if each["kind"] in MENDING]
            done = [(e["repository"]["full_name"], e["kind"], e["outcome"]) for e in actions]
            assert done == [(ROCKET, "enable_agent_merge", "succeeded")]
            pulls = [pull for each in town.repositories() for pull in each.pull_requests]
            rounds = {(p.repository.full_name, p.origin.number): p.round for p in pulls if p.origin}
            assert rounds == {(ROCKET, 1): 2, (LANDER, 1): 2, (LANDER, 2): 2}
            assert [c for p in pulls for c in p.comments if "@copilot" in c.body] == []


async def test_what_is_never_mended_comes_to_a_person_and_copilot_is_stopped(
    tmp_path: Path, database_url: str
) -> None:
    slow = CopilotHabits(never_starts=0.0, mends_after=(16_200, 21_600))  # some seconds of ours
    plan = replace(planned(a_repository(RELAY, NEVER_GREEN, mend=True)), copilot=slow)
    async with a_town(tmp_path, database_url, plan) as town, town.service() as client:
        relay = town.github.repository(RELAY)
        async with asyncio.timeout(MOST_SECONDS):
            await until(lambda: any(pull.round >= 3 for pull in relay.pull_requests))
            await until(lambda: not relay.pull_requests[0].agent_merge)
        await town.settled(client)
        done = [each for each in await every_action(client) if each["outcome"] == "succeeded"]
        kinds = [each["kind"] for each in done if each["kind"] in MENDING]
        assert sorted(kinds) == ["disable_agent_merge", "enable_agent_merge"]
        [found] = (await client.get("/api/workflows")).json()["items"]
        assert (found["stage"], found["rule"]) == ("needs_human", "ci_attempts_used_up")
        assert (found["agent_merge"]["state"], found["agent_merge"]["rounds"]) == ("off", 2)
