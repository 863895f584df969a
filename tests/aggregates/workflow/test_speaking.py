"""Which run speaks for a head: none hides another of its name, but for what it replaced."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane.checks import check_of, newest
from aggregates.lane.parts import Checks, in_parts
from aggregates.workflow import CheckVerdict, verdict
from events.github import ActionsRunSeen, CheckRunSeen
from tests.aggregates.builders import HEAD, REPOSITORY, minute

PUSH, PULL = 1, 2  # workflows
Told = CheckRunSeen | ActionsRunSeen


def a_run(
    number: int, *, suite: int, at: float, conclusion: str | None = "success"
) -> ActionsRunSeen:
    """An Actions run of the workflow that has the suite's number."""
    return ActionsRunSeen(
        repository_id=REPOSITORY,
        id=number,
        attempt=1,
        head_sha=HEAD,
        status="completed" if conclusion else "in_progress",
        conclusion=conclusion,
        updated_at=minute(at),
        name="CI",
        workflow_id=suite,
        suite_id=suite,
        event="push",
    )


def a_job(
    number: int, *, suite: int, at: float, conclusion: str | None = "success", name: str = "test"
) -> CheckRunSeen:
    """A job of an Actions run, over half a minute after it began."""
    return CheckRunSeen(
        repository_id=REPOSITORY,
        id=number,
        name=name,
        head_sha=HEAD,
        status="completed" if conclusion else "in_progress",
        conclusion=conclusion,
        started_at=minute(at),
        completed_at=minute(at + 0.5) if conclusion else None,
        app_id=15368,
        by_actions=True,
        suite_id=suite,
    )


def of_an_app(run: CheckRunSeen, app: int = 3) -> CheckRunSeen:
    return replace(run, app_id=app, by_actions=False)


def checks_of(*told: Told) -> Checks:
    checks = Checks()
    for fact in told:
        _, slot, check = check_of(fact)
        checks = newest(checks, slot, check)
    return checks


def auto(*told: Told) -> CheckVerdict:
    return verdict(checks_of(*told), "auto")


def named(*told: Told, name: str = "test") -> CheckVerdict:
    return verdict(checks_of(*told), (name,))


def test_a_job_of_another_workflow_hides_none_of_its_name() -> None:
    told = (
        a_run(100, suite=PUSH, at=2, conclusion="failure"),
        a_job(1000, suite=PUSH, at=1, conclusion="failure"),
        a_run(101, suite=PULL, at=4),
        a_job(1001, suite=PULL, at=3),
    )
    assert auto(*told).failed == ("test",)
    assert named(*told).failed == ("test",)


def test_a_job_started_by_another_event_hides_none_of_its_name() -> None:
    pushed = replace(a_run(100, suite=7, at=2, conclusion="failure"), workflow_id=1)
    opened = replace(a_run(101, suite=8, at=4), workflow_id=1, event="pull_request")
    jobs = (a_job(1000, suite=7, at=1, conclusion="failure"), a_job(1001, suite=8, at=3))
    assert named(pushed, opened, *jobs).failed == ("test",)


def test_the_newest_run_of_a_workflow_and_event_speaks_for_the_head() -> None:
    first = replace(a_run(100, suite=7, at=2, conclusion="failure"), workflow_id=1)
    second = replace(a_run(101, suite=8, at=4), workflow_id=1)
    jobs = (a_job(1000, suite=7, at=1, conclusion="failure"), a_job(1001, suite=8, at=3))
    assert auto(first, second, *jobs) == CheckVerdict(passed=("test",))
    again = replace(second, conclusion="failure")
    failed = a_job(1001, suite=8, at=3, conclusion="failure")
    assert auto(replace(first, conclusion="success"), again, jobs[0], failed).failed == ("test",)


def test_jobs_of_one_name_in_one_run_all_count() -> None:
    told = (
        a_run(100, suite=7, at=4, conclusion="failure"),
        a_job(1000, suite=7, at=1, conclusion="failure", name="matrix (a..."),
        a_job(1001, suite=7, at=3, name="matrix (a..."),
    )
    assert named(*told, name="matrix (a...").failed == ("matrix (a...",)
    assert auto(*told).failed == ("matrix (a...",)


