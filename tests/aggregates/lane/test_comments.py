"""What comments tell a lane: whose mark they carry, and whether anything was said just now."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.lane import Lane, evolve
from aggregates.lane.words import _AUTHORS, _MARKS
from events.envelope import GITHUB
from events.github import Fact, IssueCommentSeen, ReviewCommentSeen
from tests.aggregates.builders import (
    ISSUE,
    PULL,
    REPOSITORY,
    a_lane,
    a_pull_request_seen,
    a_review_seen,
    an_issue_seen,
    minute,
)
from tests.events.builders import an_event
from tests.projections.builders import placed

US, VISITOR = 100, 5000
OURS = UUID(int=7)


def a_comment(  # noqa: PLR0913 (what a comment can be)
    comment_id: int = 1,
    *,
    at: float = 10,
    edited: float | None = None,
    author: int | None = VISITOR,
    mark: UUID | None = None,
    on: int = PULL,
) -> IssueCommentSeen:
    return IssueCommentSeen(
        repository_id=REPOSITORY,
        id=comment_id,
        number=on,
        is_pull_request=on == PULL,
        created_at=minute(at),
        updated_at=minute(at if edited is None else edited),
        author_id=author,
        association="MEMBER",
        action_id=mark,
    )


def told(lane: Lane, *facts: Fact) -> Lane:
    """The lane once a delivery told of facts."""
    event = replace(an_event(source=GITHUB, type="issue_comment"), repository_id=REPOSITORY)
    return evolve(lane, placed(event, lane.position + 1), facts)


def heard(lane: Lane) -> int:
    """Where the quiet period began."""
    found = lane.pull_request(PULL).heard_reviews
    return found.position if found else 0


def a_pull(updated: float = 2) -> Lane:
    return a_lane(a_pull_request_seen(updated_at=minute(updated)), issue=an_issue_seen())


def test_a_mark_is_known_with_who_wrote_it() -> None:
    lane = told(a_pull(), a_comment(mark=OURS, author=US))
    lane = told(lane, a_comment(2, mark=OURS, at=11), a_comment(3, mark=OURS, on=ISSUE))
    assert lane.pull_request(PULL).marks == {US: (str(OURS),), VISITOR: (str(OURS),)}
    assert lane.issue(ISSUE).marks == {VISITOR: (str(OURS),)}
    assert told(lane, a_comment(4, mark=OURS, author=None, on=ISSUE)) is lane


def test_an_edit_adds_no_mark_and_takes_none_away() -> None:
    edited = a_comment(mark=OURS, author=US, edited=12)
    assert told(a_pull(), edited).pull_request(PULL).marks == {}
    written = a_comment(mark=OURS, author=US)
    cleaned = a_comment(author=US, edited=13)
    both = (told(told(a_pull(), written), cleaned), told(told(a_pull(), edited), written))
    assert [lane.pull_request(PULL).marks for lane in both] == [{US: (str(OURS),)}] * 2


_VISITORS = st.integers(US + 1, US + 3 * _AUTHORS)
_COMMENTS = st.lists(st.tuples(_VISITORS, st.integers(0, 10_000)), max_size=60)


@settings(max_examples=25)
@given(before=_COMMENTS, after=_COMMENTS, on=st.sampled_from([ISSUE, PULL]))
def test_whatever_visitors_write_never_drives_out_a_mark_of_ours(
    before: list[tuple[int, int]], after: list[tuple[int, int]], on: int
) -> None:
    ids = count(1)

    def by(them: list[tuple[int, int]]) -> list[Fact]:
        return [a_comment(next(ids), author=who, mark=UUID(int=n), on=on) for who, n in them]

    flood = [(VISITOR, n) for n in range(_MARKS + 20)]
    mine = a_comment(next(ids), author=US, mark=UUID(int=2**128 - 1), on=on)
    lane = told(a_pull(), *by(before), *by(flood), mine, *by(after))
    marks = lane.pull_request(PULL).marks if on == PULL else lane.issue(ISSUE).marks
    assert marks[US] == (str(UUID(int=2**128 - 1)),)
    assert len(marks) <= _AUTHORS
    assert max(map(len, marks.values())) <= _MARKS
    other = told(a_pull(), *by(after), mine, *by(flood), *by(before))
    assert marks == (other.pull_request(PULL) if on == PULL else other.issue(ISSUE)).marks


def test_a_comment_begins_the_quiet_period_anew_and_the_same_once_more_does_not() -> None:
    first = told(a_pull(), a_comment(at=10))
    assert heard(first) == first.position
    assert told(first, a_comment(at=10)) is first
    assert heard(told(first, a_comment(edited=50))) == heard(first)
    second = told(first, a_comment(2, at=11))
    assert heard(second) == second.position


def test_an_old_comment_that_comes_late_begins_nothing() -> None:
    reviewed = told(a_pull(), a_review_seen("changes_requested", submitted_at=minute(20)))
    assert heard(told(reviewed, a_comment(at=19))) == heard(reviewed) > 0
    moved_on = a_pull(updated=40)
    assert heard(told(moved_on, a_comment(at=20))) == 0
    assert heard(told(moved_on, _on_lines(at=20))) == 0
    assert heard(told(moved_on, a_comment(at=39))) > 0  # it only was overtaken
    assert heard(told(moved_on, _on_lines(at=39))) > 0


@settings(max_examples=25)
@given(
    times=st.lists(st.tuples(st.integers(3, 9), st.integers(0, 60)), min_size=1, max_size=8),
    again=st.data(),
)
def test_what_was_heard_before_never_restarts_a_wait(
    times: list[tuple[int, int]], again: st.DataObject
) -> None:
    said = [
        a_comment(place, at=at, edited=at + later) for place, (at, later) in enumerate(times, 1)
    ]
    lane = told(a_pull(), *said)
    for _ in range(4):
        comment = again.draw(st.sampled_from(said))
        lane_after = told(lane, replace(comment, updated_at=minute(again.draw(st.integers(9, 90)))))
        assert heard(lane_after) == heard(lane)


def test_that_an_issue_was_only_touched_is_no_move_of_its_work() -> None:
    lane = told(a_pull(), an_issue_seen(updated_at=minute(1), title="Better"))
    since = lane.issue(ISSUE).heard
    assert since is not None
    touched = told(lane, an_issue_seen(updated_at=minute(60), title="Better"))
    assert touched.issue(ISSUE).seen != lane.issue(ISSUE).seen
    assert touched.issue(ISSUE).heard == since


def _on_lines(at: float) -> ReviewCommentSeen:
    when: datetime = minute(at)
    return ReviewCommentSeen(
        repository_id=REPOSITORY,
        id=9,
        pull_request_number=PULL,
        created_at=when,
        updated_at=when,
        author_id=VISITOR,
        association="MEMBER",
    )
