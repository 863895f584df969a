"""Which of Copilot's reviews left comments on the changes: told by these alone, in any order."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, evolve
from aggregates.lane.words import SUGGESTING
from aggregates.workflow import reviews_of
from aggregates.workflow.trust import Trust
from events.envelope import GITHUB
from events.github import Fact, ReviewCommentSeen, ReviewSeen
from events.github.names import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID
from tests.aggregates.builders import (
    ASSIGNER,
    PULL,
    REPOSITORY,
    REVIEWER,
    a_lane,
    a_pull_request_seen,
    a_review_seen,
    a_suggestion,
    an_issue_seen,
)
from tests.events.builders import an_event
from tests.projections.builders import placed

START = a_lane(a_pull_request_seen(), issue=an_issue_seen())


def told(facts: Iterable[Fact], lane: Lane = START) -> Lane:
    """The lane once each fact was told by a delivery of its own."""
    event = replace(an_event(source=GITHUB), repository_id=REPOSITORY)
    for fact in facts:
        lane = evolve(lane, placed(event, lane.position + 1), (fact,))
    return lane


def addressed(lane: Lane) -> tuple[int, ...]:
    pull = lane.pull_request(PULL)
    return reviews_of(pull, ASSIGNER, Trust(), address_copilot=True).to_address


reviews = st.builds(
    lambda number: a_review_seen("commented", id=number, author=COPILOT_REVIEWER_ID),
    st.integers(1, 5),
)
comments = st.builds(
    lambda review, number: a_suggestion(review, id=number), *[st.integers(1, 5)] * 2
)
answers = st.builds(lambda review: a_suggestion(review, in_reply_to_id=1), st.integers(1, 5))
said = st.lists(reviews | comments | answers, max_size=8)


@given(facts=said, data=st.data())
def test_in_any_order_and_doubled_the_same_reviews_suggest_something(
    facts: list[Fact], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(facts), max_size=4)) if facts else []
    shuffled = data.draw(st.permutations([*facts, *again]))
    one, other = told(facts), told(shuffled)
    suggesting = {
        each.review_id
        for each in facts
        if isinstance(each, ReviewCommentSeen) and each.in_reply_to_id is None
    }
    assert one.pull_request(PULL).suggesting == tuple(sorted(filter(None, suggesting)))
    assert other.pull_request(PULL).suggesting == one.pull_request(PULL).suggesting
    newest = max((each.id for each in facts if isinstance(each, ReviewSeen)), default=0)
    assert addressed(one) == addressed(other) == ((newest,) if newest in suggesting else ())


@given(numbers=st.permutations(range(1, SUGGESTING + 10)))
def test_of_very_many_the_newest_are_kept_in_any_order(numbers: list[int]) -> None:
    lane = told(a_suggestion(number, id=number) for number in numbers)
    assert lane.pull_request(PULL).suggesting == tuple(range(10, SUGGESTING + 10))


@pytest.mark.parametrize(
    "comment",
    [
        a_suggestion(author_id=REVIEWER, author_kind="person", association="MEMBER"),
        a_suggestion(author_id=COPILOT_AGENT_ID, author_kind="copilot_agent"),
        a_suggestion(in_reply_to_id=7),
        a_suggestion(deleted=True),
        replace(a_suggestion(), review_id=None),
    ],
    ids=["a person's", "the agent's", "an answer", "deleted", "of no review"],
)
def test_nothing_else_on_the_changes_suggests_anything(comment: ReviewCommentSeen) -> None:
    assert told([comment]).pull_request(PULL).suggesting == ()


def test_the_first_of_a_reviews_suggestions_begins_the_quiet_period_anew_however_late() -> None:
    review = a_review_seen("commented", author=COPILOT_REVIEWER_ID)
    reviewed = told([review])
    first = told([a_suggestion(at=10)], reviewed)
    heard = first.pull_request(PULL).heard_reviews
    assert heard is not None
    assert heard.position == first.position
    more = told([a_suggestion(at=10), a_suggestion(id=2, at=10)], first)
    assert more.pull_request(PULL).heard_reviews == heard
    assert addressed(reviewed) == ()
    assert addressed(first) == addressed(more) == (review.id,)
