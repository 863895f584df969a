"""A second agent, where a repository has one: it works as Copilot does, and answers to itself."""

from dataclasses import replace

import pytest

from simulator.plan import PeopleHabits, Plan, Script
from simulator.state.accounts import ACTING_USER, SCRIBE
from simulator.state.repositories import Repository
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_client, a_plan, a_simulator
from tests.simulator.towns import a_town

ASSIGNEES = f"/repos/{ROCKET}/issues/1/assignees"
ANYTHING = 1600  # seconds in which a round ends


def with_scribe(*, scribe: bool = True) -> Plan:
    plan = a_plan(Script(ignored_assignments=0, checks=("success",) * 9))
    told = tuple(replace(each, scribe=scribe, tasks=True) for each in plan.repositories)
    people = replace(PeopleHabits(), reviews=False, merges=False)
    return replace(plan, repositories=told, people=people, speed=0.0)


def a_started() -> Repository:
    world, _ = a_town(with_scribe())
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_agent(SCRIBE, ACTING_USER)
    rocket.clock.advance(ANYTHING)
    return rocket


def test_it_opens_a_draft_from_a_branch_of_its_own_and_asks_for_a_review() -> None:
    rocket = a_started()
    [pull] = rocket.pull_requests
    assert (pull.author, pull.head_ref) == (SCRIBE, "scribe/fix-1")
    assert ACTING_USER in pull.requested_reviewers
    assert rocket.tasks == []


def test_it_goes_on_when_it_is_told_and_not_when_copilot_is() -> None:
    [pull] = a_started().pull_requests
    pull.comment("@copilot go on", ACTING_USER)
    assert pull.round == 1
    pull.comment("@scribe go on", ACTING_USER)
    assert pull.round == 2


@pytest.mark.anyio
@pytest.mark.parametrize("there", [True, False])
async def test_it_is_assigned_where_the_repository_has_it(*, there: bool) -> None:
    async with a_simulator(with_scribe(scribe=there)) as simulator, a_client(simulator) as client:
        answer = await client.user("POST", ASSIGNEES, {"assignees": ["scribe-agent[bot]"]})
    assert answer.status_code == 201
    assert (SCRIBE["id"] in [each["id"] for each in answer.json()["assignees"]]) is there
