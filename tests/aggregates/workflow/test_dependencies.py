"""An issue waits for the open issues that block it, as far as they are known."""

from aggregates.workflow.blockers import open_blockers
from events.github import DependencyChanged, IssueSeen
from tests.aggregates.builders import (
    ISSUE,
    REPOSITORY,
    a_dependency,
    a_lane,
    an_issue_seen,
)


def blockers(
    *dependencies: DependencyChanged,
    others: tuple[IssueSeen, ...] = (),
    count: int | None = None,
    total: int | None = None,
) -> tuple[int | str, ...]:
    issue = an_issue_seen(blocked_by_open=count, blocked_by_total=total)
    known = {f"{d.blocking_repository_id}#{d.blocking_number}": d for d in dependencies}
    issues = {each.number: each for each in (issue, *others)}
    lane = a_lane(issues=issues, dependencies={ISSUE: known})
    return open_blockers(lane, lane.issue(issue.number))


def test_without_dependencies_nothing_blocks() -> None:
    assert blockers() == ()
    assert blockers(count=0) == ()


def test_an_open_issue_blocks_whatever_the_count() -> None:
    assert blockers(a_dependency(3), others=(an_issue_seen(3),), count=0) == (3,)


def test_a_closed_or_deleted_issue_does_not_block() -> None:
    for gone in (an_issue_seen(3, state="closed"), an_issue_seen(3, deleted=True)):
        assert blockers(a_dependency(3), others=(gone,), count=1) == ()


def test_a_dependency_taken_back_does_not_block() -> None:
    assert blockers(a_dependency(3, present=False), others=(an_issue_seen(3),)) == ()


def test_an_issue_never_seen_blocks_unless_the_count_says_none() -> None:
    assert blockers(a_dependency(3)) == (3,)
    assert blockers(a_dependency(3), count=1) == (3,)
    assert blockers(a_dependency(3), count=0) == ()


def test_another_repositorys_issue_is_never_taken_for_one_of_the_same_number_here() -> None:
    elsewhere = a_dependency(3, repository=REPOSITORY + 1)
    assert blockers(elsewhere, others=(an_issue_seen(3, state="closed"),)) == ("8#3",)
    assert blockers(elsewhere, count=0) == ()


def test_a_greater_count_tells_of_blockers_without_a_name() -> None:
    assert blockers(count=1) == ("?",)
    assert blockers(a_dependency(3), count=2) == (3, "?")


def test_a_stale_count_does_not_outlive_a_known_blocker() -> None:
    assert blockers(a_dependency(3), others=(an_issue_seen(3, state="closed"),), count=1) == ()


def test_a_known_blocker_that_closed_does_not_hide_one_that_nobody_has_seen() -> None:
    closed = an_issue_seen(3, state="closed")
    assert blockers(a_dependency(3), others=(closed,), count=1, total=2) == ("?",)
    assert blockers(a_dependency(3), others=(closed,), count=0, total=2) == ()


def test_an_open_blocker_explains_the_count_of_one() -> None:
    assert blockers(a_dependency(3), others=(an_issue_seen(3),), count=1, total=2) == (3,)
    assert blockers(a_dependency(3), others=(an_issue_seen(3),), count=2, total=2) == (3, "?")


def test_where_all_are_known_the_count_adds_none() -> None:
    known = (a_dependency(3), a_dependency(4))
    issues = (an_issue_seen(3, state="closed"), an_issue_seen(4, state="closed"))
    assert blockers(*known, others=issues, count=1, total=2) == ()
    assert blockers(*known, others=issues[:1], count=1, total=2) == (4,)
    assert blockers(*known, others=issues[:1], count=0, total=2) == ()


def test_a_dependency_taken_back_is_none_of_those_that_are_known() -> None:
    back = a_dependency(3, present=False)
    assert blockers(back, others=(an_issue_seen(3),), count=1, total=1) == ("?",)


AWAY = REPOSITORY + 1


def test_one_elsewhere_that_was_closed_when_we_asked_blocks_nothing_by_the_count_alone() -> None:
    closed = a_dependency(3, repository=AWAY, state="closed")
    opened = a_dependency(4, repository=AWAY, state="open")
    assert blockers(closed, count=0, total=1) == ()
    assert blockers(closed, opened, count=1, total=2) == ("8#4",)
    assert blockers(opened, count=0, total=1) == ()


def test_one_elsewhere_may_have_been_opened_again_since_we_asked() -> None:
    closed = a_dependency(3, repository=AWAY, state="closed")
    assert blockers(closed, count=1, total=1) == ("?",)


def test_what_is_told_of_an_issue_here_counts_more_than_what_we_were_answered() -> None:
    assert blockers(a_dependency(3, state="closed"), others=(an_issue_seen(3),)) == (3,)
    assert blockers(a_dependency(3, state="closed"), count=1) == ()


def test_numbers_come_first_in_their_order() -> None:
    many = (a_dependency(9, repository=8), a_dependency(12), a_dependency(4))
    assert blockers(*many) == (4, 12, "8#9")
