"""What the tasks API tells people of Copilot's sessions."""

from dataclasses import replace

import pytest

from simulator.plan import PeopleHabits, Plan, Script, SessionEnd
from simulator.state.accounts import ACTING_USER, OWNER
from simulator.state.repositories import Repository
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_client, a_plan, a_simulator
from tests.simulator.towns import a_town

TASKS = f"/agents/repos/{ROCKET}/tasks"
ANYTHING = 1600  # seconds in which a session ends


def telling(*ends: SessionEnd) -> Plan:
    """A plan of one issue, whose sessions end so, where GitHub tells of them."""
    plan = a_plan(Script(ignored_assignments=0, checks=("success",) * 9, sessions=ends))
    people = replace(PeopleHabits(), reviews=False, merges=False)
    told = tuple(replace(each, tasks=True) for each in plan.repositories)
    return replace(plan, repositories=told, people=people, speed=0.0)


def a_started(*ends: SessionEnd) -> Repository:
    world, _ = a_town(telling(*ends))
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_copilot(ACTING_USER)
    return rocket


def test_a_session_is_queued_runs_and_has_its_pull_request() -> None:
    rocket = a_started()
    [task] = rocket.tasks
    assert (task.state, task.snapshot()["artifacts"]) == ("queued", [])

    rocket.clock.advance(40)
    told = task.snapshot()
    assert told["state"] == "in_progress"
    [artifact] = told["artifacts"]
    assert artifact["data"]["id"] == rocket.pull_requests[0].snapshot()["id"]

    rocket.clock.advance(ANYTHING)
    assert task.state == "completed"


@pytest.mark.parametrize("end", ["failed", "timed_out", "waiting_for_user", "cancelled"])
def test_one_that_ends_otherwise_pushes_nothing_and_goes_on_when_asked(end: SessionEnd) -> None:
    rocket = a_started(end, "completed")
    rocket.clock.advance(ANYTHING)
    [task], [pull] = rocket.tasks, rocket.pull_requests
    assert (task.state, len(pull.commits), task.sessions) == (end, 1, 1)

    pull.comment("@copilot go on", OWNER)
    assert (task.state, task.sessions) == ("in_progress", 2)
    rocket.clock.advance(ANYTHING)
    assert (task.state, len(pull.commits)) == ("completed", 2)


def test_who_is_led_to_a_session_that_stopped_has_it_go_on_once() -> None:
    plan = telling("failed", "completed")
    world, everyone = a_town(replace(plan, people=replace(plan.people, sessions=True)))
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_copilot(ACTING_USER)
    rocket.clock.advance(ANYTHING)
    [task], [pull] = rocket.tasks, rocket.pull_requests
    pull.comment("Nobody goes anywhere for this.", ACTING_USER)
    rocket.clock.advance(ANYTHING)
    assert task.state == "failed"

    for _ in range(2):
        pull.comment(f"Look at {task.snapshot()['html_url']}", ACTING_USER)
    rocket.clock.advance(ANYTHING * 2)
    assert (task.state, task.sessions) == ("completed", 2)
    assert everyone.people.steps == {(ROCKET, 1): ["go_on"]}


def test_who_is_unassigned_has_a_cancelled_session() -> None:
    rocket = a_started()
    rocket.issue(1).unassign(rocket.issue(1).assignees[0], OWNER)
    assert [each.state for each in rocket.tasks] == ["cancelled"]


@pytest.mark.anyio
async def test_only_people_are_told_and_only_where_there_are_tasks() -> None:
    plan = telling()
    silent = replace(plan.repositories[0], full_name="orbit-works/probe", tasks=False)
    async with (
        a_simulator(replace(plan, repositories=(*plan.repositories, silent))) as simulator,
        a_client(simulator) as client,
    ):
        simulator.repository(ROCKET).issue(1).assign_copilot(ACTING_USER)
        listed = (await client.user("GET", TASKS)).json()["tasks"]
        assert [each["state"] for each in listed] == ["queued"]
        one = await client.user("GET", f"{TASKS}/{listed[0]['id']}")
        assert one.json() == listed[0]
        assert (await client.user("GET", f"{TASKS}?state=failed")).json()["tasks"] == []
        assert (await client.bot("GET", TASKS)).status_code == 403
        assert (await client.user("GET", TASKS.replace("rocket", "probe"))).status_code == 404
