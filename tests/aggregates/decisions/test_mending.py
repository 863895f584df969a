"""Asking Copilot to change its pull request: what failed, and what reviewers asked for."""

from dataclasses import replace

import pytest

from aggregates.decisions import Timer
from aggregates.lane import Lane
from aggregates.lane.conduct import Handling
from aggregates.scope import Scope
from events.catalogue import ActionKind
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_pull_request_seen,
    a_request,
    a_review_seen,
    an_asked,
    minute,
    requests_of,
)
from tests.aggregates.decisions.deciding import (
    AT_ONCE,
    LIVE,
    SHADOW,
    a_scope,
    cancelled,
    failed,
    kinds,
    recorded,
    succeeded,
    the_only,
    timer,
)
from tests.aggregates.decisions.pulls import (
    CHANGES,
    CHECKS_HEARD,
    DRAFT,
    GREEN,
    NEXT_HEAD,
    READY,
    RED,
    REVIEWS_HEARD,
    RUNNING,
    a_lane_with,
)

FAILED = a_lane_with(DRAFT, RED)
TO_ADDRESS = a_lane_with(READY, CHANGES)
BOTH = pytest.mark.parametrize(
    ("lane", "kind"), [(FAILED, "ask_to_fix_ci"), (TO_ADDRESS, "ask_to_address_review")]
)


def test_copilot_is_asked_to_mend_the_checks_of_a_head() -> None:
    decision = the_only(FAILED)
    assert decision.kind == "ask_to_fix_ci"
    assert (decision.token, decision.head_sha) == (HEAD, HEAD)
    assert decision.pull_request_number == PULL
    assert decision.reason == "required checks failed on aaaaaaa; attempt 1 of 3"


def test_copilot_is_asked_once_for_all_that_reviewers_said() -> None:
    more = a_review_seen("changes_requested", id=9, author=201)
    decision = the_only(a_lane_with(READY, CHANGES, more))
    assert decision.kind == "ask_to_address_review"
    assert (decision.token, decision.head_sha) == ("9", HEAD)
    assert decision.reason == "changes were requested; round 1 of 3"


def test_what_reviewers_asked_for_comes_before_what_failed() -> None:
    assert kinds(a_lane_with(READY, CHANGES, RED)) == ["ask_to_address_review"]


@BOTH
@pytest.mark.parametrize("scope", [a_scope("off"), a_scope(paused=True), a_scope(acting_user=None)])
def test_nothing_is_asked_in_mode_off_paused_or_live_without_an_acting_user(
    lane: Lane, kind: ActionKind, scope: Scope
) -> None:
    assert kinds(lane, SHADOW) == kinds(lane) == [kind]
    assert kinds(lane, scope) == []


@BOTH
@pytest.mark.parametrize("handling", [Handling(taken_over=True), Handling(skipped=True)])
def test_nothing_is_asked_for_what_a_person_took_over_or_skipped(
    lane: Lane, kind: ActionKind, handling: Handling
) -> None:
    held = replace(lane, conduct=replace(lane.conduct, handlings={ISSUE: handling}))
    assert kinds(lane) == [kind]
    assert kinds(held) == []


@pytest.mark.parametrize("part", [RED, CHANGES])
def test_copilot_is_not_disturbed_while_it_works(part: object) -> None:
    lane = a_lane_with(DRAFT, part)  # type: ignore[arg-type]  # either is allowed
    assert len(kinds(lane)) == 1
    unfinished = replace(lane, seen=replace(lane.seen, finished={}))
    mentioned = replace(lane, seen=replace(lane.seen, mentions={PULL: minute(9)}))
    assert kinds(unfinished) == kinds(mentioned) == []
    assert timer(unfinished, "settle") is None


def test_a_running_check_may_still_say_more() -> None:
    assert kinds(a_lane_with(DRAFT, RED, RUNNING)) == []
    only_test = a_scope(ci={"required": ["test"]})
    assert kinds(a_lane_with(DRAFT, RED, RUNNING), only_test) == ["ask_to_fix_ci"]


