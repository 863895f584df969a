"""What conflicts, when GitHub knows of it, and how it is resolved."""

from dataclasses import replace

import pytest

from simulator.plan import MergingHabits, PeopleHabits, Plan, Script
from simulator.state.accounts import ACTING_USER, OWNER
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotMergeable
from simulator.state.repositories import Repository
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan
from tests.simulator.towns import DAY, a_town, by_hand

WELL = Script(ignored_assignments=0, checks=("success",) * 9, reviews=("approved",) * 9)


def watched(plan: Plan, merging: MergingHabits) -> Repository:
    """A repository whose people only watch, with Copilot at work on all of its issues."""
    people = PeopleHabits(reviews=False, merges=False)
    world, _ = a_town(replace(plan, people=people, merging=merging))
    rocket = world.repository(ROCKET)
    for issue in rocket.issues:
        issue.assign_copilot(ACTING_USER)
    world.clock.advance(40)
    return rocket


def answered(pull: PullRequest) -> tuple[bool | None, str]:
    shown = pull.snapshot()
    return shown["mergeable"], shown["mergeable_state"]


def test_github_computes_for_a_while_after_a_push_to_the_head_or_the_base() -> None:
    rocket = watched(a_plan(WELL), MergingHabits(computes_for=(50, 50)))
    [pull] = rocket.pull_requests
    rocket.clock.advance(50)
    assert answered(pull) == (True, "draft")
    for push in (lambda: pull.push("More", OWNER), lambda: rocket.write_file("a", "b")):
        push()
        assert answered(pull) == (None, "unknown")
        rocket.clock.advance(50)
        assert answered(pull) == (True, "draft")
    rocket.create_branch("other", rocket.branches["main"], OWNER)
    assert answered(pull) == (True, "draft")


def test_by_default_github_always_knows_and_nothing_conflicts() -> None:
    rocket = watched(a_plan(WELL, WELL), MergingHabits())
    one, other = rocket.pull_requests
    one.mark_ready(OWNER)
    one.merge(OWNER)
    assert answered(other) == (True, "draft")
    assert answered(one) == (None, "unknown")


def test_a_merge_conflicts_at_a_rate_with_others_of_its_base() -> None:
    rocket = watched(a_plan(WELL, WELL, WELL), MergingHabits(conflicts=1.0))
    one, other, aside = rocket.pull_requests
    aside.base_ref = "release"
    rocket.branches["release"] = rocket.branches["main"]
    one.mark_ready(OWNER)
    one.merge(OWNER)
    assert answered(other) == (False, "dirty")
    assert answered(aside) == (True, "draft")


def test_what_lands_after_a_round_conflicts_as_often_as_the_script_says() -> None:
    rocket = watched(a_plan(replace(WELL, conflicts=2)), MergingHabits())
    [pull] = rocket.pull_requests
    for asked in ("@copilot Please resolve the conflicts.", "@copilot It conflicts again."):
        rocket.clock.advance(1700)
        assert answered(pull) == (False, "dirty")
        pull.mark_ready(OWNER)
        with pytest.raises(NotMergeable):
            pull.merge(OWNER)
        pull.comment(asked, OWNER)
    rocket.clock.advance(1700)
    assert (pull.mergeable, len(pull.commits)) == (True, 4)


def test_a_round_for_anything_else_resolves_no_conflict() -> None:
    rocket = watched(a_plan(WELL), MergingHabits())
    [pull] = rocket.pull_requests
    rocket.clock.advance(1700)
    pull.conflicts = True
    pull.comment("@copilot Mind the tests.", OWNER)
    rocket.clock.advance(1700)
    assert (pull.mergeable, len(pull.commits)) == (False, 3)


def test_people_without_an_orchestrator_ask_copilot_to_resolve_conflicts() -> None:
    world, everyone = a_town(by_hand(replace(WELL, conflicts=1)))
    world.clock.advance(3 * DAY)
    rocket = world.repository(ROCKET)
    assert [pull.merged for pull in rocket.pull_requests] == [True]
    assert "tell_of_conflict" in everyone.people.steps[ROCKET, 1]
