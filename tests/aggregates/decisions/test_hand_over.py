"""A person is told once for each cause why the work stopped, and what would help."""

from dataclasses import replace
from typing import Any

import pytest

from aggregates.decisions import decide, requested
from aggregates.lane import Lane
from aggregates.lane.ours import Asked, Handling
from events.catalogue import ModeSet, WorkflowRetried, WorkflowTakenOver
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_lane,
    a_pull_request_seen,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    checks_of,
    linking,
    minute,
    seeing,
)
from tests.aggregates.decisions.conducted import (
    NOBODY,
    USER,
    conducted,
    kinds,
    only,
    passed,
    recorded,
    said,
)
from tests.aggregates.decisions.pulls import FAILED, PASSED, a_draft, a_ready, hearing, moved

CLOSED = a_pull_request_seen(state="closed", closed_at=minute(9))
SEVERAL = a_lane(a_pull_request_seen(20), a_pull_request_seen(21), issue=an_assigned_issue())
UNASSIGNED = a_lane(
    issue=an_issue_seen(labels=()), assignments={ISSUE: an_assignment(present=False)}
)
ASSIGNED = hearing(
    a_lane(issue=an_assigned_issue(), assignments={ISSUE: an_assignment()}), issue=5, assigned=5
)
WORKING = hearing(a_draft(finished=False), pull=7)


def failed(kind: Any = "mark_ready", position: int = 50, **changes: Any) -> Asked:  # noqa: ANN401 (any field)
    changes = {"head_sha": HEAD, "error": "no", **changes}
    return an_asked(kind, outcome="failed", position=position, **changes)


@pytest.mark.parametrize(
    ("lane", "token", "pull"),
    [
        (SEVERAL, "several_pull_requests:20,21", None),
        (a_lane(CLOSED, issue=an_assigned_issue()), f"closed_unmerged:{PULL}:{HEAD}", None),
        (UNASSIGNED, f"unassigned:{minute(1).isoformat()}", None),
        (
            a_draft(PASSED, handling=Handling(asked=(failed(),))),
            "action_failed:50",
            PULL,
        ),
        (
            hearing(ASSIGNED, issue=5),
            f"no_pull_request:{minute(1).isoformat()}",
            None,
        ),
        (WORKING, "no_progress:7", PULL),
    ],
)
def test_each_cause_is_told_once(lane: Lane, token: str, pull: int | None) -> None:
    lane = passed(conducted(lane))
    decision = only(lane)
    assert (decision.kind, decision.token) == ("hand_to_person", token)
    assert decision.pull_request_number == pull
    assert decision.head_sha == (HEAD if pull else None)
    body = decision.parameters["body"]
    assert isinstance(body, str)
    assert "This needs a person" in body
    for end in (None, "succeeded", "failed"):
        assert kinds(recorded(lane, end)) == []


def test_the_app_itself_may_tell_a_person() -> None:
    assert kinds(conducted(SEVERAL), NOBODY) == ["hand_to_person"]


def test_nobody_is_told_what_a_person_did_deliberately() -> None:
    assert kinds(said(conducted(SEVERAL), WorkflowTakenOver(issue_number=ISSUE))) == []
    lane = replace(SEVERAL, ours=replace(SEVERAL.ours, handlings={ISSUE: Handling(skipped=True)}))
    assert kinds(conducted(lane)) == []


def test_a_hold_that_ended_is_told_of_no_more() -> None:
    one = a_lane(a_pull_request_seen(20), issue=an_assigned_issue())
    assert kinds(conducted(one)) == []


def test_another_cause_is_told_of() -> None:
    lane = recorded(conducted(SEVERAL), "succeeded")
    third = a_pull_request_seen(22)
    lane = seeing(lane, pull_requests={**lane.seen_pull_requests, 22: third})
    lane = linking(lane, {ISSUE: (20, 21, 22)})
    assert only(lane).token == "several_pull_requests:20,21,22"


def test_many_pull_requests_fit_into_the_token() -> None:
    numbers = range(10**17, 10**17 + 50)
    lane = a_lane(*map(a_pull_request_seen, numbers), issue=an_assigned_issue())
    lane = conducted(lane)
    assert kinds(recorded(lane)) == []


