from datetime import UTC, datetime

import pytest

from events.github import ReviewCommentSeen, ReviewSeen
from simulator.payloads import a_pull_request, a_review, a_review_comment, a_user, deliveries
from tests.events.github.readings import fact_of, facts_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("state", ["approved", "changes_requested", "commented", "dismissed"])
@pytest.mark.parametrize("capitals", [False, True])
def test_a_review_is_seen_in_lower_case(state: str, *, capitals: bool) -> None:
    pull = a_pull_request()
    review = a_review(state.upper() if capitals else state, pull_request=pull)
    payload = deliveries.pull_request_review(review=review, pull_request=pull)

    seen = fact_of(ReviewSeen, "pull_request_review", payload)

    assert seen.state == state
    assert seen.dismissed is (state == "dismissed")
    assert seen.pull_request_number == 18
    assert seen.commit_id == pull["head"]["sha"]
    assert seen.author_id == a_user("grace-keen")["id"]
    assert seen.submitted_at == NINE_FIVE


def test_a_review_in_an_unheard_of_state_is_a_problem() -> None:
    payload = deliveries.pull_request_review(review=a_review("half_approved"))

    reading = read("pull_request_review", payload)

    assert [(p.path, p.found) for p in reading.problems] == [("$.review.state", "text")]
    assert not facts_of(ReviewSeen, "pull_request_review", payload)


def test_a_review_comment_is_seen() -> None:
    comment = a_review_comment(body="@copilot close it twice", in_reply_to_id=5)
    payload = deliveries.pull_request_review_comment(comment=comment)

    seen = fact_of(ReviewCommentSeen, "pull_request_review_comment", payload)

    assert seen.id == comment["id"]
    assert seen.review_id == comment["pull_request_review_id"]
    assert seen.in_reply_to_id == 5
    assert seen.mentions_copilot
    assert not seen.deleted
    deleted = payload | {"action": "deleted"}
    assert fact_of(ReviewCommentSeen, "pull_request_review_comment", deleted).deleted
