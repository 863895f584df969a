"""The waits after which a person is asked: for a pull request, and for any progress."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregates.decisions import timers
from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from events.catalogue import Mode, WorkflowReleased, WorkflowRetried, WorkflowTakenOver
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_lane,
    a_pull_request_seen,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    linking,
    minute,
    seeing,
    seen_as,
)
from tests.aggregates.decisions.conducted import (
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
    hearing,
    moved,
    refused,
)
from tests.aggregates.decisions.timing import timed_out

WATCH: Section = {**UNWATCHED, "no_pull_request_minutes": 30}
SINCE = minute(1).isoformat()
ASSIGNED = hearing(
    a_lane(issue=an_assigned_issue(), assignments={ISSUE: an_assignment()}), issue=5, assigned=6
)
QUEUED = a_lane(issue=an_issue_seen())


def watched(lane: Lane, mode: Mode = "live") -> Lane:
    return conducted(lane, mode, watchdog=WATCH)


def progress(lane: Lane, mode: Mode = "live") -> Lane:
    watch: Section = {**UNWATCHED, "no_progress_minutes": 120}
    return conducted(lane, mode, watchdog=watch)


def test_copilot_may_take_its_time_to_open_a_pull_request() -> None:
    lane = watched(ASSIGNED)
    (timer,) = timers(lane, USER)
    assert (timer.issue_number, timer.kind, timer.token) == (ISSUE, "no_pull_request", SINCE)
    assert timer.due_at == minute(6) + timedelta(minutes=30)
    assert kinds(lane) == []
    assert kinds(passed(lane)) == ["hand_to_person"]
    assert waits(passed(lane)) == []


def test_the_policys_minutes_count() -> None:
    lane = conducted(ASSIGNED, watchdog={"no_pull_request_minutes": 7, "no_progress_minutes": 9})
    found = {timer.kind: timer.due_at for timer in timers(lane, USER)}
    assert found == {
        "no_pull_request": minute(6) + timedelta(minutes=7),
        "no_progress": minute(5) + timedelta(minutes=9),
    }


def test_an_assignment_that_github_took_and_never_showed_is_missed() -> None:
    lane = recorded(watched(QUEUED), "succeeded")
    asked = lane.handling(ISSUE).asked[0]
    (timer,) = timers(lane, USER)
    assert (timer.kind, timer.token) == ("no_pull_request", f"asked:{asked.position}")
    assert timer.due_at == asked.at + timedelta(minutes=30)
    late = passed(lane)
    assert kinds(late) == ["hand_to_person"]
    assert (kinds(recorded(late)), waits(late)) == ([], [])


def test_once_github_shows_the_assignment_the_wait_is_another() -> None:
    lane = passed(recorded(watched(QUEUED), "succeeded"))
    lane = hearing(seen_as(lane, ASSIGNED), assigned=120)
    assert (kinds(lane), waits(lane)) == ([], [("no_pull_request", SINCE)])


@pytest.mark.parametrize(
    "lane",
    [
        watched(QUEUED),
        recorded(watched(QUEUED)),
        recorded(watched(QUEUED, "shadow")),
        watched(a_draft()),
        watched(a_lane(a_pull_request_seen(state="closed"), issue=an_assigned_issue())),
        said(watched(ASSIGNED), WorkflowTakenOver(issue_number=ISSUE)),
        watched(ASSIGNED, "off"),
        conducted(
            ASSIGNED, watchdog={"no_pull_request_minutes": None, "no_progress_minutes": None}
        ),
        watched(a_lane(issue=an_assigned_issue(state="closed"), handling=Handling())),
    ],
    ids=["queued", "asked", "shadow", "a draft", "closed", "taken over", "off", "null", "over"],
)
def test_no_pull_request_is_waited_for(lane: Lane) -> None:
    assert waits(lane) == []


@pytest.mark.parametrize(
    ("lane", "token"),
    [
        (hearing(ASSIGNED, issue=5), "5"),
        (hearing(a_draft(finished=False), pull=7, checks=8), "8"),
        (hearing(a_ready(FAILED), pull=7, checks=8), "101"),
        (hearing(refused(), pull=7, reviews=8), "101"),
        (hearing(refused(mentions_copilot=True), pull=7, reviews=8), "8"),
    ],
    ids=["to begin", "to finish", "to mend", "to address", "told by a reviewer"],
)
def test_copilot_is_waited_for(lane: Lane, token: str) -> None:
    lane = recorded(progress(lane), "succeeded")
    assert waits(lane) == [("no_progress", token)]
    late = passed(lane)
    assert kinds(late) == ["hand_to_person"]
    assert waits(late) == []


def test_progress_is_measured_from_what_moved_last() -> None:
    lane = progress(hearing(a_draft(finished=False), issue=3, pull=7))
    (timer,) = timers(lane, USER)
    assert timer.due_at == minute(7) + timedelta(minutes=120)


def test_anything_that_moves_begins_the_wait_anew() -> None:
    lane = hearing(passed(progress(hearing(a_draft(finished=False), pull=7))), checks=120)
    assert (kinds(lane), waits(lane)) == ([], [("no_progress", "120")])


def test_what_we_tell_people_is_no_progress() -> None:
    asked = (an_asked("set_label", position=60), an_asked("hand_to_person", position=61))
    lane = a_draft(finished=False, handling=Handling(asked=asked))
    assert waits(progress(hearing(lane, pull=7))) == [("no_progress", "7")]


@pytest.mark.parametrize(
    "lane",
    [
        hearing(QUEUED, issue=5),
        hearing(a_draft(), pull=7),
        hearing(a_ready(PASSED), pull=7),
        hearing(a_draft(finished=False, handling=Handling(taken_over=True)), pull=7),
        hearing(a_draft(finished=False, handling=Handling(skipped=True)), pull=7),
    ],
    ids=["queued", "finished", "before reviewers", "taken over", "skipped"],
)
def test_nobody_waits_for_copilot(lane: Lane) -> None:
    assert waits(progress(lane)) == []


def test_a_wait_that_passed_for_a_later_move_passed_for_an_earlier_one_too() -> None:
    lane = passed(progress(hearing(a_draft(finished=False), issue=5, pull=7)))
    unlinked = linking(seeing(lane, finished={}), {})
    assert (kinds(unlinked), waits(unlinked)) == (["hand_to_person"], [])


def test_the_same_wait_is_recorded_once() -> None:
    lane = progress(hearing(a_draft(finished=False), pull=7))
    (timer,) = timers(lane, USER)
    event = timed_out(lane, timer)
    assert event.id == timed_out(recorded(lane), timer).id
    assert (event.type, event.action) == ("timer", "fired")
    assert event.subject_number == ISSUE
    other = replace(timer, token="8")
    assert timed_out(lane, other).id != event.id


def test_back_on_another_head_progress_is_watched_as_before() -> None:
    lane = progress(hearing(a_draft(finished=False), pull=7, checks=8))
    elsewhere = passed(hearing(moved(lane), pull=110, checks=120))
    back = hearing(moved(elsewhere, HEAD), pull=130)
    assert waits(back) == [("no_progress", "130")]
    assert PULL in back.pull_requests


@pytest.mark.parametrize("lane", [ASSIGNED, hearing(a_draft(finished=False), pull=7)])
def test_retried_the_waits_begin_anew(lane: Lane) -> None:
    lane = said(recorded(passed(conducted(lane))), WorkflowRetried(issue_number=ISSUE))
    lane = _later(lane, resumed_at=minute(500))
    assert kinds(lane) == []
    due = {timer.kind: timer.due_at - minute(500) for timer in timers(lane, USER)}
    assert due.pop("no_progress") == timedelta(minutes=120)
    assert set(due.values()) <= {timedelta(minutes=30)}


def test_released_hours_later_nothing_is_overdue_yet() -> None:
    lane = progress(hearing(a_draft(finished=False), pull=7))
    taken = said(lane, WorkflowTakenOver(issue_number=ISSUE))
    assert waits(taken) == []
    back = said(taken, WorkflowReleased(issue_number=ISSUE))
    (timer,) = timers(back, USER)
    resumed_at = back.handling(ISSUE).resumed_at
    assert resumed_at is not None
    assert timer.due_at == max(minute(7), resumed_at) + timedelta(minutes=120)
    (later,) = timers(_later(back, resumed_at=minute(500)), USER)
    assert later.due_at == minute(500) + timedelta(minutes=120)


def _later(lane: Lane, resumed_at: datetime) -> Lane:
    changed = replace(lane.handling(ISSUE), resumed_at=resumed_at)
    return replace(lane, ours=replace(lane.ours, handlings={ISSUE: changed}))
