"""Agent Merge: who may switch it on, where GitHub knows it, and what Copilot then does."""

from dataclasses import replace

import pytest

from simulator.plan import PeopleHabits, Plan, Script
from simulator.state.accounts import ACTING_USER, OWNER, READER
from simulator.state.pull_requests import PullRequest
from tests.simulator.builders import ROCKET
from tests.simulator.running import QUICK, Client, a_client, a_plan, a_simulator
from tests.simulator.towns import a_town

PATH = f"/agents/repos/{ROCKET}/pulls/2/agent-merge"
VERSION = {"x-github-api-version": "2026-03-10"}
RED = Script(ignored_assignments=0, checks=("failure", "success"))
GREEN = Script(ignored_assignments=0, checks=("success",) * 9)


def known(plan: Plan, *, agent_merge: bool = True) -> Plan:
    repositories = tuple(replace(each, agent_merge=agent_merge) for each in plan.repositories)
    people = PeopleHabits(reviews=False, merges=False)
    return replace(plan, repositories=repositories, people=people)


def watched(script: Script, *, on: bool = True) -> PullRequest:
    """Copilot's pull request once its first round is over."""
    world, _ = a_town(known(a_plan(script)))
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_copilot(ACTING_USER)
    world.clock.advance(40)
    [pull] = rocket.pull_requests
    pull.agent_merge = on
    world.clock.advance(2400)
    return pull


def test_copilot_mends_failed_checks_by_itself_where_it_is_on() -> None:
    for on, rounds in ((False, 1), (True, 2)):
        pull = watched(RED, on=on)
        pull.repository.clock.advance(3000)
        assert (pull.round, pull.repository.checks.are_fine(pull.head_sha)) == (rounds, on)


def test_switched_on_it_looks_at_what_failed_before() -> None:
    pull = watched(RED, on=False)
    pull.repository.clock.advance(3000)
    assert pull.round == 1
    pull.agent_merge = True
    pull.repository.happenings.note(pull)
    pull.repository.clock.advance(3000)
    assert (pull.round, pull.repository.checks.are_fine(pull.head_sha)) == (2, True)


def test_copilot_resolves_conflicts_by_itself_where_it_is_on() -> None:
    pull = watched(GREEN)
    assert pull.round == 1
    pull.conflicts = True
    pull.repository.write_file("landed", "meanwhile", OWNER)
    pull.repository.clock.advance(3000)
    assert (pull.round, pull.mergeable) == (2, True)


def test_where_nothing_is_amiss_it_does_nothing() -> None:
    pull = watched(GREEN)
    pull.repository.write_file("landed", "meanwhile", OWNER)
    pull.repository.clock.advance(3000)
    assert pull.round == 1


async def send(client: Client, method: str, token: str = "", **headers: str) -> tuple[int, object]:
    user = token or client.simulator.user_token
    answer = await client.send(method, PATH, user, **(headers or VERSION))
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.anyio
async def test_people_who_may_write_switch_it_in_the_version_that_knows_of_it() -> None:
    plan = replace(known(a_plan(GREEN)), speed=QUICK)
    async with a_simulator(plan) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        rocket.copilot_opens(rocket.issue(1))
        shown = [await send(client, method) for method in ("GET", "PUT", "GET", "DELETE", "GET")]
        assert [status for status, _ in shown] == [200, 200, 200, 204, 200]
        assert [body for _, body in shown if body] == [
            {"enabled": each} for each in (False, True, True, False)
        ]
        older = {"x-github-api-version": "2022-11-28"}
        assert (await send(client, "GET", **older))[0] == 400
        assert (await send(client, "PUT", simulator.new_user_token(READER)))[0] == 403
        app = simulator.site.credentials.grant_installation()[0]
        assert (await send(client, "GET", app))[0] == 403
        rocket.knows_agent_merge = False
        assert (await send(client, "PUT"))[0] == 404
