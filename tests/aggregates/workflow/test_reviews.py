"""Each person's latest verdict counts, and only about what it was given for."""

from dataclasses import replace

from aggregates.lane import KnownPullRequest
from aggregates.workflow import ReviewVerdict, reviews_of
from aggregates.workflow.trust import Trust
from events.github import ReviewRequested, ReviewSeen
from events.github.names import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID
from tests.aggregates.builders import (
    ASSIGNER,
    REVIEWER,
    a_pull_request_seen,
    a_request,
    a_review_seen,
    minute,
    requests_of,
)


def said(
    *reviews: ReviewSeen,
    requests: tuple[ReviewRequested, ...] = (),
    address_copilot: bool = False,
    suggesting: tuple[int, ...] = (),
) -> ReviewVerdict:
    known = {review.id: review for review in reviews}
    pull = KnownPullRequest(
        seen=a_pull_request_seen(),
        reviews=known,
        requests=requests_of(*requests),
        suggesting=suggesting,
    )
    return reviews_of(pull, ASSIGNER, Trust(), address_copilot)


def test_no_review_says_nothing() -> None:
    assert said() == ReviewVerdict()


def test_an_approval_counts_also_on_an_earlier_commit() -> None:
    assert said(a_review_seen("approved", commit_id="b" * 40)).approved_by == (REVIEWER,)


def test_who_assigned_does_not_count_as_an_approver() -> None:
    assert said(a_review_seen("approved", author=ASSIGNER)).approved_by == ()


def test_a_change_request_on_the_head_is_to_be_addressed() -> None:
    says = said(a_review_seen("changes_requested", id=5))
    assert (says.open_requests, says.to_address) == ((5,), (5,))
    assert says.reviewers_to_address == (REVIEWER,)
    assert not says.told


def test_a_change_request_on_an_unknown_commit_is_taken_for_the_heads() -> None:
    assert said(a_review_seen("changes_requested", commit_id=None)).to_address == (1,)


def test_a_change_request_on_an_earlier_commit_stays_open_but_is_not_addressed_again() -> None:
    says = said(a_review_seen("changes_requested", commit_id="b" * 40))
    assert (says.open_requests, says.to_address) == ((1,), ())


def test_the_latest_verdict_replaces_the_one_before() -> None:
    asks, approves = a_review_seen("changes_requested", id=1), a_review_seen("approved", id=2)
    assert said(asks, approves).open_requests == ()
    assert said(asks, approves).approved_by == (REVIEWER,)


def test_of_two_in_one_second_the_greater_id_is_later() -> None:
    asks = a_review_seen("changes_requested", id=2, submitted_at=minute(1))
    approves = a_review_seen("approved", id=1, submitted_at=minute(1))
    assert said(asks, approves).open_requests == (2,)


def test_comments_and_pending_reviews_replace_nothing() -> None:
    approves = a_review_seen("approved", id=1)
    later = (a_review_seen("commented", id=2), a_review_seen("pending", id=3))
    assert said(approves, *later).approved_by == (REVIEWER,)


def test_a_dismissed_verdict_says_nothing() -> None:
    says = said(a_review_seen("approved", id=1), a_review_seen("dismissed", id=2))
    assert (says.approved_by, says.open_requests) == ((), ())


def test_asked_again_an_approval_counts_no_more_and_is_awaited() -> None:
    says = said(a_review_seen("approved"), requests=(a_request(at=12),))
    assert (says.approved_by, says.awaited) == ((), (REVIEWER,))


def test_asked_again_a_change_request_is_open_but_not_to_be_addressed() -> None:
    says = said(a_review_seen("changes_requested"), requests=(a_request(at=12),))
    assert (says.open_requests, says.to_address) == ((1,), ())


def test_a_request_of_the_same_second_or_before_is_answered() -> None:
    for at in (11, 5):
        says = said(a_review_seen("approved"), requests=(a_request(at=at),))
        assert (says.approved_by, says.awaited) == ((REVIEWER,), ())


def test_a_request_taken_back_changes_nothing() -> None:
    says = said(a_review_seen("approved"), requests=(a_request(at=12, present=False),))
    assert (says.approved_by, says.awaited) == ((REVIEWER,), ())


def test_users_and_teams_are_awaited_but_not_the_agent() -> None:
    asked = (a_request(None, team="core"), a_request(9), a_request(COPILOT_AGENT_ID))
    assert said(requests=asked).awaited == (9, "core")


def test_a_comment_answers_a_request_and_a_pending_review_does_not() -> None:
    assert said(a_review_seen("commented"), requests=(a_request(),)).awaited == ()
    assert said(a_review_seen("pending"), requests=(a_request(),)).awaited == (REVIEWER,)


def test_copilots_review_neither_approves_nor_requests() -> None:
    states = (
        a_review_seen("approved", id=1, author=COPILOT_REVIEWER_ID),
        a_review_seen("changes_requested", id=2, author=COPILOT_REVIEWER_ID),
        a_review_seen("commented", id=3, author=COPILOT_REVIEWER_ID),
    )
    verdict = said(*states)
    assert replace(verdict, ignored=()) == ReviewVerdict()
    assert [each.review.id for each in verdict.ignored] == [1]


def test_what_copilots_newest_review_of_the_head_suggests_is_addressed_if_wanted() -> None:
    older = a_review_seen("commented", id=1, author=COPILOT_REVIEWER_ID)
    newer = a_review_seen("commented", id=2, author=COPILOT_REVIEWER_ID)
    elsewhere = a_review_seen("commented", id=3, author=COPILOT_REVIEWER_ID, commit_id="b" * 40)
    each = (older, newer, elsewhere)
    says = said(*each, address_copilot=True, suggesting=(1, 2, 3))
    assert (says.to_address, says.open_requests) == ((2,), ())
    assert said(*each, suggesting=(1, 2, 3)) == ReviewVerdict()
    assert said(*each, address_copilot=True) == ReviewVerdict()  # they suggest nothing
    assert said(*each, address_copilot=True, suggesting=(1, 3)) == ReviewVerdict()


def test_the_agent_itself_is_ignored() -> None:
    asks = a_review_seen("changes_requested", author=COPILOT_AGENT_ID)
    assert said(asks, address_copilot=True) == ReviewVerdict()


def test_copilot_is_told_only_when_every_request_tells_it() -> None:
    one = a_review_seen("changes_requested", id=1, mentions_copilot=True)
    other = a_review_seen("changes_requested", id=2, author=REVIEWER + 1)
    assert said(one).told
    assert not said(one, other).told
