"""Taking facts in: each is merged with what is known of the same issue, pull request or commit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from aggregates.lane.checks import check_of, newest
from aggregates.lane.lane import Lane
from aggregates.lane.subjects import Heard, KnownCommit, KnownIssue, KnownPullRequest, Marks
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
    RequirementsSeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
)
from events.github.merge import merge
from events.github.names import is_copilot_agent

_MARKS = 200  # by one author on one issue or pull request; more than any policy lets us write
_AUTHORS = 10  # of marks there
_LATE = timedelta(minutes=5)  # behind what is known of a pull request: not said just now
BRANCHES = 20  # of which it is known what they require

F = TypeVar("F", bound=Fact)
K = TypeVar("K", int, str)


@dataclass(slots=True)
class News:
    """What an event tells that is new, beside the lane as it was: subjects as they now are."""

    lane: Lane
    now: Heard
    repository: RepositorySeen | None = None
    requirements: Mapping[str, RequirementsSeen] | None = None
    issues: dict[int, KnownIssue] = field(default_factory=dict)
    pull_requests: dict[int, KnownPullRequest] = field(default_factory=dict)
    commits: dict[str, KnownCommit] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        subjects = self.issues or self.pull_requests or self.commits
        return bool(subjects or self.repository or self.requirements is not None)

    def issue(self, number: int) -> KnownIssue:
        """Return an issue as it is known by now."""
        return self.issues.get(number) or self.lane.issue(number)

    def pull_request(self, number: int) -> KnownPullRequest:
        """Return a pull request as it is known by now."""
        return self.pull_requests.get(number) or self.lane.pull_request(number)

    def of_issue(self, number: int, **values: Any) -> None:  # noqa: ANN401 (any of its fields)
        """Note what is new of an issue."""
        self.issues[number] = replace(self.issue(number), **values)

    def of_pull_request(self, number: int, **values: Any) -> None:  # noqa: ANN401 (likewise)
        """Note what is new of a pull request."""
        self.pull_requests[number] = replace(self.pull_request(number), **values)


def news_of(lane: Lane, facts: Iterable[Fact], now: Heard) -> News:
    """Return what facts tell of a lane that was not known.

    Facts about other repositories, and kinds that no decision hangs on, tell nothing.
    """
    news = News(lane, now)
    for fact in facts:
        take_in = _KINDS.get(type(fact))
        if take_in is not None and _concerned(fact) == lane.repository_id:
            take_in(news, fact)
    return news


def _concerned(fact: Fact) -> int | None:
    """Return the repository whose lane a fact belongs to."""
    if isinstance(fact, DependencyChanged):
        return fact.blocked_repository_id
    return getattr(fact, "repository_id", None)


def _repository(news: News, fact: RepositorySeen) -> None:
    known = news.repository or news.lane.repository
    merged = _merged(known, fact)
    if merged is not known:
        news.repository = merged


def _requirements(news: News, fact: RequirementsSeen) -> None:
    known = news.lane.requirements if news.requirements is None else news.requirements
    several = _nested(known, fact.branch, fact)
    if len(several) > BRANCHES:  # those that were read longest ago are forgotten
        newest = sorted(several.values(), key=lambda seen: (seen.read_at, seen.branch))
        several = {seen.branch: seen for seen in newest[-BRANCHES:]}
    if several != known:
        news.requirements = several


def _issue(news: News, fact: IssueSeen) -> None:
    known = news.issue(fact.number).seen
    merged = _merged(known, fact)
    if merged is not known:
        heard = news.now if _tells_more(known, merged) else news.issue(fact.number).heard
        news.of_issue(fact.number, seen=merged, heard=heard)


def _label(news: News, fact: LabelChanged) -> None:
    if not fact.is_pull_request:
        known = news.issue(fact.number).labels
        labels = _nested(known, fact.label, fact)
        if labels is not known:
            news.of_issue(fact.number, labels=labels)


def _assignment(news: News, fact: AssignmentChanged) -> None:
    if fact.is_pull_request or not is_copilot_agent(fact.assignee_id):
        return
    known = news.issue(fact.number).assignment
    merged = _merged(known, fact)
    if merged is not known:
        news.of_issue(fact.number, assignment=merged, heard_assigned=news.now)


def _reopening(news: News, fact: IssueReopened) -> None:
    known = news.issue(fact.number).reopened_at
    if known is None or fact.at > known:
        news.of_issue(fact.number, reopened_at=fact.at)


def _dependency(news: News, fact: DependencyChanged) -> None:
    known = news.issue(fact.blocked_number).dependencies
    blocker = f"{fact.blocking_repository_id}#{fact.blocking_number}"
    dependencies = _nested(known, blocker, fact)
    if dependencies is not known:
        news.of_issue(fact.blocked_number, dependencies=dependencies)


def _pull_request(news: News, fact: PullRequestSeen) -> None:
    known = news.pull_request(fact.number).seen
    merged = _merged(known, fact)
    if merged is known:
        return
    heard = news.now if _tells_more(known, merged) else news.pull_request(fact.number).heard
    news.of_pull_request(fact.number, seen=merged, heard=heard)
    if merged.merged:  # what was said on the way is forgotten: once merged, always merged
        said: dict[str, Any] = {"reviews": {}, "requests": {}}
        news.of_pull_request(fact.number, **said, mentioned_at=None, finished_at=None)


def _review(news: News, fact: ReviewSeen) -> None:
    number = fact.pull_request_number
    _said(news, number, fact.submitted_at)
    known = news.pull_request(number)
    if _is_merged(known):
        return
    reviews = _nested(known.reviews, fact.id, fact)
    if reviews is not known.reviews:
        news.of_pull_request(number, reviews=reviews, heard_reviews=news.now)
    if fact.mentions_copilot and fact.submitted_at is not None:
        _mentioned(news, number, fact.submitted_at)


def _request(news: News, fact: ReviewRequested) -> None:
    known = news.pull_request(fact.number)
    if _is_merged(known):
        return
    whom = f"user:{fact.reviewer_id}" if fact.team is None else f"team:{fact.team}"
    requests = _nested(known.requests, whom, fact)
    if requests is not known.requests:
        news.of_pull_request(fact.number, requests=requests, heard=news.now)
    ends = fact.present and is_copilot_agent(fact.by_id)
    if ends and (known.finished_at is None or fact.at > known.finished_at):
        news.of_pull_request(fact.number, finished_at=fact.at, heard=news.now)


def _comment(news: News, fact: IssueCommentSeen) -> None:
    if not fact.is_pull_request:
        if marks := _marked(news.issue(fact.number).marks, fact):
            news.of_issue(fact.number, marks=marks)
        return
    if _said(news, fact.number, fact.created_at or fact.updated_at):
        news.of_pull_request(fact.number, heard_reviews=news.now)
    if fact.mentions_copilot and not is_copilot_agent(fact.author_id):
        _mentioned(news, fact.number, fact.created_at)
    if marks := _marked(news.pull_request(fact.number).marks, fact):
        news.of_pull_request(fact.number, marks=marks)


def _review_comment(news: News, fact: ReviewCommentSeen) -> None:
    number = fact.pull_request_number
    if _said(news, number, fact.created_at or fact.updated_at):
        news.of_pull_request(number, heard_reviews=news.now)
    if fact.mentions_copilot and not is_copilot_agent(fact.author_id):
        _mentioned(news, number, fact.created_at)


def _mentioned(news: News, number: int, at: datetime | None) -> None:
    known = news.pull_request(number)
    if at is None or _is_merged(known):
        return
    if known.mentioned_at is None or at > known.mentioned_at:
        news.of_pull_request(number, mentioned_at=at)


def _said(news: News, number: int, at: datetime | None) -> bool:
    """Note when something was said; say whether that was just now, as far as GitHub's clock tells.

    What was said before the newest that is known, or long before the pull request last changed, was
    delivered late, again, or because it was edited: nobody waits for it to be over.
    """
    known = news.pull_request(number)
    if at is None or (known.said_at is not None and at <= known.said_at):
        return False
    news.of_pull_request(number, said_at=at)
    return known.seen is None or at > known.seen.updated_at - _LATE


def _check(
    news: News, fact: CheckRunSeen | CheckSuiteSeen | CommitStatusSeen | ActionsRunSeen
) -> None:
    sha, slot, check = check_of(fact)
    known = (news.commits.get(sha) or news.lane.commit(sha)).checks
    checks = newest(known, slot, check)
    if checks is not known:
        news.commits[sha] = KnownCommit(checks=checks, heard=news.now)


def _is_merged(known: KnownPullRequest) -> bool:
    return known.seen is not None and known.seen.merged


def _tells_more(known: F | None, merged: F) -> bool:
    """Say whether more is known by now than that there was some change, such as a comment."""
    changed: Any = merged
    return known is None or replace(changed, updated_at=getattr(known, "updated_at", None)) != known


def _marked(known: Marks, fact: IssueCommentSeen) -> Marks | None:
    """Return marks by author with that of a comment; None: it has no new one.

    An edit adds none: others may edit what we wrote, and we never do. There is a bounded number,
    the same in whatever order they come: each author has a share of their own, and where there
    are too many authors the oldest accounts stay, so that nobody drives out ours with new ones.
    """
    author_id = fact.author_id
    if fact.action_id is None or author_id is None or fact.updated_at != fact.created_at:
        return None
    ids = tuple(sorted({*known.get(author_id, ()), str(fact.action_id)}))[:_MARKS]
    marks = dict(sorted({**known, author_id: ids}.items())[:_AUTHORS])
    return None if marks == known else marks


def _merged(known: F | None, fact: F) -> F:
    """Return the known fact itself when the other one tells nothing new."""
    new = fact if known is None else merge(known, fact)
    return known if known is not None and new == known else new


def _nested(known: Mapping[K, F], key: K, fact: F) -> Mapping[K, F]:
    """Return facts by key with one taken in, the same object when it tells nothing new."""
    old = known.get(key)
    new = _merged(old, fact)
    return known if new is old else {**known, key: new}


_Kind: TypeAlias = Callable[[News, Any], None]
_KINDS: Mapping[type[Fact], _Kind] = {
    RepositorySeen: _repository,
    RequirementsSeen: _requirements,
    IssueSeen: _issue,
    LabelChanged: _label,
    AssignmentChanged: _assignment,
    IssueReopened: _reopening,
    DependencyChanged: _dependency,
    PullRequestSeen: _pull_request,
    ReviewSeen: _review,
    ReviewRequested: _request,
    IssueCommentSeen: _comment,
    ReviewCommentSeen: _review_comment,
    CheckRunSeen: _check,
    CheckSuiteSeen: _check,
    CommitStatusSeen: _check,
    ActionsRunSeen: _check,
}