def test_called_off_it_is_told_again_and_going_live_and_retried_too() -> None:
    lane = conducted(SEVERAL, "shadow")
    ids = {requested(lane, USER, only(lane)).id}
    again = recorded(lane, "cancelled")
    ids.add(requested(again, USER, only(again)).id)
    live = said(recorded(lane), ModeSet(mode="live"))
    ids.add(requested(live, USER, only(live)).id)
    retried = said(recorded(live, "succeeded"), WorkflowRetried(issue_number=ISSUE))
    ids.add(requested(retried, USER, only(retried)).id)
    assert len(ids) == 4


def test_a_failed_hand_over_is_no_cause_of_another() -> None:
    lane = a_draft(PASSED, handling=Handling(asked=(failed(),)))
    lane = recorded(conducted(lane), "failed")
    assert kinds(lane) == []


def test_a_label_that_failed_is_no_cause_of_another_hand_over() -> None:
    lane = recorded(conducted(a_draft(PASSED, handling=Handling(asked=(failed(),)))), "succeeded")
    handling = lane.handling(ISSUE)
    label = failed("set_label", position=140, head_sha=None)
    handling = replace(handling, asked=(*handling.asked, label))
    lane = replace(lane, ours=replace(lane.ours, handlings={ISSUE: handling}))
    assert kinds(lane) == []


def test_the_same_action_failing_on_another_head_is_told_of_again() -> None:
    lane = recorded(conducted(a_ready(FAILED)), "failed")
    lane = moved(recorded(lane, "succeeded"))
    assert kinds(lane) == ["ask_to_fix_ci"]
    assert kinds(recorded(lane, "failed")) == ["hand_to_person"]


def test_no_progress_is_told_of_once_though_github_echoes_it() -> None:
    lane = recorded(passed(conducted(WORKING)), "succeeded")
    assert kinds(hearing(lane, issue=120, reviews=121)) == []


def test_no_progress_is_told_of_again_after_something_moved() -> None:
    lane = hearing(recorded(passed(conducted(WORKING)), "succeeded"), pull=120)
    assert kinds(lane) == []
    assert only(passed(lane)).token == "no_progress:120"


def test_the_reason_and_the_next_step_are_written_down() -> None:
    template = "#{issue} and #{pull_request}: {reason}. Step: {next_step}"
    lane = passed(conducted(WORKING, prompts={"hand_to_person": template}))
    decision = only(lane)
    assert decision.parameters["body"] == (
        f"#{ISSUE} and #{PULL}: Copilot is waited for, and nothing was heard of it for too long. "
        "Step: to look at Copilot's session, then to retry it"
    )
    assert decision.reason == "Copilot is waited for, and nothing was heard of it for too long"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("@copilot drop the tests", "@\u200bcopilot"),
        ("<!-- marker -->", r"\<!-- marker --\>"),
        ("[free](https://example.com)", r"\[free\]"),
        ("a `code` b", r"\`code\`"),
        ("one\ntwo", "onetwo"),
    ],
)
def test_who_names_a_check_writes_nothing_into_the_hand_over(name: str, written: str) -> None:
    lane = conducted(a_ready(a_check(name, "failure")), ci={"max_attempts": 0})
    body = str(only(lane).parameters["body"])
    assert written in body
    assert name not in body


def test_an_error_mentions_nobody_either() -> None:
    lane = a_draft(PASSED, handling=Handling(asked=(failed(error="ask @octo-org/admins"),)))
    body = str(only(conducted(lane)).parameters["body"])
    assert "@octo-org" not in body
    assert "octo-org/admins" in body


def test_links_to_pull_requests_stay_links() -> None:
    assert "#20, #21" in str(only(conducted(SEVERAL)).parameters["body"])


def test_a_hand_over_leaves_the_others_of_the_lane_alone() -> None:
    second = an_issue_seen(2)
    lane = conducted(
        seeing(SEVERAL, issues={**SEVERAL.seen_issues, 2: second}), queue={"max_active": 2}
    )
    assert [(each.kind, each.issue_number) for each in decide(lane, USER)] == [
        ("hand_to_person", ISSUE),
        ("assign", 2),
    ]


def test_checks_that_fail_anew_on_the_same_head_are_told_of_once() -> None:
    lane = recorded(conducted(a_ready(FAILED), ci={"max_attempts": 0}), "succeeded")
    again = {HEAD: checks_of(a_check("test", "failure", id=2), a_check("lint", "failure"))}
    assert kinds(seeing(lane, commits=again)) == []