def test_a_status_that_is_pending_for_ever_does_not_keep_us_from_asking() -> None:
    pending = a_check("cla", None, kind="status")
    assert kinds(a_lane_with(DRAFT, RED, pending)) == ["ask_to_fix_ci"]


@pytest.mark.parametrize("conclusion", ["action_required", "cancelled", "success", None])
def test_what_did_not_fail_is_not_mended(conclusion: str | None) -> None:
    lane = a_lane_with(READY, a_check(conclusion=conclusion))
    assert kinds(lane) == []


def test_the_checks_must_have_stood_still_then_copilot_is_asked() -> None:
    lane = a_lane_with(DRAFT, RED, heard=CHECKS_HEARD)
    assert kinds(lane) == []
    assert timer(lane, "settle") == Timer(
        issue_number=ISSUE, kind="settle", token="60", due_at=minute(1)
    )
    passed = a_lane_with(DRAFT, RED, heard=CHECKS_HEARD, fired={"settle": "60"})
    assert kinds(passed) == ["ask_to_fix_ci"]
    assert timer(passed, "settle") is None


def test_news_of_a_check_begins_the_wait_anew() -> None:
    news = {**CHECKS_HEARD, f"checks:{HEAD}": 80}
    lane = a_lane_with(DRAFT, RED, heard=news, fired={"settle": "60"})
    assert kinds(lane) == []
    wait = timer(lane, "settle")
    assert wait is not None
    assert wait.token == "80"


def test_a_head_that_comes_back_does_not_wait_once_more() -> None:
    # The event of that wait is in the log already, so it would never fire again.
    lane = a_lane_with(DRAFT, RED, heard=CHECKS_HEARD, fired={"settle": "90"})
    assert kinds(lane) == ["ask_to_fix_ci"]


def test_reviewers_must_have_fallen_quiet_then_copilot_is_asked() -> None:
    lane = a_lane_with(READY, CHANGES, heard=REVIEWS_HEARD)
    assert kinds(lane) == []
    assert timer(lane, "quiet") == Timer(
        issue_number=ISSUE, kind="quiet", token="70", due_at=minute(2)
    )
    passed = a_lane_with(READY, CHANGES, heard=REVIEWS_HEARD, fired={"quiet": "70"})
    assert kinds(passed) == ["ask_to_address_review"]


def test_a_policy_may_wait_for_nothing() -> None:
    assert kinds(a_lane_with(DRAFT, RED, heard=CHECKS_HEARD), AT_ONCE) == ["ask_to_fix_ci"]
    lane = a_lane_with(READY, CHANGES, heard=REVIEWS_HEARD)
    assert kinds(lane, AT_ONCE) == ["ask_to_address_review"]


@BOTH
def test_copilot_is_asked_once(lane: Lane, kind: ActionKind) -> None:
    asked = recorded(lane)
    assert asked.handling(ISSUE).asked[-1].kind == kind
    assert kinds(asked) == kinds(succeeded(asked)) == []


@BOTH
def test_an_ask_that_was_called_off_is_decided_again(lane: Lane, kind: ActionKind) -> None:
    assert kinds(cancelled(recorded(lane))) == [kind]


@BOTH
def test_an_ask_that_failed_goes_to_a_person(lane: Lane, kind: ActionKind) -> None:
    decision = the_only(failed(recorded(lane)))
    assert decision.kind == "hand_to_person"
    assert kind.replace("_", " ") in decision.reason


@BOTH
def test_going_live_asks_afresh(lane: Lane, kind: ActionKind) -> None:
    shadowed = recorded(lane, SHADOW)
    assert kinds(shadowed, SHADOW) == []
    assert kinds(shadowed) == [kind]


