"""When Copilot is asked to mend checks, or to do what reviewers said."""

from dataclasses import replace

import pytest

from aggregates.decisions import decide, requested
from aggregates.lane import Lane, evolve
from aggregates.lane.ours import Handling
from events.catalogue import ModeSet, WorkflowRetried, WorkflowTakenOver
from events.envelope import GITHUB
from events.github import ReviewSeen
from events.github.names import COPILOT_REVIEWER_ID
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    REPOSITORY,
    a_check,
    a_request,
    a_review_seen,
    a_suggestion,
    mentioned,
    minute,
    requests_of,
    seeing,
)
from tests.aggregates.decisions.conducted import (
    NOBODY,
    USER,
    conducted,
    delivered,
    kinds,
    only,
    recorded,
    said,
)
from tests.aggregates.decisions.pulls import (
    FAILED,
    OTHER_HEAD,
    PASSED,
    RUNNING,
    a_draft,
    a_ready,
    hearing,
    moved,
    refused,
)
from tests.events.builders import an_event
from tests.projections.builders import placed


@pytest.mark.parametrize("lane", [a_draft(FAILED), a_ready(FAILED)])
def test_copilot_is_asked_to_mend_what_failed(lane: Lane) -> None:
    decision = only(conducted(lane))
    assert (decision.kind, decision.token) == ("ask_to_fix_ci", HEAD)
    assert (decision.pull_request_number, decision.head_sha) == (PULL, HEAD)
    assert decision.reason == "required checks failed on aaaaaaa; attempt 1 of 3"


@pytest.mark.parametrize(
    "lane",
    [
        a_draft(FAILED, finished=False),
        a_draft(FAILED, mentions={PULL: mentioned(6)}),
        a_draft(FAILED, RUNNING),
        a_draft(PASSED, finished=False),
        a_draft(a_check("test", "action_required"), finished=False),
        a_draft(a_check("test", "cancelled")),
    ],
    ids=["Copilot works", "Copilot was told", "a check runs", "green", "to be approved", "no end"],
)
def test_copilot_is_not_asked_to_mend_checks(lane: Lane) -> None:
    assert kinds(conducted(lane)) == []


def test_a_pending_status_does_not_keep_us_from_asking() -> None:
    for_ever = a_check("preview", None, kind="status")
    assert kinds(conducted(a_draft(FAILED, for_ever))) == ["ask_to_fix_ci"]


def test_checks_that_are_not_required_are_not_asked_about() -> None:
    assert kinds(conducted(a_ready(FAILED), ci={"required": ["lint"]})) == []


def test_it_is_asked_once_for_each_head() -> None:
    lane = recorded(conducted(a_ready(FAILED)), "succeeded")
    assert kinds(lane) == []
    lane = moved(lane)
    decision = only(lane)
    assert (decision.kind, decision.token) == ("ask_to_fix_ci", OTHER_HEAD)
    assert "attempt 2 of 3" in decision.reason
    assert kinds(moved(recorded(lane, "succeeded"), HEAD)) == []


def test_where_the_policy_has_nobody_asked_a_person_is_told_that() -> None:
    decision = only(conducted(a_ready(FAILED), ci={"max_attempts": 0}))
    assert decision.kind == "hand_to_person"
    assert "; the policy has nobody asked to mend checks" in decision.reason


def test_after_the_last_attempt_a_person_is_asked() -> None:
    lane = conducted(a_ready(FAILED), ci={"max_attempts": 1})
    assert kinds(lane) == ["ask_to_fix_ci"]
    lane = moved(recorded(lane, "succeeded"))
    decision = only(lane)
    assert (decision.kind, decision.token) == (
        "hand_to_person",
        f"ci_attempts_used_up:{PULL}:{OTHER_HEAD}",
    )
    assert kinds(recorded(lane, "succeeded")) == []


def test_without_attempts_a_person_is_asked_at_once() -> None:
    assert kinds(conducted(a_ready(FAILED), ci={"max_attempts": 0})) == ["hand_to_person"]


def test_called_off_it_is_asked_again_under_another_id_and_does_not_count() -> None:
    lane = conducted(a_ready(FAILED), ci={"max_attempts": 1})
    again = recorded(lane, "cancelled")
    assert only(again) == only(lane)
    assert requested(again, USER, only(again)).id != requested(lane, USER, only(lane)).id


def test_retried_it_has_all_attempts_again() -> None:
    lane = moved(recorded(conducted(a_ready(FAILED), ci={"max_attempts": 1}), "succeeded"))
    lane = said(lane, WorkflowRetried(issue_number=ISSUE))
    assert "attempt 1 of 1" in only(lane).reason


def test_going_live_it_is_asked_afresh() -> None:
    lane = recorded(conducted(a_ready(FAILED), "shadow"))
    assert kinds(lane) == []
    assert kinds(said(lane, ModeSet(mode="live"))) == ["ask_to_fix_ci"]


@pytest.mark.parametrize("lane", [a_ready(FAILED), refused()])
def test_only_a_user_may_tell_copilot(lane: Lane) -> None:
    assert kinds(conducted(lane), NOBODY) == []
    assert len(kinds(conducted(lane, "shadow"), NOBODY)) == 1


