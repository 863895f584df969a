"""The checks of a commit speak together; nothing unknown or cancelled passes for green."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane.parts import Check
from aggregates.workflow import CheckVerdict, verdict
from tests.aggregates.builders import a_check, checks_of, minute


def auto(*checks: Check) -> CheckVerdict:
    return verdict(checks_of(*checks), "auto")


@pytest.mark.parametrize("conclusion", ["success", "neutral", "skipped"])
def test_these_conclusions_pass(conclusion: str) -> None:
    assert auto(a_check("test", conclusion)) == CheckVerdict(passed=("test",))
    assert auto(a_check("test", conclusion)).green


@pytest.mark.parametrize("conclusion", ["failure", "timed_out", "startup_failure", "error"])
def test_these_conclusions_fail(conclusion: str) -> None:
    assert auto(a_check("test", conclusion)) == CheckVerdict(failed=("test",))
    assert not auto(a_check("test", conclusion)).green


@pytest.mark.parametrize("conclusion", ["cancelled", "stale", "something_new"])
def test_these_conclusions_are_neither(conclusion: str) -> None:
    assert auto(a_check("test", conclusion)) == CheckVerdict(inconclusive=("test",))
    assert not auto(a_check("test", conclusion)).green


def test_completed_without_a_conclusion_is_neither() -> None:
    assert auto(a_check("test", rank=3, conclusion=None)).inconclusive == ("test",)


def test_action_required_waits_for_a_person_and_is_no_failure() -> None:
    says = auto(a_check("CI", "action_required", kind="actions", suite=9))
    assert says == CheckVerdict(awaiting_approval=("CI",))
    assert not says.green


def test_what_runs_is_pending() -> None:
    says = auto(a_check("test", None), a_check("old", None, kind="status", rank=0))
    assert says.pending == ("old", "test")
    assert says.running == ("test",)
    assert not says.green


def test_no_check_at_all_is_green_and_not_seen() -> None:
    assert auto().green
    assert not auto().seen
    assert auto(a_check()).seen


def test_a_suite_that_never_runs_is_ignored() -> None:
    assert auto(a_check("suite 9", None, kind="suite", app=3)) == CheckVerdict()
    assert auto(a_check("suite 9", "stale", kind="suite", app=3)) == CheckVerdict()


def test_an_actions_run_underway_is_pending_though_its_jobs_so_far_passed() -> None:
    says = auto(a_check("CI", None, kind="actions", suite=9), a_check("lint", suite=9))
    assert says == CheckVerdict(pending=("CI",), passed=("lint",), running=("CI",))


def test_a_cancelled_actions_run_without_jobs_is_not_green() -> None:
    assert auto(a_check("CI", "cancelled", kind="actions", suite=9)).inconclusive == ("CI",)


def test_a_passing_container_says_nothing_by_itself() -> None:
    suite = a_check("suite 9", kind="suite", app=3)
    assert auto(suite, a_check("CI", kind="actions", suite=9)) == CheckVerdict()


def test_a_failed_container_counts_when_no_part_tells() -> None:
    run = a_check("CI", "startup_failure", kind="actions", suite=9)
    assert auto(run, a_check("other", "failure", suite=8)).failed == ("CI", "other")


def test_a_failed_part_tells_for_its_container() -> None:
    run = a_check("CI", "failure", kind="actions", suite=9)
    suite = a_check("suite 9", "failure", kind="suite", app=3, suite=9)
    assert auto(run, suite, a_check("test", "failure", suite=9, app=3)).failed == ("test",)


def test_an_actions_run_tells_for_its_suite() -> None:
    run = a_check("CI", "action_required", kind="actions", suite=9)
    suite = a_check("suite 9", "action_required", kind="suite", app=3, suite=9)
    assert auto(run, suite).awaiting_approval == ("CI",)


def test_a_part_that_began_later_makes_its_container_outdated() -> None:
    suite = a_check("suite 9", "failure", kind="suite", app=3)
    assert auto(suite, a_check(app=3, at=minute(4))) == CheckVerdict(passed=("test",))
    assert auto(suite, a_check(app=3, at=minute(3))).failed == ("suite 9",)
    assert auto(suite, a_check(app=4, at=minute(4))).failed == ("suite 9",)


def test_only_required_names_count() -> None:
    says = verdict(checks_of(a_check("test"), a_check("lint", "failure")), ("test",))
    assert says == CheckVerdict(passed=("test",), optional=("lint",))
    assert says.green


def test_a_required_name_never_seen_is_missing() -> None:
    says = verdict(checks_of(a_check("lint")), ("test",))
    assert says == CheckVerdict(missing=("test",), optional=("lint",))
    assert not says.green
    assert not says.seen


def test_nothing_required_is_green_whatever_failed() -> None:
    assert verdict(checks_of(a_check("lint", "failure")), ()).green


def test_a_required_actions_run_speaks_for_itself() -> None:
    run = a_check("CI", kind="actions", suite=9)
    assert verdict(checks_of(run), ("CI",)).passed == ("CI",)
    failed = a_check("CI", "failure", kind="actions", suite=9)
    job = a_check("test", "failure", suite=9)
    assert verdict(checks_of(failed, job), ("CI",)).failed == ("CI",)


def test_a_rerun_job_makes_a_required_actions_run_pending() -> None:
    run = a_check("CI", kind="actions", suite=9)
    job = a_check("test", None, suite=9, at=minute(4))
    assert verdict(checks_of(run, job), ("CI",)).pending == ("CI",)


def test_of_two_checks_of_a_name_the_worse_counts() -> None:
    assert auto(a_check(app=1), a_check(app=2, conclusion="failure")).failed == ("test",)
    assert auto(a_check(app=1), a_check(app=2, conclusion=None)).pending == ("test",)


_CHECKS = st.builds(
    a_check,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([None, "success", "failure", "cancelled", "action_required"]),
    kind=st.sampled_from(["run", "status", "suite", "actions"]),
    app=st.sampled_from([None, 1, 2]),
    suite=st.sampled_from([None, 8, 9]),
    id=st.integers(1, 4),
    attempt=st.integers(1, 3),
    event=st.sampled_from(["push", "pull_request"]),
    by_actions=st.booleans(),
)


def distinct(checks: list[Check]) -> list[Check]:
    """No two attempts of one Actions run alike, and no two checks of one id."""
    kept = {(c.kind, c.id, c.attempt if c.kind == "actions" else 0): c for c in checks}
    return [*kept.values()]


_SOME = st.lists(_CHECKS, max_size=6).map(distinct)


@given(_SOME.flatmap(lambda c: st.tuples(st.just(c), st.permutations(c))))
def test_the_verdict_is_the_same_in_whatever_order(orders: tuple[list[Check], list[Check]]) -> None:
    one, other = orders
    assert auto(*one) == auto(*other)
    assert verdict(checks_of(*one), ("a", "b")) == verdict(checks_of(*other), ("a", "b"))


@given(_SOME)
def test_a_failed_or_running_leaf_is_never_green(checks: list[Check]) -> None:
    leaves = [check for check in checks if check.kind in ("run", "status")]
    alone = [replace(leaf, suite=None, app=None) for leaf in leaves]
    if any(leaf.conclusion != "success" for leaf in alone):
        assert not auto(*alone, *(check for check in checks if check.kind == "actions")).green
