"""However much is said of one issue, pull request or commit, what is kept of it is bounded.

And nothing is lost that counts: not in whatever order it comes, nor when it is stored.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import KnownCommit, KnownPullRequest, Lane, reviews
from aggregates.lane.merging import news_of
from aggregates.lane.parts import Check, in_parts
from aggregates.lane.reviews import reviews_with
from aggregates.lane.subjects import Heard, Permission
from aggregates.workflow.reviews import latest_verdicts
from events.github import Fact, LabelChanged, ReviewSeen
from events.github.reviews import ReviewState
from projections.lanes import commits
from tests.aggregates.builders import HEAD, REPOSITORY, a_review_seen, minute
from tests.aggregates.lane.folds import restored

AUTHORS = 6
STATES: tuple[ReviewState, ...] = (
    "approved",
    "changes_requested",
    "commented",
    "dismissed",
    "pending",
)
HINTS = ("MEMBER", "CONTRIBUTOR", "NONE")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[ReviewSeen], list[ReviewSeen]]:
    """Reviews as they were submitted, some told twice, and the same in another order."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(STATES), st.integers(1, AUTHORS), st.sampled_from(HINTS)),
            max_size=24,
        )
    )
    told = [
        replace(a_review_seen(id=number, author=author), state=state, association=hint)
        for number, (state, author, hint) in enumerate(drawn, start=1)
    ]
    again = draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    return told, draw(st.permutations([*told, *again]))


def taken(told: list[ReviewSeen]) -> KnownPullRequest:
    pull = KnownPullRequest(permissions={AUTHORS: answer(AUTHORS)})
    for review in told:
        pull = replace(pull, reviews=reviews_with(pull, review))
    return pull


def answer(user_id: int) -> Permission:
    return Permission(user_id=user_id, may_write=True, at=minute(0), position=1)


@given(history=histories())
def test_what_is_kept_of_reviews_hangs_on_no_order(
    history: tuple[list[ReviewSeen], list[ReviewSeen]],
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reviews, "REVIEWS", 5)
        one, other = taken(history[0]), taken(history[1])
        assert one.reviews == other.reviews
        assert len(one.reviews) <= 5


@given(history=histories())
def test_within_the_bound_all_that_counts_of_reviews_is_kept(
    history: tuple[list[ReviewSeen], list[ReviewSeen]],
) -> None:
    told, shuffled = history
    every = KnownPullRequest(reviews={review.id: review for review in told})
    kept = taken(shuffled)
    assert latest_verdicts(kept) == latest_verdicts(every)
    newest = {review.author_id: review.id for review in told if review.state != "pending"}
    assert set(newest.values()) <= kept.reviews.keys()


def test_strangers_drive_out_nobody_who_may_write() -> None:
    member = a_review_seen(id=1, author=1)
    told = replace(a_review_seen(id=2, author=AUTHORS), association="NONE")
    pull = taken([member, told])
    for number in range(3, 3 + 2 * reviews.REVIEWS):
        stranger = replace(a_review_seen(id=number, author=1000 + number), association="NONE")
        pull = replace(pull, reviews=reviews_with(pull, stranger))
    assert len(pull.reviews) == reviews.REVIEWS
    assert {1, 2} <= pull.reviews.keys()


def test_of_copilots_reviews_that_of_the_head_is_kept() -> None:
    of_head = replace(
        a_review_seen(id=1, author=175728472), state="commented", author_kind="copilot_reviewer"
    )
    late = replace(of_head, id=2, commit_id="b" * 40, submitted_at=minute(50))
    assert taken([of_head, late]).reviews.keys() == {1, 2}


def test_of_an_issues_labels_those_that_changed_last_are_known() -> None:
    lane = Lane(repository_id=REPOSITORY)
    facts: list[Fact] = [
        LabelChanged(
            repository_id=REPOSITORY,
            number=1,
            is_pull_request=False,
            label=f"area/{number}",
            present=True,
            at=minute(0) + timedelta(seconds=number),
        )
        for number in range(1000)
    ]
    one, other = (
        news_of(lane, each, Heard(1, minute(0))).issues[1].labels for each in (facts, facts[::-1])
    )
    assert one == other
    assert len(one) == 300
    assert "area/999" in one


@pytest.mark.parametrize("number", [3, 1000])
def test_checks_are_stored_whole_however_many(number: int) -> None:
    checks = {f"run:{n}": Check(kind="run", name=f"job {n}", id=n, rank=3) for n in range(number)}
    lane = Lane(repository_id=REPOSITORY, commits={HEAD: KnownCommit(checks=in_parts(checks))})
    assert restored(lane).commits == lane.commits


def test_of_many_checks_only_the_part_is_written_that_changed() -> None:
    checks = {f"run:{n}": Check(kind="run", name=f"job {n}", id=n, rank=0) for n in range(1000)}
    was = KnownCommit(checks=in_parts(checks))
    now = KnownCommit(checks=was.checks.having("run:7", replace(checks["run:7"], rank=3)))
    [part] = commits.changed_parts(HEAD, was, now)
    state = commits.packed_part(now, part)
    assert len(state) < 10_000
    own = replace(now, checks=in_parts({}))
    assert commits.joined({HEAD: own}, {part: state}, {HEAD: was}) == {HEAD: now}
    assert [*commits.changed_parts(HEAD, now, now)] == []
    gone = [*commits.changed_parts(HEAD, now, None)]
    assert part in gone
    assert len(gone) == len([*commits.changed_parts(HEAD, None, now)])


def test_of_many_checks_one_that_bears_another_name_leaves_the_part_that_it_was_in() -> None:
    checks = {f"run:{n}": Check(kind="run", name=f"job {n}", id=n, rank=0) for n in range(1000)}
    was = KnownCommit(checks=in_parts(checks))
    now = KnownCommit(checks=was.checks.having("run:7", replace(checks["run:7"], name="another")))
    assert now.checks.by_slot == {**checks, "run:7": replace(checks["run:7"], name="another")}
    states = {
        part: commits.packed_part(now, part) for part in commits.changed_parts(HEAD, was, now)
    }
    assert len(states) == 2
    own = replace(now, checks=in_parts({}))
    assert commits.joined({HEAD: own}, states, {HEAD: was}) == {HEAD: now}
