from events.github import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen
from events.github.merge import order_of
from tests.worlds.people import another_app, github_actions, reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.readings import facts_in, merged
from tests.worlds.world import World


def a_pull_request_of(world: World) -> PullRequest:
    rocket = world.repository("octo-org/rocket")
    return rocket.copilot_opens(rocket.open_issue("Broken"))


def test_a_check_run_is_created_and_then_completed() -> None:
    world = World()
    pull = a_pull_request_of(world)

    pull.run_check("test", "failure")

    created, completed = facts_in(CheckRunSeen, world.deliveries)
    assert (created.status, created.conclusion) == ("in_progress", None)
    assert (completed.status, completed.conclusion) == ("completed", "failure")
    assert created.id == completed.id
    assert completed.head_sha == pull.head_sha
    assert completed.pull_request_numbers == (pull.number,)


def test_a_check_run_without_a_conclusion_waits_for_one_on_its_own_commit() -> None:
    world = World()
    pull = a_pull_request_of(world)
    run = pull.run_check("test")
    checked = pull.head_sha
    pull.push()

    run.complete("success")

    created, completed = facts_in(CheckRunSeen, world.deliveries)
    assert created.head_sha == completed.head_sha == checked != pull.head_sha


def test_a_rerun_is_a_newer_run_of_the_same_suite() -> None:
    world = World()
    pull = a_pull_request_of(world)

    pull.run_check("test", "failure")
    pull.rerun_check("test", "success")

    first, second = merged(CheckRunSeen, world.deliveries).values()
    assert second.id > first.id
    assert order_of(second) > order_of(first)
    assert (first.name, first.app_id, first.suite_id) == (
        second.name,
        second.app_id,
        second.suite_id,
    )


def test_each_app_has_a_suite_of_its_own_on_each_commit() -> None:
    world = World()
    pull = a_pull_request_of(world)
    pull.run_check("test", "success")
    pull.run_check("lint", "success", app=another_app)
    pull.suite("success")
    pull.push()
    pull.suite("failure")

    runs = merged(CheckRunSeen, world.deliveries).values()
    suites = merged(CheckSuiteSeen, world.deliveries).values()

    assert [run.app_id for run in runs] == [github_actions["id"], another_app["id"]]
    assert len({run.suite_id for run in runs} | {suite.id for suite in suites}) == 3
    assert [suite.conclusion for suite in suites] == ["success", "failure"]


def test_an_actions_run_keeps_its_id_from_attempt_to_attempt() -> None:
    world = World()
    pull = a_pull_request_of(world)

    pull.actions_run("CI", "failure")
    pull.actions_run("CI", "success")
    pull.push()
    pull.actions_run("CI", "action_required")

    first, second = merged(ActionsRunSeen, world.deliveries).values()
    assert (first.attempt, first.conclusion) == (2, "success")
    assert (second.attempt, second.conclusion) == (1, "action_required")
    assert first.id != second.id


def test_the_newest_status_of_a_context_has_the_greatest_id() -> None:
    world = World()
    pull = a_pull_request_of(world)

    with world.same_second():
        pull.status("ci/launchpad", "pending")
        pull.status("ci/launchpad", "success")

    [status] = merged(CommitStatusSeen, world.deliveries).values()
    assert (status.state, status.sha) == ("success", pull.head_sha)


def test_checks_of_a_fork_s_commits_name_no_pull_request() -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    pull = rocket.person_opens(rocket.open_issue("Broken"), reviewer, from_fork=True)

    pull.run_check("test", "success")
    pull.actions_run("CI", "success")
    pull.suite("success")

    runs = facts_in(CheckRunSeen, world.deliveries)
    actions_runs = facts_in(ActionsRunSeen, world.deliveries)
    suites = facts_in(CheckSuiteSeen, world.deliveries)
    told = [
        *((each.head_sha, each.pull_request_numbers) for each in runs),
        *((each.head_sha, each.pull_request_numbers) for each in actions_runs),
        *((each.head_sha, each.pull_request_numbers) for each in suites),
    ]
    assert len(told) == 6
    assert set(told) == {(pull.head_sha, ())}
