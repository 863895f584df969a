"""Flaky checks are run again once, where the policy says so, before Copilot is asked."""

import pytest

from aggregates.workflow.flaky import is_flaky
from events.catalogue import ActionFailed, ActionSucceeded, Json
from events.github import CheckHistory, FailedCheck
from tests.aggregates.decisions.tales import Tale, policy
from tests.aggregates.decisions.test_failure_told import FIX, a_failing, tells, tells_all

RERUN = "rerun_failed_jobs"
FLAKY: dict[str, Json] = {"history": {"failed": 7, "of": 50}, "run_id": 9, "attempt": 1}
ONCE = policy(ci={"flaky": "rerun_once"}) | {"mode": "live"}


def a_flaky(**check: Json) -> Tale:
    """A check failed of which is known that it fails now and then."""
    tale = a_failing(Tale(policy=ONCE, has_app=True))
    tells(tale, **(FLAKY | check))
    return tale


def ended(tale: Tale, content: type[ActionSucceeded | ActionFailed], **more: Json) -> None:
    """Let the newest action of ours come to its end."""
    [handling] = tale.lane.ours.handlings.values()
    asked = [each for each in handling.asked if each.kind == RERUN][-1]
    tale.say(content.model_validate({"action_id": asked.id, "issue_number": 1, **more}))


def test_what_is_flaky_is_run_again_before_copilot_is_asked() -> None:
    tale = a_flaky()
    assert tale.kinds(RERUN, FIX) == [RERUN]
    [decision] = [each for each in tale.decisions if each.kind == RERUN]
    assert decision.parameters == {"runs": {"9": 1}}
    ended(tale, ActionSucceeded)
    assert tale.kinds(FIX) == []  # until the new attempt shows


def test_where_it_fails_again_copilot_is_asked_and_nothing_is_run_again() -> None:
    tale = a_flaky()
    ended(tale, ActionSucceeded)
    tale.checked_again("failure")
    tells(tale, **FLAKY)
    assert tale.kinds(RERUN, FIX) == [RERUN, FIX]


def test_where_github_refuses_copilot_is_asked_and_nobody_is_stopped() -> None:
    tale = a_flaky()
    ended(tale, ActionFailed, error="a permission is missing")
    assert tale.kinds(RERUN, FIX) == [RERUN, FIX]
    assert tale.placement().rule == "ci_failed"


@pytest.mark.parametrize(
    "check",
    [
        {"history": {"failed": 1, "of": 50}},
        {"history": {"failed": 26, "of": 50}},
        {"history": {"failed": 3, "of": 9}},
        {"also_on_base": True},
        {"run_id": None},
    ],
    ids=["once", "mostly", "too few", "on the base", "no run"],
)
def test_what_is_not_known_to_be_flaky_is_copilots(check: dict[str, Json]) -> None:
    assert a_flaky(**check).kinds(RERUN, FIX) == [FIX]


def test_by_default_copilot_is_asked_at_once() -> None:
    tale = a_failing(Tale(has_app=True))
    tells(tale, **FLAKY)
    assert tale.kinds(RERUN, FIX) == [FIX]


@pytest.mark.parametrize("attempts", [(1, 2), (2, 1)])
def test_a_run_of_which_only_one_job_ran_anew_is_run_again_from_its_newest_attempt(
    attempts: tuple[int, int],
) -> None:
    """By an older one it would look as if it ran again already, and nobody would have it do so."""
    required = policy(ci={"flaky": "rerun_once", "required": ["lint", "test"]})
    tale = Tale(policy=required | {"mode": "live"}, has_app=True)
    tale.queues()
    tale.assigns()
    tale.opens()
    for name in ("lint", "test"):
        tale.checked("failure", name=name)
    tale.finishes()
    pairs = zip(("lint", "test"), attempts, strict=True)
    checks: list[Json] = [{**FLAKY, "name": name, "attempt": attempt} for name, attempt in pairs]
    tells_all(tale, checks)
    [decision] = [each for each in tale.decisions if each.kind == RERUN]
    assert decision.parameters == {"runs": {"9": 2}}


@pytest.mark.parametrize(("failed", "of"), [(2, 10), (5, 10), (25, 50)])
def test_flaky_is_what_fails_now_and_then(failed: int, of: int) -> None:
    assert is_flaky(FailedCheck(name="test", history=CheckHistory(failed, of)))
    assert not is_flaky(FailedCheck(name="test"))


def test_a_new_attempt_of_which_nothing_is_heard_is_told_to_a_person() -> None:
    tale = a_flaky()
    assert "check_missing" not in dict(tale.waits())  # it was not even run again
    ended(tale, ActionSucceeded)
    assert dict(tale.waits())["check_missing"] == 60
    assert "run again once" in tale.placement().reason
    tale.time_passes("check_missing")
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "check_missing")
    assert placement.reason == (
        "what failed was to run again, and no new attempt was heard of: test"
    )
    assert tale.kinds(FIX) == []
    tale.checked_again("failure")  # it shows after all
    assert tale.placement().stage == "ci_failed"
