"""Copilot's review by itself: its suggestions are addressed, once each, and nothing else is."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.plan import CopilotHabits, IssuePlan, PeopleHabits, RepositoryPlan, Script
from simulator.state.accounts import COPILOT_REVIEWER
from simulator.state.pull_requests import PullRequest
from tests.loop.endings import done_once, every_action
from tests.loop.town import POLICY, SPEED, Town, a_plan, a_town, on_one_database

pytestmark = [pytest.mark.anyio, on_one_database]

NAME = "orbit-works/rocket"
MOST_SECONDS = 150.0
BY_COPILOT = POLICY.replace(
    "review: {quiet_seconds: 1}",
    "review: {approvals: 0, quiet_seconds: 1, copilot: true, copilot_approvals: count,"
    " address_copilot: true}\n"
    "merge: {automatic: true}",
)


async def test_what_copilot_reviews_by_itself_is_addressed_and_merged_and_asked_for_by_nobody(
    tmp_path: Path, database_url: str
) -> None:
    script = Script(ignored_assignments=0, checks=("success",) * 9)
    issues = tuple(
        IssuePlan(title=f"Issue {n}", labels=("status:queued",), after=SPEED * 6, script=script)
        for n in range(3)
    )
    repository = RepositoryPlan(full_name=NAME, issues=issues)
    plan = replace(
        a_plan(1, seed=32),
        repositories=(repository,),
        copilot=CopilotHabits(never_starts=0.0, approves=0.4, suggests=0.5, reviews_itself=True),
        people=PeopleHabits(reviews=False, merges=False),
    )
    async with a_town(tmp_path, database_url, plan) as town:
        (tmp_path / "policy.yml").write_text(BY_COPILOT)
        async with town.service() as client:
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            await done_once(town, client)
            actions = await every_action(client)
    kinds = [each["kind"] for each in actions if each["outcome"] == "succeeded"]
    assert kinds.count("request_copilot_review") == 0  # GitHub asked for it, of every head
    every = [review for each in pulls(town) for review in each.reviews]
    assert all(review.by["id"] == COPILOT_REVIEWER["id"] for review in every)
    suggesting = [review for review in every if review.on_changes]
    assert kinds.count("ask_to_address_review") == len(suggesting) > 0
    assert [each for each in every if each.state == "commented" and not each.on_changes]
    assert kinds.count("merge") == len(issues)
    assert not any(pull.reviews[-1].on_changes for pull in pulls(town))


def pulls(town: Town) -> list[PullRequest]:
    return town.github.repository(NAME).pull_requests
