"""What is required of a head, and all the ways in which checks don't simply succeed."""

from dataclasses import replace

import pytest

from simulator.payloads import ACTIONS_APP_ID, a_dynamic_run, an_app
from simulator.plan import CiHabits, PeopleHabits, Script
from simulator.state.accounts import ACTING_USER, COPILOT, OWNER
from simulator.state.check_moves import Checking, begin_checks
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotMergeable
from simulator.state.repositories import Repository
from simulator.story import Cast
from tests.simulator.builders import ROCKET, a_draft, a_rocket, told
from tests.simulator.running import REPO, a_client, a_plan, a_simulator
from tests.simulator.towns import DAY, a_town

LONG = "test (" + "a-very-long-name-of-a-system, " * 4


def a_ready(repository: Repository) -> PullRequest:
    pull = a_draft(repository)
    pull.mark_ready(OWNER)
    return pull


def an_actions_suite(pull: PullRequest, event: str = "pull_request") -> Checking:
    checking = begin_checks(pull.repository, pull.head_sha, pull.head_ref, COPILOT)
    checking.request_run("CI", pull.title, event)
    return checking


def a_checked(
    *conclusions: str, ci: CiHabits, required: tuple[str, ...] = ("test",)
) -> tuple[Repository, PullRequest, Cast]:
    """What CI made of Copilot's work after a day in which people only watched."""
    plan = a_plan(Script(ignored_assignments=0, checks=conclusions))
    idle = PeopleHabits(reviews=False, merges=False, approves_runs=False)
    world, cast = a_town(replace(plan, ci=ci, people=idle))
    rocket = world.repository(ROCKET)
    rocket.required_checks = required
    rocket.issue(1).assign_copilot(ACTING_USER)
    world.clock.advance(DAY)
    [pull] = rocket.pull_requests
    pull.mark_ready(OWNER)
    return rocket, pull, cast


def refused(pull: PullRequest) -> str:
    with pytest.raises(NotMergeable) as refusal:
        pull.merge(OWNER)
    assert refusal.value.status == 405
    return refusal.value.message


def test_rules_are_made_changed_and_taken_off_and_it_is_told() -> None:
    rocket = a_rocket()
    before = len(rocket.happenings.all)
    for names in (("test",), ("test", "lint"), ()):
        rocket.require_checks(names)
    for protected in (("build",), (), None):
        rocket.protect(protected)
    rocket.change_default_branch("develop")

    assert [each.partition(" ")[0] for each in told(rocket, before)] == [
        "repository_ruleset.created",
        "repository_ruleset.edited",
        "repository_ruleset.deleted",
        "branch_protection_rule.created",
        "branch_protection_rule.edited",
        "branch_protection_rule.deleted",
        "repository.edited",
    ]
    payload = rocket.happenings.all[before + 1].payload
    [rule] = payload["repository_ruleset"]["rules"]
    assert [each["context"] for each in rule["parameters"]["required_status_checks"]] == [
        "test",
        "lint",
    ]
    changed = rocket.happenings.all[-1].payload
    assert changed["changes"]["default_branch"] == {"from": "main"}
    assert changed["repository"]["default_branch"] == "develop"


@pytest.mark.anyio
async def test_rules_are_readable_and_protection_only_with_a_permission() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        rocket, path = simulator.repository(ROCKET), f"{REPO}/branches/main/protection"
        rocket.require_checks(("test",), app_id=None)
        rules = (await client.bot("GET", f"{REPO}/rules/branches/main")).json()
        forbidden = await client.bot("GET", f"{path}/required_status_checks")
        simulator.give_permission("administration")
        none = await client.bot("GET", f"{path}/required_status_checks")
        rocket.protect(())
        empty = await client.bot("GET", f"{path}/required_status_checks")
        rocket.protect(("build",))
        found = (await client.bot("GET", f"{path}/required_status_checks")).json()
        whole = (await client.bot("GET", path)).json()
        elsewhere = await client.bot("GET", f"{REPO}/branches/copilot/x/protection")

    [rule] = [each for each in rules if each["type"] == "required_status_checks"]
    assert rule["parameters"]["required_status_checks"] == [{"context": "test"}]
    assert forbidden.status_code == 403
    assert (none.status_code, none.json()["message"]) == (404, "Branch not protected")
    assert (empty.status_code, empty.json()["message"]) == (
        404,
        "Required status checks not enabled",
    )
    assert (found["contexts"], found["checks"][0]["context"]) == (["build"], "build")
    assert whole["required_status_checks"] == found
    assert elsewhere.json()["message"] == "Branch not found"


def test_a_merge_is_refused_until_what_rules_and_protection_ask_for_is_green() -> None:
    rocket = a_rocket()
    rocket.required_checks, rocket.protection = ("test",), ("build",)
    pull = a_ready(rocket)
    assert '"test" is expected. Required status check "build" is expected.' in refused(pull)

    checking = an_actions_suite(pull)
    test, build = checking.queue("test"), checking.queue("build")
    assert '"test" is in progress' in refused(pull)
    checking.complete(test, "failure")
    checking.complete(build, "success")
    assert '"test" is failing' in refused(pull)
    assert pull.mergeable_state == "blocked"
    rocket.require_checks(())
    pull.merge(OWNER)


