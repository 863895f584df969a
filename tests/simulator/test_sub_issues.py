"""Sub-issues: their order, their counts, their limits, and what is told of them."""

from dataclasses import replace
from itertools import pairwise

import pytest

from simulator.plan import IssuePlan, PeopleHabits, Plan, RepositoryPlan
from simulator.state.accounts import ACTING_USER, OWNER
from simulator.state.issues import Issue
from simulator.state.refusals import Refused
from simulator.state.repositories import Repository
from tests.simulator.builders import ROCKET, a_rocket, told
from tests.simulator.running import REPO, a_client, a_plan, a_simulator
from tests.simulator.towns import DAY, a_town


def an_epic(rocket: Repository, parts: int = 3) -> tuple[Issue, list[Issue]]:
    epic = rocket.open_issue("Epic")
    several = [rocket.open_issue(f"Part {number}") for number in range(parts)]
    for part in several:
        epic.add_sub_issue(part, OWNER)
    return epic, several


def test_both_ends_are_told_and_the_counts_follow() -> None:
    rocket = a_rocket()
    epic, [first, *_] = an_epic(rocket)
    before = len(rocket.happenings.all)

    epic.remove_sub_issue(first, OWNER)

    assert told(rocket, before) == [
        "sub_issues.sub_issue_removed by ada-bright",
        "sub_issues.parent_issue_removed by ada-bright",
    ]
    epic.sub_issues[0].close("completed", OWNER)
    summary = epic.snapshot()["sub_issues_summary"]
    assert (summary["total"], summary["completed"], first.parent) == (2, 1, None)


def test_putting_parts_in_another_order_tells_nothing() -> None:
    rocket = a_rocket()
    epic, [first, second, third] = an_epic(rocket)
    before = len(rocket.happenings.all)
    epic.place_sub_issue(third)
    epic.place_sub_issue(first, after=second)
    assert epic.sub_issues == [third, second, first]
    assert len(rocket.happenings.all) == before


def test_an_issue_has_one_parent_and_none_that_is_below_it() -> None:
    rocket = a_rocket()
    epic, [part, *_] = an_epic(rocket)
    other = rocket.open_issue("Other")
    with pytest.raises(Refused, match="one parent"):
        other.add_sub_issue(part, OWNER)
    other.add_sub_issue(part, OWNER, replace_parent=True)
    assert (part in epic.sub_issues, part.parent) == (False, other)
    epic.add_sub_issue(other, OWNER)
    with pytest.raises(Refused, match="cycle"):
        part.add_sub_issue(epic, OWNER)


def test_there_are_eight_levels_and_a_hundred_parts_at_most() -> None:
    rocket = a_rocket()
    levels = [rocket.open_issue(f"Level {number}") for number in range(9)]
    for above, below in pairwise(levels):
        above.add_sub_issue(below, OWNER)
    with pytest.raises(Refused, match="8 levels"):
        levels[8].add_sub_issue(rocket.open_issue("Too deep"), OWNER)
    epic, _ = an_epic(rocket, parts=100)
    with pytest.raises(Refused, match="more sub-issues"):
        epic.add_sub_issue(rocket.open_issue("One more"), OWNER)


def test_a_plan_has_issues_with_parts() -> None:
    plan = a_plan()
    [rocket] = plan.repositories
    issues = (
        *(IssuePlan(title=f"Part {n}") for n in (1, 2)),
        IssuePlan(title="Epic", sub_issues=(2, 1)),
    )
    world, _ = a_town(replace(plan, repositories=(replace(rocket, issues=issues),)))
    epic = world.repository(ROCKET).issue(3)
    assert [part.number for part in epic.sub_issues] == [2, 1]


@pytest.mark.anyio
async def test_the_api_lists_them_in_order_and_puts_them_in_another() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        epic, parts = an_epic(simulator.repository(ROCKET))
        path = f"{REPO}/issues/{epic.number}"
        ids = [part.snapshot()["id"] for part in parts]

        first = {"sub_issue_id": ids[2], "before_id": ids[0]}
        moved = await client.user("PATCH", f"{path}/sub_issues/priority", first)
        listed = await client.bot("GET", f"{path}/sub_issues")
        assert (moved.status_code, listed.status_code) == (200, 200)
        assert [each["id"] for each in listed.json()] == [ids[2], ids[0], ids[1]]

        above = await client.bot("GET", f"{REPO}/issues/{parts[0].number}/parent")
        assert above.json()["number"] == epic.number
        gone = await client.user("DELETE", f"{path}/sub_issue", {"sub_issue_id": ids[0]})
        assert gone.json()["sub_issues_summary"]["total"] == 2
        again = await client.user("POST", f"{path}/sub_issues", {"sub_issue_id": ids[0]})
        assert (again.status_code, parts[0] in epic.sub_issues) == (201, True)
        assert (await client.bot("GET", f"{path}/parent")).status_code == 404


def test_who_reads_that_an_epic_is_finished_closes_it_once() -> None:
    parts = tuple(IssuePlan(title=f"Part {number}") for number in (1, 2))
    epic = IssuePlan(title="Epic", sub_issues=(1, 2))
    plan = Plan(
        repositories=(RepositoryPlan(full_name=ROCKET, issues=(*parts, epic)),),
        people=PeopleHabits(epics=True),
    )
    world, everyone = a_town(plan)
    rocket = world.repository(ROCKET)
    rocket.issue(3).comment("Not yet.", ACTING_USER)
    rocket.issue(1).close("completed", OWNER)
    rocket.issue(3).comment("Nearly.", ACTING_USER)
    rocket.clock.advance(DAY)
    assert rocket.issue(3).is_open

    rocket.issue(2).close("completed", OWNER)
    rocket.clock.advance(DAY)
    assert rocket.issue(3).is_open  # nobody said anything
    for _ in range(2):
        rocket.issue(3).comment("All of it is finished.", ACTING_USER)
    rocket.clock.advance(DAY)
    assert not rocket.issue(3).is_open
    assert everyone.people.steps == {(ROCKET, 3): ["close"]}
