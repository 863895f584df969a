"""Sessions that stop are told to a person at once with their link, and go on when they say so."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.plan import IssuePlan, PeopleHabits, RepositoryPlan, Script, SessionEnd
from tests.loop.endings import done_once, every_action
from tests.loop.town import SPEED, a_plan, a_town, on_one_database

pytestmark = [pytest.mark.anyio, on_one_database]

MOST_SECONDS = 150.0
TOLD: dict[SessionEnd, str] = {
    "failed": "Copilot's session failed",
    "timed_out": "Copilot's session took longer than GitHub lets it",
    "waiting_for_user": "Copilot's session waits for a person",
    "cancelled": "Copilot's session was cancelled by a person",
}


def a_repository(end: SessionEnd) -> RepositoryPlan:
    """A repository with one issue, whose first session ends so."""
    script = Script(ignored_assignments=0, checks=("success",) * 9, sessions=(end, "completed"))
    issue = IssuePlan(title=end, labels=("status:queued",), after=SPEED * 6, script=script)
    return RepositoryPlan(
        full_name=f"orbit-works/{end}", issues=(issue,), required_approvals=1, tasks=True
    )


async def test_a_session_that_stops_is_told_with_its_link_and_goes_on_when_asked(
    tmp_path: Path, database_url: str
) -> None:
    people = PeopleHabits(requests_changes=0.0, sessions=True)
    repositories = tuple(map(a_repository, TOLD))
    plan = replace(a_plan(0, seed=5), repositories=repositories, people=people)
    async with a_town(tmp_path, database_url, plan) as town, town.service() as client:
        await town.all_done(MOST_SECONDS)
        await town.settled(client)
        await done_once(town, client)
        actions = await every_action(client)
    for repository in town.repositories():
        [task] = repository.tasks
        assert (task.state, task.sessions) == ("completed", 2)
        [told] = [
            each
            for each in actions
            if each["kind"] == "hand_to_person" and each["repository"]["id"] == repository.id
        ]
        assert told["decision"].startswith(TOLD[task.name])
        assert task.snapshot()["html_url"] in told["parameters"]["body"]
        assert town.github.manual_steps[repository.full_name, 1][0] == "go_on"
