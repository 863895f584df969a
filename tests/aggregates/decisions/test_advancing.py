"""A pull request is brought on: marked ready, put before Copilot as a reviewer, merged."""

from dataclasses import replace

import pytest

from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from events.catalogue import ModeSet, WorkflowRetried
from events.github import ReviewSeen
from events.github.names import COPILOT_REVIEWER_ID
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_request,
    a_review_seen,
    checks_of,
    mentioned,
    minute,
    requests_of,
    seeing,
    seen_as,
)
from tests.aggregates.decisions.conducted import (
    NOBODY,
    Section,
    conducted,
    delivered,
    kinds,
    only,
    passed,
    recorded,
    said,
    waits,
)
from tests.aggregates.decisions.pulls import (
    FAILED,
    OTHER_HEAD,
    PASSED,
    RUNNING,
    a_draft,
    a_ready,
    approved,
    hearing,
    moved,
)

AWAITING = a_check("test", "action_required")
CANCELLED = a_check("test", "cancelled")
FINISHED: Section = {"when": "finished"}
MERGING: Section = {"automatic": True, "method": "rebase"}
REVIEWING: Section = {"copilot": True}
ASKED_COPILOT = {PULL: requests_of(a_request(COPILOT_REVIEWER_ID))}
VISITOR = 666


def by_copilot(head_sha: str = HEAD, *, at: float = 8) -> ReviewSeen:
    review = a_review_seen("commented", id=9, author=COPILOT_REVIEWER_ID, commit_id=head_sha)
    return replace(review, submitted_at=minute(at))


def test_a_green_draft_is_marked_ready_once_copilot_is_done() -> None:
    decision = only(conducted(a_draft(PASSED)))
    assert (decision.kind, decision.token) == ("mark_ready", HEAD)
    assert (decision.pull_request_number, decision.head_sha) == (PULL, HEAD)
    assert decision.reason == "Copilot finished its round and the checks passed"


@pytest.mark.parametrize(
    "lane",
    [
        a_draft(PASSED, finished=False),
        a_draft(PASSED, mentions={PULL: mentioned(6)}),
        a_draft(PASSED, RUNNING),
        a_draft(AWAITING),
        a_draft(CANCELLED),
        a_ready(PASSED),
    ],
    ids=["Copilot works", "Copilot was told", "running", "to be approved", "no end", "no draft"],
)
def test_nothing_is_marked_ready(lane: Lane) -> None:
    assert kinds(conducted(lane)) == []


def test_where_finished_is_enough_the_checks_may_run_on() -> None:
    for lane in (a_draft(RUNNING), a_draft(AWAITING)):
        assert kinds(conducted(lane, ready=FINISHED)) == ["mark_ready"]
    assert kinds(conducted(a_draft(RUNNING, finished=False), ready=FINISHED)) == []


def test_where_finished_is_enough_what_failed_is_mended_first() -> None:
    assert kinds(conducted(a_draft(FAILED), ready=FINISHED)) == ["ask_to_fix_ci"]


def test_a_person_marks_it_where_the_policy_leaves_it_to_one() -> None:
    assert kinds(conducted(a_draft(PASSED), ready={"when": "never"})) == []


def test_a_required_check_that_was_not_seen_is_not_green() -> None:
    assert kinds(conducted(a_draft(PASSED), ci={"required": ["lint"]})) == []


def test_each_head_is_marked_once_whatever_a_person_does_then() -> None:
    lane = recorded(conducted(a_draft(PASSED)), "succeeded")
    assert kinds(lane) == []
    assert only(moved(lane)).token == OTHER_HEAD


def test_only_a_user_may_mark_ready() -> None:
    assert kinds(conducted(a_draft(PASSED)), NOBODY) == []
    assert kinds(conducted(a_draft(PASSED), "shadow"), NOBODY) == ["mark_ready"]


