"""Keeping a lane's state bounded, however long its history.

Nothing is forgotten that still counts: open work that Copilot, a pull request or an operator is
tied to is kept whole. Of all else the newest is kept, by GitHub's time, so that deliveries that
come late still meet what they belong to. What comes back from beyond that horizon is met as new.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

from aggregates.lane.lane import Kind, Lane, Tally
from aggregates.lane.subjects import Heard, KnownCommit, Subjects
from aggregates.lane.ties import Known, ties_of
from events.github import IssueSeen, PullRequestSeen
from events.github.agents import has_agent, is_agent

LABELLED = 1000  # open issues with a label, or that are a part of another
OTHER_ISSUES = 100
OTHER_PULL_REQUESTS = 100
LOOSE_COMMITS = 64  # commits that are no open pull request's head
UNSEEN_HANDLINGS = 100  # issues that a command named and no delivery did
UNSHOWN = 100  # issues, and pull requests, that something was said of and that no delivery showed
_SLACK = 1.5  # beyond which the rest is dropped, so that this is done now and then

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
K = TypeVar("K", int, str)
Age: TypeAlias = tuple[datetime, int | str]


def is_within(tally: Tally) -> bool:
    """Say whether nothing lies beyond the horizon, but for some slack."""
    return all(tally.get(kind, 0) <= most * _SLACK for kind, most in _limits().items())


def _limits() -> dict[Kind, int]:
    return {
        "labelled": LABELLED,
        "others": OTHER_ISSUES,
        "pulls": OTHER_PULL_REQUESTS,
        "commits": LOOSE_COMMITS,
        "unseen": UNSEEN_HANDLINGS,
        "unshown_issues": UNSHOWN,
        "unshown_pulls": UNSHOWN,
    }


def tallied(lane: Lane) -> Tally:
    """Count all that a lane knows."""
    return Counter(_kinds(lane, _everything(lane)))


def retallied(tally: Tally, was: Lane, now: Lane, subjects: Subjects) -> Tally:
    """Return the tally once some subjects changed, or came or went, or what keeps them did."""
    then, by_now = [*_kinds(was, subjects)], [*_kinds(now, subjects)]
    if then == by_now:  # as nearly always
        return tally
    before, after = Counter(then), Counter(by_now)
    kinds = before.keys() | after.keys()
    news = {kind: tally.get(kind, 0) + after[kind] - before[kind] for kind in kinds}
    return {kind: number for kind, number in {**tally, **news}.items() if number}


def _everything(lane: Lane) -> Subjects:
    return Subjects(
        frozenset([*lane.issues, *lane.ours.handlings]),
        frozenset(lane.pull_requests),
        frozenset(lane.commits),
    )


def beyond(lane: Lane) -> Subjects:
    """Return what lies beyond the horizon, to the last thing."""
    loose: dict[Kind, list[int]] = {}
    for number in _everything(lane).issues:
        for kind in _of_issue(lane, number):
            loose.setdefault(kind, []).append(number)
    issues = frozenset(
        [
            *_oldest(loose.get("labelled", []), LABELLED, _issue_age(lane)),
            *_oldest(loose.get("others", []), OTHER_ISSUES, _issue_age(lane)),
            *_oldest(
                loose.get("unseen", []), UNSEEN_HANDLINGS, lambda number: (_BEFORE_ALL, number)
            ),
            *_oldest(loose.get("unshown_issues", []), UNSHOWN, _issue_age(lane)),
        ]
    )
    pulls: dict[Kind, list[int]] = {}
    for number in lane.pull_requests:
        for kind in _of_pull_request(lane, number, issues):
            pulls.setdefault(kind, []).append(number)
    commits = [sha for sha in lane.commits if _is_loose_commit(lane, sha)]
    return Subjects(
        issues,
        frozenset(
            [
                *_oldest(pulls.get("pulls", []), OTHER_PULL_REQUESTS, _pull_age(lane)),
                *_oldest(pulls.get("unshown_pulls", []), UNSHOWN, _pull_age(lane)),
            ]
        ),
        frozenset(_oldest(commits, LOOSE_COMMITS, lambda sha: (_newest(lane.commits[sha]), sha))),
    )


def _kinds(lane: Lane, subjects: Subjects) -> Iterator[Kind]:
    for number in subjects.issues:
        yield from _of_issue(lane, number)
    for number in subjects.pull_requests:
        yield from _of_pull_request(lane, number)
    for sha in subjects.commits:
        if sha in lane.commits:
            yield "thing"
            if _is_loose_commit(lane, sha):
                yield "commits"


def _of_issue(lane: Lane, number: int) -> Iterator[Kind]:
    """Yield what an issue is; open work that Copilot, a pull request or an operator is tied to."""
    handled = number in lane.ours.handlings
    seen = lane.issue(number).seen
    if handled:
        yield "thing"
    if seen is not None:
        yield "thing"
        is_open = seen.state == "open"
        tied = handled or number in lane.ties.pull_requests
        if not (is_open and (tied or has_agent(seen.assignee_ids))):
            counts = bool(seen.labels) or number in lane.ties.parents
            yield "labelled" if is_open and counts else "others"
    elif handled:
        yield "unseen"
    elif number in lane.issues:
        yield "unshown_issues"


def _of_pull_request(lane: Lane, number: int, gone: frozenset[int] = frozenset()) -> Iterator[Kind]:
    """Yield what a pull request is once some issues are gone."""
    seen = lane.pull_request(number).seen
    if seen is None:
        if number in lane.pull_requests:
            yield "unshown_pulls"
        return
    yield "thing"
    if not _is_kept(lane, seen, lane.ties.issues.get(number, ()), gone):
        yield "pulls"


def _is_kept(
    lane: Lane, seen: PullRequestSeen, issues: tuple[int, ...], gone: frozenset[int]
) -> bool:
    """Say whether a pull request still counts: as open work, or as the work on a known issue.

    Forgotten, that issue would look as if nobody had worked on it, or approved that work.
    """
    if seen.state == "open":
        return bool(issues) or is_agent(seen.author_id)
    return any(lane.issue(issue).seen is not None for issue in issues if issue not in gone)


def _is_loose_commit(lane: Lane, sha: str) -> bool:
    pulls = (lane.pull_request(number).seen for number in lane.ties.heads.get(sha, ()))
    return not any(pull is not None and pull.state == "open" for pull in pulls)


def _oldest(keys: Iterable[K], kept: int, age: Callable[[K], Age]) -> list[K]:
    ordered = sorted(keys, key=age)
    return ordered[: max(0, len(ordered) - kept)]


def _issue_age(lane: Lane) -> Callable[[int], Age]:
    return lambda number: _age(lane.issue(number).seen, lane.issue(number).heard_assigned, number)


def _pull_age(lane: Lane) -> Callable[[int], Age]:
    return lambda number: _age(
        lane.pull_request(number).seen, lane.pull_request(number).heard_reviews, number
    )


def _age(seen: IssueSeen | PullRequestSeen | None, heard: Heard | None, number: int) -> Age:
    """Return by what things of one kind are sorted: GitHub's time, or ours where it told none."""
    at = seen.updated_at if seen is not None else (heard.at if heard else _BEFORE_ALL)
    return at, number


def _newest(commit: KnownCommit) -> datetime:
    return max((check.at or _BEFORE_ALL for check in commit.checks), default=_BEFORE_ALL)


def assembled(lane: Lane) -> Lane:
    """Return a lane with the ties and the tally that follow from what it knows."""
    known = Known(lane.repository_id, lane.issues, lane.pull_requests, lane.ours.handlings)
    ties = ties_of(known)
    tied = replace(lane, ties=ties)
    return replace(tied, tally=tallied(tied))
