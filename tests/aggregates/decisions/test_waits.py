"""Checks settle and reviewers fall quiet: a wait runs first, and then the decision comes."""

from datetime import timedelta

import pytest

from aggregates.decisions import timers
from aggregates.lane import Lane
from events.catalogue import TimerFired, TimerKind, WorkflowRetried
from tests.aggregates.builders import HEAD, ISSUE, minute
from tests.aggregates.decisions.conducted import (
    NOBODY,
    USER,
    Section,
    conducted,
    kinds,
    passed,
    recorded,
    said,
    waits,
)
from tests.aggregates.decisions.policies import UNWATCHED
from tests.aggregates.decisions.pulls import (
    FAILED,
    PASSED,
    a_draft,
    a_ready,
    approved,
    hearing,
    moved,
    refused,
)
from tests.aggregates.decisions.timing import timed_out

SETTLE: dict[str, Section] = {"ci": {"settle_seconds": 60}, "watchdog": UNWATCHED}
QUIET: dict[str, Section] = {"review": {"quiet_seconds": 120}, "watchdog": UNWATCHED}


def settling(lane: Lane, **sections: Section) -> Lane:
    return conducted(hearing(lane, pull=10, checks=20), **{**SETTLE, **sections})


@pytest.mark.parametrize(
    ("lane", "decided"),
    [
        (settling(a_ready(FAILED)), "ask_to_fix_ci"),
        (settling(a_draft(PASSED)), "mark_ready"),
        (settling(approved(PASSED), merge={"automatic": True}), "merge"),
        (settling(a_ready(PASSED), review={"copilot": True}), "request_copilot_review"),
    ],
)
def test_checks_stand_still_before_they_count(lane: Lane, decided: str) -> None:
    assert kinds(lane) == []
    (timer,) = timers(lane, USER)
    assert (timer.issue_number, timer.kind, timer.token) == (ISSUE, "settle", "20")
    assert timer.due_at == minute(20) + timedelta(seconds=60)
    assert kinds(passed(lane)) == [decided]
    assert waits(passed(lane)) == []


def test_what_is_heard_of_the_checks_begins_the_wait_anew() -> None:
    lane = passed(settling(a_ready(FAILED)))
    lane = hearing(lane, checks=120)
    assert (kinds(lane), waits(lane)) == ([], [("settle", "120")])
    assert kinds(passed(lane)) == ["ask_to_fix_ci"]


def test_where_no_check_was_heard_of_the_pull_request_begins_the_wait() -> None:
    lane = conducted(hearing(a_draft(), pull=10), **SETTLE)
    assert (kinds(lane), waits(lane)) == ([], [("settle", "10")])
    assert kinds(passed(lane)) == ["mark_ready"]


def test_without_a_wait_the_decision_comes_at_once() -> None:
    lane = settling(a_ready(FAILED), ci={"settle_seconds": 0})
    assert (kinds(lane), waits(lane)) == (["ask_to_fix_ci"], [])


def test_a_timer_of_before_ends_no_wait() -> None:
    lane = said(settling(a_ready(FAILED)), _fired("settle", "10"))
    assert (kinds(lane), waits(lane)) == ([], [("settle", "20")])


def test_back_on_a_head_that_had_settled_nothing_is_waited_for_again() -> None:
    lane = passed(settling(a_ready(PASSED), merge={"automatic": True}, review={"approvals": 0}))
    assert kinds(lane) == ["merge"]
    elsewhere = passed(hearing(moved(lane), pull=110, checks=120))
    back = hearing(moved(elsewhere, HEAD), pull=130)
    assert (kinds(back), waits(back)) == (["merge"], [])


def test_reviewers_fall_quiet_before_copilot_is_told() -> None:
    lane = conducted(hearing(refused(), reviews=30), **QUIET)
    assert kinds(lane) == []
    (timer,) = timers(lane, USER)
    assert (timer.kind, timer.token) == ("quiet", "30")
    assert timer.due_at == minute(30) + timedelta(seconds=120)
    assert (kinds(passed(lane)), waits(passed(lane))) == (["ask_to_address_review"], [])


def test_what_reviewers_say_meanwhile_begins_the_wait_anew() -> None:
    lane = hearing(passed(conducted(hearing(refused(), reviews=30), **QUIET)), reviews=120)
    assert (kinds(lane), waits(lane)) == ([], [("quiet", "120")])


def test_failing_after_the_last_attempt_settles_before_a_person_is_asked() -> None:
    lane = settling(a_ready(FAILED), ci={"settle_seconds": 60, "max_attempts": 0})
    assert (kinds(lane), waits(lane)) == ([], [("settle", "20")])
    assert kinds(passed(lane)) == ["hand_to_person"]


def test_nothing_is_waited_for_that_nobody_may_do_then() -> None:
    assert waits(settling(a_ready(FAILED)), NOBODY) == []


def test_one_wait_serves_all_that_wait_for_it() -> None:
    policy: dict[str, Section] = {"merge": {"automatic": True}, "review": {"copilot": True}}
    lane = conducted(hearing(approved(PASSED), checks=20), "shadow", **SETTLE, **policy)
    assert waits(lane) == [("settle", "20")]
    assert kinds(passed(lane)) == ["request_copilot_review", "merge"]


def test_a_timer_that_fired_is_recorded_once_in_each_generation() -> None:
    lane = settling(a_ready(FAILED))
    (timer,) = timers(lane, USER)
    first = timed_out(lane, timer)
    assert timed_out(passed(lane), timer).id == first.id
    again = said(recorded(passed(lane)), WorkflowRetried(issue_number=ISSUE))
    assert timers(again, USER) == (timer,)
    assert timed_out(again, timer).id != first.id


def _fired(kind: TimerKind, token: str) -> TimerFired:
    return TimerFired(issue_number=ISSUE, timer=kind, token=token, due_at=minute(0))