def test_a_marking_that_failed_is_handed_over_until_a_person_marks_it() -> None:
    lane = recorded(conducted(a_draft(PASSED)), "failed")
    assert kinds(lane) == ["hand_to_person"]
    assert kinds(seen_as(lane, a_ready(PASSED))) == []


@pytest.mark.parametrize("lane", [a_ready(PASSED), approved(PASSED), a_ready(RUNNING)])
def test_copilot_reviews_what_is_ready_where_the_policy_wants_it(lane: Lane) -> None:
    decision = only(conducted(lane, review=REVIEWING))
    assert (decision.kind, decision.token, decision.head_sha) == (
        "request_copilot_review",
        HEAD,
        HEAD,
    )
    assert decision.pull_request_number == PULL
    assert kinds(conducted(lane)) == []


def test_the_app_itself_may_ask_for_a_review_and_merge() -> None:
    lane = conducted(approved(PASSED), "live", review=REVIEWING)
    assert kinds(lane, NOBODY) == ["request_copilot_review"]
    assert kinds(conducted(approved(PASSED), merge=MERGING), NOBODY) == ["merge"]


@pytest.mark.parametrize(
    "lane",
    [
        a_draft(PASSED, finished=False),
        a_ready(FAILED, handling=Handling(taken_over=True)),
        a_ready(PASSED, requests=ASKED_COPILOT),
        a_ready(PASSED, reviews=(by_copilot(),)),
        a_ready(PASSED, reviews=(by_copilot(),), requests=ASKED_COPILOT),
    ],
    ids=["a draft", "taken over", "asked", "given", "asked and given"],
)
def test_copilot_is_asked_for_no_review(lane: Lane) -> None:
    assert kinds(conducted(lane, review=REVIEWING)) == []


def test_the_next_head_is_reviewed_too_though_github_still_lists_the_old_request() -> None:
    lane = a_ready(PASSED, reviews=(by_copilot(OTHER_HEAD),), requests=ASKED_COPILOT)
    assert kinds(conducted(lane, review=REVIEWING)) == ["request_copilot_review"]


def test_a_review_is_asked_for_once_for_each_head_and_once_more_than_there_are_rounds() -> None:
    lane = conducted(a_ready(PASSED), review={"copilot": True, "max_rounds": 1})
    lane = recorded(lane, "succeeded")
    assert kinds(lane) == []
    lane = recorded(moved(lane), "succeeded")
    assert len(lane.handling(ISSUE).asked) == 2
    assert kinds(moved(lane, "c" * 40)) == []


def test_what_is_ready_is_merged_where_merging_is_automatic() -> None:
    decision = only(conducted(approved(PASSED), merge=MERGING))
    assert (decision.kind, decision.token, decision.head_sha) == ("merge", HEAD, HEAD)
    assert decision.parameters == {"method": "rebase"}
    assert kinds(conducted(approved(PASSED))) == []


@pytest.mark.parametrize(
    "lane",
    [
        a_ready(PASSED),
        approved(),
        approved(PASSED, RUNNING),
        approved(CANCELLED),
        approved(AWAITING),
        approved(PASSED, a_check("preview", None, kind="status")),
        a_ready(PASSED, reviews=(a_review_seen(), a_review_seen("approved", id=2))),
    ],
    ids=["no approval", "no check", "running", "no end", "to be approved", "pending", "one twice"],
)
def test_nothing_is_merged(lane: Lane) -> None:
    assert kinds(conducted(lane, merge=MERGING, review={"approvals": 2})) == []
    if not lane.pull_request(PULL).reviews.keys() >= {1, 2}:
        assert kinds(conducted(lane, merge=MERGING)) == []


def test_without_required_checks_nothing_vouches_but_the_approvals() -> None:
    assert kinds(conducted(approved(), merge=MERGING, ci={"required": []})) == ["merge"]


