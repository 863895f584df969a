"""Conflicts in the whole loop: GitHub knows of them late, Copilot resolves them, all is merged."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.plan import IssuePlan, MergingHabits, RepositoryPlan, Script
from tests.loop.endings import done_once, every_action
from tests.loop.town import SPEED, a_plan, a_town, on_one_database

pytestmark = [pytest.mark.anyio, on_one_database]

NAME = "orbit-works/rocket"
MOST_SECONDS = 150.0


async def test_what_conflicts_is_resolved_once_for_each_conflict_and_then_merged(
    tmp_path: Path, database_url: str
) -> None:
    scripts = [
        Script(ignored_assignments=0, checks=("success",) * 9, conflicts=conflicts)
        for conflicts in (1, 0, 2)
    ]
    issues = tuple(
        IssuePlan(title=f"Issue {n}", labels=("status:queued",), after=SPEED * 6, script=script)
        for n, script in enumerate(scripts)
    )
    repository = RepositoryPlan(full_name=NAME, issues=issues, required_approvals=1)
    merging = MergingHabits(computes_for=(60, 600))
    plan = replace(a_plan(1, seed=16), repositories=(repository,), merging=merging)
    async with a_town(tmp_path, database_url, plan) as town, town.service() as client:
        await town.all_done(MOST_SECONDS)
        await town.settled(client)
        await done_once(town, client)
        asked = [e for e in await every_action(client) if e["kind"] == "ask_to_resolve_conflicts"]
        by_issue = [each["issue"]["number"] for each in asked if each["outcome"] == "succeeded"]
        assert sorted(map(by_issue.count, (1, 2, 3))) == [0, 1, 2]
