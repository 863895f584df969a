"""Taking facts in: each is merged with what is known of the same thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from aggregates.lane.learn_checks import check_of, learned_checks
from aggregates.lane.seen import Seen
from events.github import (
    ActionsRunSeen,
    AssignmentChanged,
    CheckRunSeen,
    CheckSuiteSeen,
    CommitStatusSeen,
    DependencyChanged,
    Fact,
    IssueCommentSeen,
    IssueReopened,
    IssueSeen,
    LabelChanged,
    PullRequestSeen,
    RepositorySeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
)
from events.github.copilot import is_copilot_agent
from events.github.merge import merge

_MARKS = 200  # of one issue or pull request; more than any policy lets us write

F = TypeVar("F", bound=Fact)
K = TypeVar("K", int, str)
V = TypeVar("V")
Learner: TypeAlias = Callable[[Seen, Any], Seen]


def learn(seen: Seen, fact: Fact) -> Seen:
    """Return what is known once a fact is taken in; the same object when it tells nothing new.

    Facts about other repositories, and kinds that no decision hangs on, tell nothing.
    """
    learner = _LEARNERS.get(type(fact))
    return seen if learner is None else learner(seen, fact)


def _repository(seen: Seen, fact: RepositorySeen) -> Seen:
    known = fact if seen.repository is None else merge(seen.repository, fact)
    return (
        seen
        if known is seen.repository or known == seen.repository
        else replace(seen, repository=known)
    )


def _issue(seen: Seen, fact: IssueSeen) -> Seen:
    issues = _merged(seen.issues, fact.number, fact)
    return seen if issues is seen.issues else replace(seen, issues=issues)


def _pull_request(seen: Seen, fact: PullRequestSeen) -> Seen:
    pulls = _merged(seen.pull_requests, fact.number, fact)
    if pulls is seen.pull_requests:
        return seen
    known = replace(seen, pull_requests=pulls)
    return _settled(known, fact.number) if pulls[fact.number].merged else known


def _settled(seen: Seen, number: int) -> Seen:
    """Forget what was said on the way: once merged, always merged."""
    told = (seen.reviews, seen.requests, seen.mentions, seen.finished)
    if not any(number in known for known in told):
        return seen
    return replace(
        seen,
        reviews=_without(seen.reviews, number),
        requests=_without(seen.requests, number),
        mentions=_without(seen.mentions, number),
        finished=_without(seen.finished, number),
    )


def _label(seen: Seen, fact: LabelChanged) -> Seen:
    if fact.is_pull_request:
        return seen
    labels = _nested(seen.labels, fact.number, fact.label, fact)
    return seen if labels is seen.labels else replace(seen, labels=labels)


def _assignment(seen: Seen, fact: AssignmentChanged) -> Seen:
    if fact.is_pull_request or not is_copilot_agent(fact.assignee_id):
        return seen
    assignments = _merged(seen.assignments, fact.number, fact)
    return seen if assignments is seen.assignments else replace(seen, assignments=assignments)


def _reopening(seen: Seen, fact: IssueReopened) -> Seen:
    reopened = _latest(seen.reopened, fact.number, fact.at)
    return seen if reopened is seen.reopened else replace(seen, reopened=reopened)


def _dependency(seen: Seen, fact: DependencyChanged) -> Seen:
    blocker = f"{fact.blocking_repository_id}#{fact.blocking_number}"
    known = _nested(seen.dependencies, fact.blocked_number, blocker, fact)
    return seen if known is seen.dependencies else replace(seen, dependencies=known)


def _review(seen: Seen, fact: ReviewSeen) -> Seen:
    number = fact.pull_request_number
    if _is_merged(seen, number):
        return seen
    reviews = _nested(seen.reviews, number, fact.id, fact)
    known = seen if reviews is seen.reviews else replace(seen, reviews=reviews)
    if fact.mentions_copilot and fact.submitted_at is not None:
        return _mentioned(known, number, fact.submitted_at)
    return known


def _request(seen: Seen, fact: ReviewRequested) -> Seen:
    if _is_merged(seen, fact.number):
        return seen
    whom = f"user:{fact.reviewer_id}" if fact.team is None else f"team:{fact.team}"
    requests = _nested(seen.requests, fact.number, whom, fact)
    known = seen if requests is seen.requests else replace(seen, requests=requests)
    if not (fact.present and is_copilot_agent(fact.by_id)):
        return known
    finished = _latest(known.finished, fact.number, fact.at)
    return known if finished is known.finished else replace(known, finished=finished)


def _is_merged(seen: Seen, number: int) -> bool:
    pull = seen.pull_requests.get(number)
    return pull is not None and pull.merged


def _comment(seen: Seen, fact: IssueCommentSeen) -> Seen:
    told = fact.is_pull_request and fact.mentions_copilot and not is_copilot_agent(fact.author_id)
    known = _mentioned(seen, fact.number, fact.created_at) if told else seen
    return known if fact.action_id is None else _marked(known, fact.number, str(fact.action_id))


def _marked(seen: Seen, number: int, action_id: str) -> Seen:
    """Keep a bounded number of marks, the same whatever order they come in."""
    known = seen.marks.get(number, ())
    marks = tuple(sorted({*known, action_id}))[:_MARKS]
    return seen if marks == known else replace(seen, marks={**seen.marks, number: marks})


def _review_comment(seen: Seen, fact: ReviewCommentSeen) -> Seen:
    told = fact.mentions_copilot and not is_copilot_agent(fact.author_id)
    return _mentioned(seen, fact.pull_request_number, fact.created_at) if told else seen


def _mentioned(seen: Seen, number: int, at: datetime | None) -> Seen:
    if at is None or _is_merged(seen, number):
        return seen
    mentions = _latest(seen.mentions, number, at)
    return seen if mentions is seen.mentions else replace(seen, mentions=mentions)


def _check(
    seen: Seen, fact: CheckRunSeen | CheckSuiteSeen | CommitStatusSeen | ActionsRunSeen
) -> Seen:
    sha, slot, check = check_of(fact)
    commits = learned_checks(seen.commits, sha, slot, check)
    return seen if commits is seen.commits else replace(seen, commits=commits)


def _without(known: dict[int, V], number: int) -> dict[int, V]:
    return {key: value for key, value in known.items() if key != number}


def _merged(known: dict[K, F], key: K, fact: F) -> dict[K, F]:
    """Return the same dictionary when the fact tells nothing new."""
    old = known.get(key)
    new = fact if old is None else merge(old, fact)
    return known if new is old or new == old else {**known, key: new}


def _nested(known: dict[int, dict[K, F]], number: int, key: K, fact: F) -> dict[int, dict[K, F]]:
    old = known.get(number, {})
    new = _merged(old, key, fact)
    return known if new is old else {**known, number: new}


def _latest(known: dict[int, datetime], number: int, at: datetime) -> dict[int, datetime]:
    old = known.get(number)
    return known if old is not None and old >= at else {**known, number: at}


_LEARNERS: dict[type[object], Learner] = {
    RepositorySeen: _repository,
    IssueSeen: _issue,
    PullRequestSeen: _pull_request,
    LabelChanged: _label,
    AssignmentChanged: _assignment,
    IssueReopened: _reopening,
    DependencyChanged: _dependency,
    ReviewSeen: _review,
    ReviewRequested: _request,
    IssueCommentSeen: _comment,
    ReviewCommentSeen: _review_comment,
    CheckRunSeen: _check,
    CheckSuiteSeen: _check,
    CommitStatusSeen: _check,
    ActionsRunSeen: _check,
}