def test_each_head_is_merged_once() -> None:
    lane = recorded(conducted(approved(PASSED), merge=MERGING), "succeeded")
    assert kinds(lane) == []


def test_a_merge_that_failed_is_handed_over_until_the_head_moves() -> None:
    lane = recorded(conducted(approved(PASSED), merge=MERGING), "failed")
    assert kinds(lane) == ["hand_to_person"]
    lane = recorded(lane, "succeeded")
    reviews = {PULL: {1: a_review_seen(commit_id=OTHER_HEAD)}}
    lane = moved(lane)
    assert kinds(seeing(lane, reviews=reviews)) == ["merge"]


def test_a_merge_that_was_called_off_is_decided_again() -> None:
    lane = conducted(approved(PASSED), merge=MERGING)
    assert kinds(recorded(lane, "cancelled")) == ["merge"]
    assert kinds(said(recorded(lane), WorkflowRetried(issue_number=ISSUE))) == ["merge"]


def test_going_live_it_is_merged_though_shadow_said_so_before() -> None:
    lane = recorded(conducted(approved(PASSED), "shadow", merge=MERGING))
    assert kinds(lane) == []
    assert kinds(said(lane, ModeSet(mode="live"))) == ["merge"]


def test_nothing_is_merged_before_copilot_reviewed_it_where_the_policy_wants_that() -> None:
    lane = conducted(approved(PASSED), review=REVIEWING, merge=MERGING)
    assert kinds(lane) == ["request_copilot_review"]
    asked = recorded(lane, "succeeded")
    assert kinds(asked) == []
    assert kinds(seeing(asked, requests=ASKED_COPILOT)) == []
    reviews = {PULL: {1: a_review_seen(), 9: by_copilot()}}
    assert kinds(seeing(asked, requests=ASKED_COPILOT, reviews=reviews)) == ["merge"]


def test_copilot_is_heard_out_before_it_is_merged_where_its_suggestions_count() -> None:
    reviews = {PULL: {1: a_review_seen(), 9: by_copilot()}}
    lane = hearing(seeing(approved(PASSED), reviews=reviews), reviews=30)
    quiet = {"quiet_seconds": 120, "address_copilot": True}
    waiting = conducted(lane, merge=MERGING, review=quiet)
    assert (kinds(waiting), waits(waiting)) == ([], [("quiet", "30")])
    assert kinds(passed(waiting)) == ["merge"]
    suggested = seeing(passed(waiting), suggesting={PULL: (9,)})
    assert kinds(suggested) == ["ask_to_address_review"]
    at_once = conducted(lane, merge=MERGING, review={"quiet_seconds": 120})
    assert (kinds(at_once), waits(at_once)) == (["merge"], [])


def test_a_person_who_withdraws_copilots_review_lets_it_be_merged() -> None:
    lane = recorded(conducted(approved(PASSED), review=REVIEWING, merge=MERGING), "succeeded")
    withdrawn = {PULL: requests_of(a_request(COPILOT_REVIEWER_ID, present=False))}
    assert kinds(seeing(lane, requests=withdrawn)) == ["merge"]


def test_a_check_that_is_run_again_keeps_it_from_being_merged() -> None:
    lane = conducted(approved(PASSED), merge=MERGING)
    again = a_check("test", None, id=2)
    assert kinds(seeing(lane, commits={HEAD: checks_of(again)})) == []


def test_what_was_asked_of_copilot_and_it_has_not_heard_of_keeps_it_from_being_merged() -> None:
    lane = recorded(conducted(a_ready(FAILED), merge=MERGING), "succeeded")
    green = seeing(lane, commits={HEAD: checks_of(PASSED)}, reviews={PULL: {1: a_review_seen()}})
    assert kinds(green) == []
    assert kinds(hearing(green, reviews=110)) == []  # anybody's comment
    assert kinds(delivered(green, VISITOR)) == []  # with our mark
    assert kinds(delivered(green)) == ["merge"]