@pytest.mark.parametrize("kind", ["ask_to_fix_ci", "ask_to_address_review"])
def test_nothing_more_is_asked_before_the_last_ask_on_this_head_was_heard(
    kind: ActionKind,
) -> None:
    live = an_asked(kind, token="0", head_sha=HEAD, position=65)
    part = RED if kind == "ask_to_address_review" else CHANGES
    unheard = a_lane_with(READY, part, live, heard={f"reviews:{PULL}": 64})
    heard = a_lane_with(READY, part, live, heard={f"reviews:{PULL}": 66})
    assert kinds(unheard, AT_ONCE) == []
    assert len(kinds(heard, AT_ONCE)) == 1


@pytest.mark.parametrize(
    "change",
    [{"outcome": "failed", "kind": "set_label"}, {"head_sha": NEXT_HEAD}, {"mode": "shadow"}],
)
def test_what_was_not_told_on_this_head_is_not_waited_for(change: dict[str, object]) -> None:
    asked = replace(an_asked("ask_to_address_review", head_sha=HEAD, token="0"), **change)  # type: ignore[arg-type]
    assert kinds(a_lane_with(READY, RED, asked)) == ["ask_to_fix_ci"]


def test_a_new_head_that_fails_is_another_attempt() -> None:
    first = an_asked("ask_to_fix_ci", token=HEAD, head_sha=HEAD)
    decision = the_only(a_lane_with(replace(DRAFT, head_sha=NEXT_HEAD), RED, first))
    assert (decision.kind, decision.token) == ("ask_to_fix_ci", NEXT_HEAD)
    assert "attempt 2 of 3" in decision.reason
    assert "(attempt 2 of 3)" in str(decision.parameters["body"])


def test_after_as_many_attempts_as_the_policy_allows_a_person_is_asked() -> None:
    first = an_asked("ask_to_fix_ci", token=HEAD, head_sha=HEAD)
    lane = a_lane_with(replace(DRAFT, head_sha=NEXT_HEAD), RED, first)
    decision = the_only(lane, a_scope(ci={"max_attempts": 1}))
    assert decision.kind == "hand_to_person"
    assert decision.token == f"ci_attempts_used_up:{PULL}:{NEXT_HEAD}"


def test_a_policy_may_leave_all_mending_to_a_person() -> None:
    assert kinds(FAILED, a_scope(ci={"max_attempts": 0})) == ["hand_to_person"]
    assert kinds(TO_ADDRESS, a_scope(review={"max_rounds": 0})) == ["hand_to_person"]


def test_after_as_many_rounds_as_the_policy_allows_a_person_is_asked() -> None:
    first = an_asked("ask_to_address_review", token="1", head_sha=NEXT_HEAD)
    again = a_review_seen("changes_requested", id=2)
    lane = a_lane_with(READY, again, first)
    assert the_only(lane).reason == "changes were requested; round 2 of 3"
    decision = the_only(lane, a_scope(review={"max_rounds": 1}))
    assert (decision.kind, decision.token) == ("hand_to_person", "review_rounds_used_up:2")


def test_reviewers_who_spoke_to_copilot_themselves_are_not_repeated() -> None:
    assert kinds(a_lane_with(READY, replace(CHANGES, mentions_copilot=True))) == []


def test_reviewers_who_were_asked_to_look_again_are_waited_for() -> None:
    requests = {PULL: requests_of(a_request(at=30))}
    assert kinds(a_lane_with(READY, CHANGES, requests=requests)) == []


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_nothing_is_asked_of_a_pull_request_that_is_over(state: str) -> None:
    pull = a_pull_request_seen(state="closed", merged=state == "merged", closed_at=minute(9))
    asked = kinds(a_lane_with(pull, RED, CHANGES))
    assert not {"ask_to_fix_ci", "ask_to_address_review"} & {*asked}


def test_green_checks_and_no_review_call_for_no_mending() -> None:
    assert kinds(a_lane_with(READY, GREEN), LIVE) == []