def a_second_attempt(run: ActionsRunSeen, *, at: float, conclusion: str | None) -> ActionsRunSeen:
    status = "completed" if conclusion else "in_progress"
    return replace(
        run, attempt=2, status=status, conclusion=conclusion, updated_at=minute(at), began_at=None
    )


FIRST = a_run(100, suite=7, at=2, conclusion="failure")
FAILED = a_job(1000, suite=7, at=1, conclusion="failure")
LINT = a_job(999, suite=7, at=1, name="lint")


def test_a_newer_attempt_replaces_the_jobs_of_its_names_and_leaves_the_others() -> None:
    told = (FIRST, FAILED, LINT, a_second_attempt(FIRST, at=5, conclusion="success"))
    again = a_job(1002, suite=7, at=4)
    assert auto(*told, again) == CheckVerdict(passed=("lint", "test"))
    assert named(*told, again) == CheckVerdict(passed=("test",), optional=("lint",))


def test_a_newer_attempt_that_fails_fails() -> None:
    second = a_second_attempt(FIRST, at=5, conclusion="failure")
    passed = replace(FAILED, conclusion="success")
    again = a_job(1002, suite=7, at=4, conclusion="failure")
    assert named(FIRST, passed, second, again).failed == ("test",)


def test_what_failed_before_is_pending_while_a_newer_attempt_is_underway() -> None:
    told = (FIRST, FAILED, LINT, a_second_attempt(FIRST, at=3, conclusion=None))
    assert named(*told).pending == ("test",)
    assert named(*told, name="lint").passed == ("lint",)


def test_without_its_end_an_attempt_is_known_by_when_the_next_began() -> None:
    began = replace(a_second_attempt(FIRST, at=6, conclusion="success"), began_at=minute(3))
    assert named(FAILED, began, a_job(1002, suite=7, at=4)).passed == ("test",)


def test_an_attempt_that_replaced_one_of_several_of_a_name_leaves_them_in_doubt() -> None:
    other = a_job(1001, suite=7, at=1, conclusion="failure")
    again = a_job(1002, suite=7, at=4)
    underway = a_second_attempt(FIRST, at=5, conclusion=None)
    assert named(FIRST, FAILED, other, underway, again).pending == ("test",)
    failed = a_second_attempt(FIRST, at=5, conclusion="failure")
    assert named(FIRST, FAILED, other, failed, again).failed == ("test",)
    passed = a_second_attempt(FIRST, at=5, conclusion="success")
    assert named(FIRST, FAILED, other, passed, again).passed == ("test",)


def test_jobs_whose_run_nobody_heard_of_all_count() -> None:
    assert named(FAILED, a_job(1001, suite=8, at=3)).failed == ("test",)
    assert named(FAILED, a_job(1001, suite=7, at=3)).failed == ("test",)


def test_the_newest_suite_of_an_app_speaks_for_the_head() -> None:
    told = (of_an_app(FAILED), of_an_app(a_job(1001, suite=8, at=3)))
    assert named(*told) == CheckVerdict(passed=("test",))
    assert named(*told, of_an_app(a_job(7, suite=1, at=9, conclusion="failure"), 4)).failed


def test_an_app_runs_a_check_again_by_another_of_its_name() -> None:
    assert named(of_an_app(FAILED), of_an_app(a_job(1001, suite=7, at=3))).passed == ("test",)


def test_two_runs_of_one_name_that_an_app_has_at_once_both_count() -> None:
    at_once = of_an_app(a_job(1001, suite=7, at=1.2))
    assert named(of_an_app(FAILED), at_once).failed == ("test",)


def test_an_agents_own_run_asks_for_nothing_and_is_shown() -> None:
    own = replace(a_run(100, suite=7, at=2, conclusion="failure"), agents_own=True, name="Copilot")
    told = (own, a_job(1000, suite=7, at=1, conclusion="failure", name="copilot"))
    assert auto(*told) == CheckVerdict(optional=("copilot",))
    assert auto(own) == CheckVerdict(optional=("Copilot",))
    assert auto(*told, a_job(1, suite=8, at=1)).green
    assert named(*told, name="copilot").failed == ("copilot",)