def test_a_required_check_of_one_app_is_not_anothers() -> None:
    rocket = a_rocket()
    rocket.require_checks(("test",), app_id=ACTIONS_APP_ID)
    pull = a_ready(rocket)
    checking = begin_checks(rocket, pull.head_sha, pull.head_ref, COPILOT, an_app(id=7))
    checking.complete(checking.queue("test"), "success")
    checking.status("test", "success")
    assert "is expected" in refused(pull)
    rocket.require_checks(("test",), app_id=None)
    pull.merge(OWNER)


@pytest.mark.parametrize("failing", ["push", "pull_request"])
def test_one_name_in_two_suites_must_be_green_in_both(failing: str) -> None:
    rocket = a_rocket()
    rocket.required_checks = ("test",)
    pull = a_ready(rocket)
    for event in ("push", "pull_request"):
        checking = an_actions_suite(pull, event)
        checking.complete(checking.queue("test"), "failure" if event == failing else "success")
    assert "is failing" in refused(pull)
    newer = an_actions_suite(pull, failing)
    newer.complete(newer.queue("test"), "success")
    pull.merge(OWNER)


def test_ci_may_run_for_push_and_for_pull_request() -> None:
    ci = CiHabits(events=("push", "pull_request"))
    rocket, pull, _ = a_checked("failure", ci=ci)

    runs = [each for each in rocket.checks.actions_runs if each.suite.head_sha == pull.head_sha]
    assert [(each.event, each.conclusion) for each in runs] == [
        ("push", "failure"),
        ("pull_request", "success"),
    ]
    assert runs[0].suite is not runs[1].suite
    named = [
        each.conclusion for each in rocket.checks.latest_of(pull.head_sha) if each.name == "test"
    ]
    assert named == ["failure", "success"]
    assert rocket.checks.have_failed(pull.head_sha)
    assert "is failing" in refused(pull)


@pytest.mark.anyio
async def test_a_rerun_replaces_what_it_ran_in_the_same_suite() -> None:
    rocket, pull, cast = a_checked("failure", ci=CiHabits())
    assert "is failing" in refused(pull)
    before = len(rocket.happenings.all)

    cast.ci.rerun(pull.head_sha)
    rocket.clock.advance(DAY)

    runs = rocket.checks.runs_of(pull.head_sha)
    assert [(each.name, each.attempt) for each in runs] == [
        ("test", 1),
        ("lint", 1),
        ("test", 2),
        ("lint", 2),
    ]
    assert len({each.suite.id for each in runs}) == 1
    told_runs = [
        (each.action, each.payload["workflow_run"]["run_attempt"])
        for each in rocket.happenings.all[before:]
        if each.event == "workflow_run"
    ]
    assert told_runs == [("requested", 2), ("in_progress", 2), ("completed", 2)]
    pull.merge(OWNER)


def test_long_names_are_cut_and_may_become_equal() -> None:
    names = (f"{LONG}, 3.11)", f"{LONG}, 3.12)")
    cut = f"{LONG[:97]}..."
    rocket, pull, _ = a_checked("failure", ci=CiHabits(checks=names), required=(cut,))
    runs = rocket.checks.latest_of(pull.head_sha)
    assert [(each.name, each.conclusion) for each in runs] == [(cut, "failure"), (cut, "success")]
    assert len(cut) == 100
    assert "is failing" in refused(pull)


def test_copilots_own_runs_fail_without_being_in_the_way() -> None:
    rocket, pull, _ = a_checked("success", ci=CiHabits(own_runs="failure"))
    [own] = [each for each in rocket.checks.actions_runs if each.event == "dynamic"]
    assert (own.conclusion, own.path) == ("failure", a_dynamic_run()["path"])
    assert rocket.checks.are_fine(pull.head_sha)
    assert pull.mergeable_state == "unstable"
    pull.merge(OWNER)


@pytest.mark.parametrize(
    ("conclusion", "said"),
    [
        ("absent", "is expected"),
        ("never", "is in progress"),
        ("cancelled", "is failing"),
        ("stale", "is failing"),
        ("action_required", "is failing"),
    ],
)
def test_a_required_check_may_never_come_to_a_good_end(conclusion: str, said: str) -> None:
    rocket, pull, _ = a_checked(conclusion, ci=CiHabits())
    assert said in refused(pull)
    assert not rocket.checks.are_fine(pull.head_sha)


def test_runs_that_nobody_allows_wait_for_ever() -> None:
    world, _ = a_town(replace(a_plan(approve_runs=True), people=PeopleHabits(approves_runs=False)))
    rocket = world.repository(ROCKET)
    rocket.required_checks = ("test",)
    pull = rocket.copilot_opens(rocket.issue(1))
    world.clock.advance(DAY)
    [suite] = [each for each in rocket.checks.suites if each.head_sha == pull.head_sha]
    assert (suite.status, suite.conclusion) == ("completed", "action_required")
    pull.mark_ready(OWNER)
    assert "is expected" in refused(pull)
