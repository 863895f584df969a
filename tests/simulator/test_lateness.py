"""What arrives late, twice, without a name or not at all, and issues that go away."""

from dataclasses import replace

import pytest

from simulator.plan import Script
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, COPILOT, OWNER
from simulator.state.happenings import Happening
from tests.simulator.builders import ROCKET
from tests.simulator.running import (
    REPO,
    Receiver,
    a_client,
    a_plan,
    a_receiver,
    a_simulator,
    until,
)
from tests.simulator.towns import DAY, a_town

PROBE = "orbit-works/probe"


def labels_of(receiver: Receiver) -> list[str]:
    found = [each.payload for each in receiver.got if each.name == "issues.labeled"]
    return [each["label"]["name"] for each in found]


def about_a(happening: Happening) -> bool:
    return bool(happening.payload["label"]["name"] == "a")


async def put_on(simulator: Simulator, *names: str) -> None:
    for name in names:
        simulator.repository(ROCKET).issue(1).label(name, OWNER)
    await simulator.delivered()


@pytest.mark.anyio
async def test_deliveries_are_held_back_and_sent_late_in_any_order() -> None:
    async with a_receiver() as receiver, a_simulator(a_plan(), receiver.url) as simulator:
        await simulator.delivered()
        receiver.got.clear()
        hold = simulator.hold("issues", "labeled")
        await put_on(simulator, "a", "b")
        assert labels_of(receiver) == []

        hold.release(newest_first=True)
        await put_on(simulator, "c")
        assert labels_of(receiver) == ["b", "a", "c"]


@pytest.mark.anyio
async def test_one_delivery_is_held_back_while_others_pass() -> None:
    async with a_receiver() as receiver, a_simulator(a_plan(), receiver.url) as simulator:
        await simulator.delivered()
        receiver.got.clear()
        hold = simulator.hold("issues", "labeled", about_a)
        await put_on(simulator, "a", "b")
        assert labels_of(receiver) == ["b"]
        hold.release()
        await simulator.delivered()
        assert labels_of(receiver) == ["b", "a"]


@pytest.mark.anyio
async def test_what_happened_is_delivered_again_under_its_guid() -> None:
    async with a_receiver() as receiver, a_simulator(a_plan(), receiver.url) as simulator:
        await put_on(simulator, "a")
        simulator.send_again("issues", "opened")
        await until(lambda: sum(each.name == "issues.opened" for each in receiver.got) == 2)
        first, second = (each for each in receiver.got if each.name == "issues.opened")
        assert (first.guid, first.body) == (second.guid, second.body)


def test_an_unassignment_may_name_nobody_and_copilot_stops_all_the_same() -> None:
    world, _ = a_town(a_plan(Script(ignored_assignments=0)))
    issue = world.repository(ROCKET).issue(1)
    issue.assign_copilot(ACTING_USER)
    issue.unassign(COPILOT, OWNER, names=False)

    told_of = world.happenings.all[-1]
    assert (told_of.action, told_of.payload["assignee"]) == ("unassigned", None)
    assert told_of.payload["issue"]["assignees"] == []
    world.clock.advance(DAY)
    assert world.repository(ROCKET).pull_requests == []


def test_copilot_may_never_start() -> None:
    world, _ = a_town(a_plan(Script(ignored_assignments=99)))
    rocket = world.repository(ROCKET)
    for _ in range(3):
        rocket.issue(1).assign_copilot(ACTING_USER)
        world.clock.advance(DAY)
        rocket.issue(1).unassign(COPILOT, OWNER)
    assert rocket.pull_requests == []


@pytest.mark.anyio
async def test_a_deleted_issue_is_gone() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        rocket.delete_issue(rocket.issue(1))
        answer = await client.bot("GET", f"{REPO}/issues/1")
        listed = await client.bot("GET", f"{REPO}/issues?state=all")
        asked = await client.user("POST", f"{REPO}/issues/1/assignees", json={"assignees": []})

        assert simulator.happenings[-1].action == "deleted"
        assert (answer.status_code, listed.json(), asked.status_code) == (410, [], 410)
        assert rocket.open_issue("Next").number == 2


@pytest.mark.anyio
async def test_a_transferred_issue_is_elsewhere() -> None:
    plan = a_plan()
    [first] = plan.repositories
    both = replace(plan, repositories=(first, replace(first, full_name=PROBE)))
    async with a_simulator(both) as simulator, a_client(simulator) as client:
        rocket, probe = simulator.repository(ROCKET), simulator.repository(PROBE)
        moved = rocket.transfer_issue(rocket.issue(1), probe)
        answer = await client.bot("GET", f"{REPO}/issues/1")
        there = await client.bot("GET", answer.headers["location"])

        assert answer.status_code == 301
        assert (there.json()["number"], there.json()["title"]) == (moved.number, "Issue 1")
        last = [each.payload for each in simulator.happenings[-2:]]
        assert [each["action"] for each in last] == ["transferred", "opened"]
        assert last[0]["changes"]["new_repository"]["full_name"] == PROBE
        assert last[1]["changes"]["old_issue"]["number"] == 1
        assert last[1]["repository"]["full_name"] == PROBE


def test_copilot_leaves_what_is_deleted_and_what_was_reopened_can_be_begun_anew() -> None:
    world, _ = a_town(a_plan(Script(ignored_assignments=0), Script(ignored_assignments=0)))
    rocket = world.repository(ROCKET)
    gone, again = rocket.issue(1), rocket.issue(2)
    for issue in (gone, again):
        issue.assign_copilot(ACTING_USER)
    rocket.delete_issue(gone)
    again.close("completed", OWNER)
    again.reopen(OWNER)
    world.clock.advance(DAY)
    assert rocket.pull_requests == []
    again.unassign(COPILOT, OWNER)
    again.assign_copilot(OWNER)
    world.clock.advance(DAY)
    assert [each.origin for each in rocket.pull_requests] == [again]