def test_what_a_person_must_let_run_may_be_what_is_missing() -> None:
    waits = replace(a_run(100, suite=7, at=2), conclusion="action_required")
    says = named(waits)
    assert (says.missing, says.awaiting_approval) == (("test",), ("CI",))
    assert named(waits, a_job(1, suite=8, at=1)).awaiting_approval == ()


@pytest.mark.parametrize("asked", ["x" * 97 + "...", "x" * 120, "x" * 100 + "y"])
def test_an_over_long_name_is_asked_for_as_github_cuts_it(asked: str) -> None:
    cut = a_job(1, suite=7, at=1, name="x" * 97 + "...")
    assert named(cut, name=asked).passed == ("x" * 97 + "...",)
    assert named(name=asked).missing == (asked,)


_ATTEMPTS = st.builds(
    lambda run, attempt, at, status, event: replace(
        run,
        suite_id=7 if run.id == 100 else 8,
        workflow_id=1,
        event=event,
        attempt=attempt,
        updated_at=minute(at),
        status=status,
        conclusion="success" if status == "completed" else None,
    ),
    st.sampled_from([a_run(100, suite=7, at=2), a_run(101, suite=8, at=2)]),
    st.integers(1, 3),
    st.integers(0, 9),
    st.sampled_from(["requested", "in_progress", "completed"]),
    st.sampled_from(["push", "pull_request"]),
)
_JOBS = st.builds(
    lambda number, suite, at, conclusion: a_job(number, suite=suite, at=at, conclusion=conclusion),
    st.integers(1, 5),
    st.sampled_from([7, 8]),
    st.integers(0, 9),
    st.sampled_from([None, "success", "failure"]),
)
_NAMED_JOBS = st.builds(lambda job: replace(job, id=job.id + 5, name="lint"), _JOBS)
_APPS_RUNS = st.builds(of_an_app, _NAMED_JOBS)


@given(
    st.lists(st.one_of(_ATTEMPTS, _JOBS), max_size=8).flatmap(
        lambda told: st.tuples(st.just(told), st.permutations([*told, *told[:3]]))
    )
)
def test_checks_are_the_same_in_whatever_order_and_however_often_they_are_told(
    orders: tuple[list[Told], list[Told]],
) -> None:
    one, other = (checks_of(*told) for told in orders)
    assert one == other
    assert verdict(one, "auto") == verdict(other, "auto")
    assert verdict(one, ("test",)) == verdict(other, ("test",))


@given(st.lists(_JOBS, min_size=1, max_size=5))
def test_no_failed_job_of_the_newest_attempt_is_ever_green(jobs: list[CheckRunSeen]) -> None:
    runs = (a_run(100, suite=7, at=0.1), replace(a_run(101, suite=8, at=0.1), event="pull_request"))
    checks = checks_of(*runs, *jobs)
    left = [check for check in checks if check.kind == "run"]
    if any(check.conclusion != "success" for check in left):
        assert not verdict(checks, ("test",)).green


@given(st.lists(st.one_of(_ATTEMPTS, _JOBS, _NAMED_JOBS, _APPS_RUNS), max_size=10))
def test_what_is_remembered_of_other_names_is_what_is_worked_out_anew(told: list[Told]) -> None:
    checks = Checks()
    for fact in told:
        _, slot, check = check_of(fact)
        checks = newest(checks, slot, check)
        for required in ("auto", ("test", "lint", "CI")):
            anew = in_parts(checks.by_slot)
            assert verdict(checks, required) == verdict(anew, required)


def test_what_is_asked_for_may_change_between_two_looks() -> None:
    checks = checks_of(a_job(1, suite=7, at=1), a_job(2, suite=7, at=1, name="lint"))
    assert verdict(checks, ("lint",)).optional == ("test",)
    assert verdict(checks, ("test",)).optional == ("lint",)
    assert verdict(checks, "auto", [("lint", 15368)]).passed == ("lint",)
    assert verdict(checks, "auto").passed == ("lint", "test")


def test_a_check_told_again_is_the_same_object() -> None:
    known = checks_of(FIRST, FAILED)
    _, slot, check = check_of(FIRST)
    assert newest(known, slot, check) is known
    assert known.get(slot) == check