@pytest.mark.parametrize("lane", [a_ready(FAILED), refused()])
def test_nothing_is_asked_about_what_a_person_took_over_or_had_us_skip(lane: Lane) -> None:
    assert kinds(said(conducted(lane), WorkflowTakenOver(issue_number=ISSUE))) == []
    handlings = {ISSUE: Handling(skipped=True)}
    skipped = replace(lane, ours=replace(lane.ours, handlings=handlings))
    assert kinds(conducted(skipped)) == []


def test_copilot_is_asked_to_do_what_reviewers_said() -> None:
    decision = only(conducted(refused()))
    assert (decision.kind, decision.token) == ("ask_to_address_review", "5")
    assert (decision.pull_request_number, decision.head_sha) == (PULL, HEAD)
    assert decision.reason == "changes were requested; round 1 of 3"


def test_reviews_come_before_checks() -> None:
    review = a_review_seen("changes_requested", id=5)
    assert kinds(conducted(a_ready(FAILED, reviews=(review,)))) == ["ask_to_address_review"]


@pytest.mark.parametrize(
    "lane",
    [
        refused(mentions_copilot=True),
        refused(commit_id=OTHER_HEAD),
        a_ready(PASSED, reviews=(a_review_seen("commented", id=5),)),
        a_ready(PASSED, reviews=(a_review_seen("dismissed", id=5),)),
        a_ready(
            PASSED,
            reviews=(a_review_seen("changes_requested", id=5),),
            requests={PULL: requests_of(a_request(at=30))},
        ),
        a_draft(finished=False, reviews={PULL: {5: a_review_seen("changes_requested", id=5)}}),
    ],
    ids=["told already", "of an older head", "a comment", "dismissed", "asked again", "works"],
)
def test_copilot_is_not_asked_to_do_what_reviewers_said(lane: Lane) -> None:
    assert kinds(conducted(lane)) == []


def test_it_is_asked_once_for_all_that_was_said() -> None:
    lane = recorded(conducted(refused()), "succeeded")
    assert kinds(lane) == []
    more = a_review_seen("changes_requested", id=6, author=201)
    lane = delivered(_reviewed(lane, more))
    decision = only(lane)
    assert decision.token == "5,6"
    assert "round 2 of 3" in decision.reason


def test_what_was_asked_for_and_not_heard_of_yet_is_no_round_that_is_over() -> None:
    lane = recorded(conducted(refused()))
    more = _reviewed(lane, a_review_seen("changes_requested", id=6, author=201))
    assert kinds(more) == []
    assert kinds(hearing(more, reviews=110)) == []
    assert kinds(delivered(more)) == ["ask_to_address_review"]


def test_when_one_of_two_reviews_is_dismissed_the_other_is_told_of_already() -> None:
    lane = _reviewed(conducted(refused()), a_review_seen("changes_requested", id=6, author=201))
    lane = hearing(recorded(lane, "succeeded"), reviews=110)
    assert kinds(_reviewed(lane, a_review_seen("dismissed", id=6, author=201))) == []


def test_a_review_begun_before_and_submitted_after_the_request_is_told_of_too() -> None:
    lane = delivered(recorded(conducted(refused(6)), "succeeded"))
    late = a_review_seen("changes_requested", id=5, author=201, submitted_at=minute(30))
    assert kinds(_reviewed(lane, late)) == ["ask_to_address_review"]


def test_after_the_last_round_a_person_is_asked() -> None:
    lane = conducted(refused(), review={"max_rounds": 1})
    lane = hearing(recorded(lane, "succeeded"), reviews=110)
    lane = _reviewed(lane, a_review_seen("changes_requested", id=6, author=201))
    decision = only(lane)
    assert (decision.kind, decision.token) == (
        "hand_to_person",
        f"review_rounds_used_up:{PULL}:{HEAD}",
    )
    assert kinds(recorded(lane, "succeeded")) == []


def test_copilots_own_review_counts_where_the_policy_says_so() -> None:
    review = a_review_seen("commented", author=COPILOT_REVIEWER_ID)
    lane = a_ready(PASSED, reviews=(review,), suggesting={PULL: (review.id,)})
    assert kinds(conducted(lane)) == []
    lane = conducted(lane, review={"address_copilot": True})
    assert kinds(lane) == ["ask_to_address_review"]
    assert kinds(seeing(lane, suggesting={PULL: (review.id + 1,)})) == []  # it left none


def test_what_copilot_suggests_long_after_its_review_is_still_asked_for_once() -> None:
    review = a_review_seen("commented", author=COPILOT_REVIEWER_ID)
    lane = conducted(a_ready(PASSED, reviews=(review,)), review={"address_copilot": True})
    assert kinds(lane) == []
    told = replace(an_event(source=GITHUB), repository_id=REPOSITORY)
    lane = evolve(lane, placed(told, lane.position + 1), (a_suggestion(review.id),))
    assert kinds(lane) == ["ask_to_address_review"]
    assert kinds(recorded(lane, "succeeded")) == []


def test_an_ask_that_failed_is_handed_over() -> None:
    lane = recorded(conducted(a_ready(FAILED)), "failed")
    decision = only(lane)
    assert decision.kind == "hand_to_person"
    assert decision.reason == "the action ask to fix ci failed: refused"
    assert [each.kind for each in decide(recorded(lane, "succeeded"), USER)] == []


def _reviewed(lane: Lane, review: ReviewSeen) -> Lane:
    known = lane.pull_request(PULL).reviews
    return seeing(lane, reviews={PULL: {**known, review.id: review}})
