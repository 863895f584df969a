"""Caps and watchdogs lead to a person, at their limit and not before."""

from typing import Any

import pytest

from aggregates.lane import Heard, Lane
from aggregates.lane.ours import Asked, Handling
from aggregates.policy import CiPolicy, Policy, ReviewPolicy
from aggregates.stages import Stage, place
from aggregates.workflow import progress_token
from events.github import PullRequestSeen
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_lane,
    a_pull_request_seen,
    a_review_seen,
    a_workflow,
    an_asked,
    an_assigned_issue,
    an_assignment,
    checks_of,
    having_heard,
    minute,
)

TWICE = Policy(ci=CiPolicy(max_attempts=2), review=ReviewPolicy(max_rounds=2))
RED = {HEAD: checks_of(a_check("test", "failure"))}
CHANGES = {PULL: {5: a_review_seen("changes_requested", id=5)}}
ASSIGNED = {ISSUE: an_assignment()}


def rule_of(lane: Lane) -> str:
    return place(a_workflow(lane, TWICE)).rule


def red(*asked: Asked, draft: bool = True) -> Lane:
    return a_lane(
        a_pull_request_seen(draft=draft),
        issue=an_assigned_issue(),
        commits=RED,
        handling=Handling(asked=asked),
    )


def fix(head: str, **changes: Any) -> Asked:  # noqa: ANN401 (any field)
    return an_asked("ask_to_fix_ci", head_sha=head * 40, **changes)


def test_failing_on_a_new_head_after_all_attempts() -> None:
    assert rule_of(red(fix("b"), fix("c"), draft=False)) == "ci_attempts_used_up"


def test_the_last_attempt_is_not_over_while_copilot_works_on() -> None:
    assert rule_of(red(fix("b"), fix("c"))) == "ci_failed"


def test_attempts_are_left() -> None:
    assert rule_of(red(fix("b"))) == "ci_failed"


def test_the_last_attempt_is_underway_on_this_head() -> None:
    assert rule_of(red(fix("b"), fix("a"))) == "ci_failed"


def test_attempts_called_off_or_of_another_mode_do_not_count() -> None:
    assert rule_of(red(fix("b"), fix("c", outcome="cancelled"))) == "ci_failed"
    assert rule_of(red(fix("b"), fix("c", mode="shadow"))) == "ci_failed"


def changes(*tokens: str, told: bool = False) -> Lane:
    asked = tuple(an_asked("ask_to_address_review", token=token) for token in tokens)
    reviews = CHANGES
    if told:
        reviews = {PULL: {5: a_review_seen("changes_requested", id=5, mentions_copilot=True)}}
    return a_lane(
        a_pull_request_seen(draft=False),
        issue=an_assigned_issue(),
        reviews=reviews,
        handling=Handling(asked=asked),
    )


@pytest.mark.parametrize(
    ("lane", "rule"),
    [
        (changes("1", "2"), "review_rounds_used_up"),
        (changes("1"), "changes_requested"),
        (changes("1", "5"), "changes_requested"),
        (changes("1", "2", told=True), "changes_requested"),
    ],
)
def test_review_rounds_end_at_their_limit(lane: Lane, rule: str) -> None:
    assert rule_of(lane) == rule


def overdue(token: str, *pulls: PullRequestSeen) -> Lane:
    return a_lane(
        *pulls,
        issue=an_assigned_issue(),
        assignments=ASSIGNED,
        handling=Handling(fired={"no_pull_request": token}),
    )


def test_no_pull_request_in_time() -> None:
    assert rule_of(overdue(minute(1).isoformat())) == "no_pull_request"


def test_a_timer_of_another_assignment_is_no_hold() -> None:
    assert rule_of(overdue(minute(0).isoformat())) == "in_progress"


def test_a_late_pull_request_ends_the_hold() -> None:
    assert rule_of(overdue(minute(1).isoformat(), a_pull_request_seen())) == "draft"


def quiet(*asked: Asked, draft: bool = True, **heard: int) -> Lane:
    return a_lane(
        a_pull_request_seen(draft=draft),
        issue=an_assigned_issue(),
        heard={f"{kind}:{_SUBJECTS[kind]}": position for kind, position in heard.items()},
        handling=Handling(asked=asked, fired={"no_progress": "40"}),
    )


_SUBJECTS: dict[str, object] = {"issue": ISSUE, "pull": PULL, "reviews": PULL, "checks": HEAD}


def test_the_token_is_the_newest_position_of_what_moves_the_work() -> None:
    assert progress_token(a_workflow(quiet(issue=1, pull=4, reviews=3, checks=2))) == "4"
    assert progress_token(a_workflow(quiet(fix("a", position=9), pull=4))) == "9"
    assert progress_token(a_workflow(quiet(an_asked("set_label", position=9), pull=4))) == "4"
    assert progress_token(a_workflow(quiet())) == "0"


def test_nothing_moved_while_copilot_is_waited_for() -> None:
    assert rule_of(quiet(pull=40)) == "no_progress"


@pytest.mark.parametrize("kind", ["issue", "pull", "reviews", "checks"])
def test_anything_heard_since_ends_the_hold(kind: str) -> None:
    lane = quiet(pull=40)
    later = Heard(41, minute(0))
    assert rule_of(having_heard(lane, {f"{kind}:{_SUBJECTS[kind]}": later})) == "draft"


def test_handing_over_and_its_echoes_do_not_end_the_hold_but_the_work_does() -> None:
    handed = an_asked("hand_to_person", position=60)
    assert rule_of(quiet(handed, pull=40, issue=61, reviews=62)) == "no_progress"
    assert rule_of(quiet(handed, pull=63, issue=61)) == "draft"
    assert rule_of(quiet(handed, fix("b", position=63), pull=40)) == "draft"


def test_a_finished_round_is_not_waited_for() -> None:
    assert place(a_workflow(quiet(pull=40, draft=False))).stage != Stage.NEEDS_HUMAN
