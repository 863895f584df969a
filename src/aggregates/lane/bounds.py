"""Keeping a lane's state bounded, however long its history.

Nothing is forgotten that still counts: open work that Copilot, a pull request or an operator is
tied to is kept whole. Of all else the newest is kept, by GitHub's time, so that deliveries that
come late still meet what they belong to. What comes back from beyond that horizon is met as new.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from aggregates.lane.lane import Lane
from aggregates.lane.seen import Checks, Seen
from events.github import IssueSeen, PullRequestSeen
from events.github.copilot import COPILOT_AGENT_ID, is_copilot_agent

LABELLED = 1000  # open issues with a label
OTHER_ISSUES = 100
OTHER_PULL_REQUESTS = 100
LOOSE_COMMITS = 64  # commits that are no open pull request's head
UNSEEN_HANDLINGS = 100  # issues that a command named and no delivery did
_SLACK = 1.5  # beyond which the rest is dropped, so that this is done now and then

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
K = TypeVar("K", int, str)
V = TypeVar("V")


def bounded(lane: Lane, before: Lane) -> Lane:
    """Return a lane without what lies beyond the horizon; looks only when it knows of more things.

    Within the horizon it is the same object.
    """
    if _size(lane) <= _size(before):
        return lane
    labelled, others = _loose_issues(lane)
    within = (
        len(labelled) <= LABELLED * _SLACK
        and len(others) <= OTHER_ISSUES * _SLACK
        and len(_loose_pulls(lane)) <= OTHER_PULL_REQUESTS * _SLACK
        and len(_loose_commits(lane.seen)) <= LOOSE_COMMITS * _SLACK
        and len(_unseen(lane)) <= UNSEEN_HANDLINGS * _SLACK
    )
    return lane if within else trimmed(lane)


def trimmed(lane: Lane) -> Lane:
    """Return a lane without what lies beyond the horizon, to the last thing."""
    labelled, others = _loose_issues(lane)
    pulls, commits, unseen = _loose_pulls(lane), _loose_commits(lane.seen), _unseen(lane)
    issues = {
        *_oldest(labelled, LABELLED, lambda number: _age(lane.seen.issues[number])),
        *_oldest(others, OTHER_ISSUES, lambda number: _age(lane.seen.issues[number])),
        *sorted(unseen)[: max(0, len(unseen) - UNSEEN_HANDLINGS)],
    }
    return _without(
        lane,
        issues,
        {*_oldest(pulls, OTHER_PULL_REQUESTS, lambda n: _age(lane.seen.pull_requests[n]))},
        {*_oldest(commits, LOOSE_COMMITS, lambda sha: (_newest(lane.seen.commits[sha]), sha))},
    )


def _size(lane: Lane) -> int:
    seen = lane.seen
    handlings = lane.conduct.handlings
    return len(seen.issues) + len(seen.pull_requests) + len(seen.commits) + len(handlings)


def _loose_issues(lane: Lane) -> tuple[list[int], list[int]]:
    """Return the issues that nothing is tied to: open ones with a label, and all others."""
    labelled: list[int] = []
    others: list[int] = []
    tied = lane.conduct.handlings
    for number, issue in lane.seen.issues.items():
        is_open = issue.state == "open"
        if is_open and (
            number in tied or number in lane.links or COPILOT_AGENT_ID in issue.assignee_ids
        ):
            continue
        (labelled if is_open and issue.labels else others).append(number)
    return labelled, others


def _loose_pulls(lane: Lane) -> list[int]:
    linked = {number for pulls in lane.links.values() for number in pulls}
    return [
        number
        for number, pull in lane.seen.pull_requests.items()
        if pull.state != "open" or not (number in linked or is_copilot_agent(pull.author_id))
    ]


def _loose_commits(seen: Seen) -> list[str]:
    heads = {pull.head_sha for pull in seen.pull_requests.values() if pull.state == "open"}
    return [sha for sha in seen.commits if sha not in heads]


def _unseen(lane: Lane) -> list[int]:
    return [number for number in lane.conduct.handlings if number not in lane.seen.issues]


def _oldest(
    keys: list[K], kept: int, age: Callable[[K], tuple[datetime, K | int | str]]
) -> list[K]:
    return sorted(keys, key=age)[: max(0, len(keys) - kept)]


def _age(thing: IssueSeen | PullRequestSeen) -> tuple[datetime, int]:
    return thing.updated_at, thing.number


def _newest(checks: Checks) -> datetime:
    return max((check.at or _BEFORE_ALL for check in checks.values()), default=_BEFORE_ALL)


def _without(lane: Lane, issues: set[int], pulls: set[int], commits: set[str]) -> Lane:
    seen = lane.seen
    kept = replace(
        seen,
        issues=_less(seen.issues, issues),
        labels=_less(seen.labels, issues),
        assignments=_less(seen.assignments, issues),
        reopened=_less(seen.reopened, issues),
        dependencies=_less(seen.dependencies, issues),
        pull_requests=_less(seen.pull_requests, pulls),
        reviews=_less(seen.reviews, pulls),
        requests=_less(seen.requests, pulls),
        mentions=_less(seen.mentions, pulls),
        finished=_less(seen.finished, pulls),
        marks=_less(seen.marks, issues | pulls),
        commits=_less(seen.commits, commits),
    )
    handlings = _less(lane.conduct.handlings, issues)
    return replace(
        lane,
        seen=kept,
        conduct=replace(lane.conduct, handlings=handlings),
        heard=_less(lane.heard, _names(issues, pulls, commits)),
        links={n: pulls for n, pulls in lane.links.items() if n not in issues},
    )


def _names(issues: set[int], pulls: set[int], commits: set[str]) -> set[str]:
    return {
        *(f"{kind}:{number}" for kind in ("issue", "assigned") for number in issues),
        *(f"{kind}:{number}" for kind in ("pull", "reviews") for number in pulls),
        *(f"checks:{sha}" for sha in commits),
    }


def _less(known: dict[K, V], gone: Iterable[K]) -> dict[K, V]:
    dropped = set(gone)
    return {key: value for key, value in known.items() if key not in dropped}
