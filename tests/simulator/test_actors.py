"""Who works on GitHub by itself, by a clock that is told to go on."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from events.github import CheckRunSeen, IssueSeen, PullRequestSeen, read_delivery
from simulator.payloads import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID
from simulator.plan import CopilotHabits, PeopleHabits, Script
from simulator.state.accounts import ACTING_USER, COPILOT, OWNER, VISITOR
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from tests.simulator.builders import ROCKET, in_words
from tests.simulator.running import a_plan
from tests.simulator.towns import DAY, a_town, by_hand

CERTAIN = Script(ignored_assignments=0, checks=("success",) * 9, reviews=("approved",) * 9)
SOME = settings(max_examples=4)


def a_started(script: Script = CERTAIN) -> tuple[Repository, PullRequest]:
    """A repository whose people only watch, and the draft of its only issue."""
    people = replace(PeopleHabits(), reviews=False, merges=False)
    world, _ = a_town(replace(a_plan(script), people=people))
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_copilot(ACTING_USER)
    world.clock.advance(40)
    return rocket, rocket.pull_requests[0]


def test_copilot_opens_a_draft_within_seconds_and_asks_for_a_review_when_done() -> None:
    rocket, pull = a_started()
    assert pull.draft
    assert pull.title == "[WIP] Issue 1"

    before = len(rocket.happenings.all)
    rocket.clock.advance(1600)

    done = [
        each for each in rocket.happenings.all[before:] if each.event in ("push", "pull_request")
    ]
    assert [in_words(each) for each in done] == [
        "push by Copilot",
        "pull_request.synchronize by Copilot",
        "pull_request.edited by Copilot",
        "pull_request.review_requested by Copilot",
    ]
    assert done[-1].payload["requested_reviewer"]["login"] == ACTING_USER["login"]
    assert pull.title == "Issue 1"
    assert pull.draft


def test_copilot_pushes_anew_for_a_mention_by_someone_who_may_write() -> None:
    rocket, pull = a_started()
    rocket.clock.advance(1600)
    for body, by in (("@copilot go on", VISITOR), ("copilot, go on", OWNER), ("a@copilot", OWNER)):
        pull.comment(body, by)
    rocket.clock.advance(1600)
    assert len(pull.commits) == 2

    pull.comment("Well. @Copilot, go on", OWNER)
    rocket.clock.advance(1600)
    assert len(pull.commits) == 3
    assert pull.comments[-1].by == COPILOT


def test_what_is_asked_while_copilot_works_is_done_next() -> None:
    rocket, pull = a_started()
    pull.comment("@copilot And mind the tests.", OWNER)
    rocket.clock.advance(1600)
    rocket.clock.advance(1600)
    assert len(pull.commits) == 3


def test_a_review_counts_as_a_mention_only_with_one() -> None:
    rocket, pull = a_started()
    rocket.clock.advance(1600)
    pull.review(OWNER, "changes_requested", "Please mend it.")
    rocket.clock.advance(1600)
    assert len(pull.commits) == 2
    pull.review(OWNER, "changes_requested", "@copilot Please mend it.")
    rocket.clock.advance(1600)
    assert len(pull.commits) == 3


def test_copilot_stops_when_it_is_unassigned_or_its_pull_request_is_closed() -> None:
    stops: list[Callable[[PullRequest], None]] = [
        lambda pull: pull.issue.unassign(COPILOT, OWNER),
        lambda pull: pull.close(OWNER),
        lambda pull: pull.issue.close("not_planned", OWNER),
    ]
    for stop in stops:
        rocket, pull = a_started()
        stop(pull)
        rocket.clock.advance(DAY)
        assert len(pull.commits) == 1


def test_every_push_is_checked_to_the_end() -> None:
    rocket, pull = a_started(Script(ignored_assignments=0, checks=("failure",)))
    rocket.clock.advance(DAY)

    pushed = {each.payload["after"] for each in rocket.happenings.all if each.event == "push"}
    conclusions = {each.head_sha: each.conclusion for each in rocket.checks.suites}
    assert conclusions.keys() == pushed
    assert conclusions[pull.head_sha] == "failure"
    assert rocket.checks.have_failed(pull.head_sha)
    assert {each.status for each in rocket.checks.runs} == {"completed"}
    assert {each.conclusion for each in rocket.checks.actions_runs} == {"success", "failure"}


def test_the_person_who_conducts_by_hand_takes_many_steps() -> None:
    script = Script(
        ignored_assignments=1,
        checks=("failure", "success", "success"),
        reviews=("changes_requested", "approved"),
    )
    world, everyone = a_town(by_hand(script))
    world.clock.advance(2 * DAY)

    assert not world.repository(ROCKET).issue(1).is_open
    assert everyone.people.steps[ROCKET, 1] == [
        *("assign", "assign", "tell_of_checks", "mark_ready"),
        *("review", "tell_of_review", "review", "merge"),
    ]
    assert "approve_run" in everyone.people.steps["orbit-works/probe", 1]


@given(st.integers(0, 10_000))
@SOME
def test_by_hand_every_issue_comes_to_its_end_and_copilot_never_oversteps(seed: int) -> None:
    habits = CopilotHabits(never_starts=0.3, forgets_keyword=0.3)
    plan = by_hand(Script(), Script(), Script(), seed=seed, habits=habits)
    world, _ = a_town(plan)
    world.clock.advance(10 * DAY)

    for repository in world.repositories.values():
        assert not any(each.is_open for each in repository.issues)
    bots = {COPILOT_AGENT_ID, COPILOT_REVIEWER_ID}
    for each in world.happenings.all:
        if each.sender["id"] in bots:
            assert each.action not in ("ready_for_review", "closed", "converted_to_draft")
            review = each.payload.get("review")
            assert review is None or review["state"] == "commented"


@given(st.integers(0, 10_000))
@SOME
def test_the_same_seed_gives_the_same_deliveries_to_the_byte(seed: int) -> None:
    first, second = [a_town(by_hand(Script(), Script(), seed=seed))[0] for _ in range(2)]
    first.clock.advance(5 * DAY)
    second.clock.advance(5 * DAY)
    assert first.happenings.all
    for one, other in zip(first.happenings.all, second.happenings.all, strict=True):
        assert (one.name, one.payload) == (other.name, other.payload)


@given(st.integers(0, 10_000))
@SOME
def test_the_orchestrator_can_read_all_of_it(seed: int) -> None:
    world, _ = a_town(by_hand(Script(), Script(), seed=seed))
    world.clock.advance(5 * DAY)
    kinds = set()
    for each in world.happenings.all:
        reading = read_delivery(each.event, each.action, each.payload)
        assert not reading.problems
        assert reading.facts
        kinds |= {type(fact) for fact in reading.facts}
    assert {IssueSeen, PullRequestSeen, CheckRunSeen} <= kinds
