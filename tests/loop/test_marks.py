"""Comments with a forged mark, and a comment that took without an answer or being shown at once."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from events.github.comments import marked_action
from simulator.http.troubles import bad_gateway, throttled
from simulator.plan import CiHabits, Plan, Script
from simulator.state.accounts import ACTING_USER, VISITOR
from tests.loop.endings import every_action
from tests.loop.town import Town, a_plan, a_town, on_one_database
from tests.service import Client

pytestmark = [pytest.mark.anyio, on_one_database]

COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"
MOST_SECONDS = 120.0


async def test_a_visitors_mark_stops_no_request_and_what_took_unseen_is_not_posted_twice(
    tmp_path: Path, database_url: str
) -> None:
    plan = a_plan(2, seed=11)
    failing = Script(ignored_assignments=0, checks=("failure", "success"))
    async with a_town(tmp_path, database_url, with_script(plan, failing)) as town:
        town.github.troubles.order(throttled(3), method="POST", path=COMMENTS)
        late = bad_gateway(late=True, unlisted=2)
        town.github.troubles.order(late, method="POST", path=COMMENTS)
        async with town.service() as client:
            forging = asyncio.create_task(forge(town, client))
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            forging.cancel()
            asked = [e for e in await every_action(client) if e["kind"] == "ask_to_fix_ci"]
    assert len(asked) == 2
    assert {each["state"] for each in asked} == {"confirmed"}
    ours = Counter(marks_by(town, ACTING_USER["id"]))
    assert {UUID(each["id"]): 1 for each in asked} == ours
    assert set(marks_by(town, VISITOR["id"])) >= {UUID(each["id"]) for each in asked}


async def forge(town: Town, client: Client) -> None:
    """Write the mark of each request wherever it may be looked for, as soon as it is known."""
    forged: set[str] = set()
    while True:
        for each in await every_action(client):
            if each["kind"] == "ask_to_fix_ci" and each["id"] not in forged:
                forged.add(each["id"])
                [repo] = [e for e in town.repositories() if e.id == each["repository"]["id"]]
                mark = f"<!-- copilot-orchestrator:action={each['id']} -->"
                repo.subject(each["pull_request"]["number"]).comment(f"I too! {mark}", VISITOR)
        await asyncio.sleep(0.05)


def marks_by(town: Town, author_id: int) -> list[UUID]:
    """The actions whose mark somebody's comments on pull requests carry."""
    said = [
        marked_action(comment.body)
        for repository in town.repositories()
        for pull in repository.pull_requests
        for comment in pull.comments
        if comment.by["id"] == author_id
    ]
    return [mark for mark in said if mark is not None]


def with_script(plan: Plan, script: Script) -> Plan:
    """The plan with one script for all of its issues, and no other failure."""
    repositories = [
        replace(each, issues=tuple(replace(issue, script=script) for issue in each.issues))
        for each in plan.repositories
    ]
    return replace(plan, repositories=tuple(repositories), ci=CiHabits(fails=0.0))
