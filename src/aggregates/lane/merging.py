"""Taking facts in: each is merged with what is known of the same issue, pull request or commit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from aggregates.lane.checks import check_of, newest
from aggregates.lane.lane import Lane
from aggregates.lane.reviews import reviews_with
from aggregates.lane.subjects import (
    Heard,
    KnownCommit,
    KnownIssue,
    KnownPullRequest,
    Marks,
    Mention,
    Mentions,
    Permission,
)
from events.github import (
    AccessChanged,
    ActionsRunSeen,
    AssignmentChanged,
    CheckRunSeen,
    CheckSuiteSeen,
    ClosingSeen,
    CommitStatusSeen,
    CopilotFinished,
    DependencyChanged,
    Fact,
    IssueCommentSeen,
    IssueReopened,
    IssueSeen,
    LabelChanged,
    PermissionSeen,
    PullRequestSeen,
    RepositorySeen,
    RequirementsSeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
)
from events.github.merge import merge
from events.github.names import COPILOT_AGENT_ID, is_copilot_agent

_LABELS = 300  # of an issue, that changed last; GitHub lets it carry a hundred
_MARKS = 200  # by one author on one issue or pull request; more than any policy lets us write
_AUTHORS = 10  # of marks there
_PEOPLE = 100  # who mention Copilot on one pull request, and of whom GitHub is asked there
_HINTS = ("OWNER", "MEMBER", "COLLABORATOR")
_LATE = timedelta(minutes=5)  # behind what is known of a pull request: not said just now
BRANCHES = 20  # of which it is known what they require

_Word: TypeAlias = ReviewSeen | ReviewCommentSeen | IssueCommentSeen

F = TypeVar("F", bound=Fact)
K = TypeVar("K", int, str)


@dataclass(slots=True)
class News:
    """What an event tells that is new, beside the lane as it was: subjects as they now are."""

    lane: Lane
    now: Heard
    repository: RepositorySeen | None = None
    requirements: Mapping[str, RequirementsSeen] | None = None
    access_changed: bool = False
    issues: dict[int, KnownIssue] = field(default_factory=dict)
    pull_requests: dict[int, KnownPullRequest] = field(default_factory=dict)
    commits: dict[str, KnownCommit] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        subjects = self.issues or self.pull_requests or self.commits
        whole = self.repository or self.requirements is not None or self.access_changed
        return bool(subjects or whole)

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
    known = news.issue(fact.number)
    merged = _merged(known.seen, fact)
    if merged is not known.seen:
        heard = news.now if _tells_more(known.seen, merged) else known.heard
        news.of_issue(fact.number, seen=merged, heard=heard)
    if COPILOT_AGENT_ID in fact.assignee_ids and _is_later(fact.updated_at, known.seen_assigned):
        news.of_issue(fact.number, seen_assigned=fact.updated_at)


def _label(news: News, fact: LabelChanged) -> None:
    if not fact.is_pull_request:
        known = news.issue(fact.number).labels
        labels = _nested(known, fact.label, fact)
        if len(labels) > _LABELS:
            newest = sorted(labels.values(), key=lambda change: (change.at, change.label))
            labels = {change.label: change for change in newest[-_LABELS:]}
        if labels != known:
            news.of_issue(fact.number, labels=labels)


def _assignment(news: News, fact: AssignmentChanged) -> None:
    if fact.is_pull_request or not is_copilot_agent(fact.assignee_id):
        return
    known = news.issue(fact.number).assignment
    merged = _merged(known, fact)
    if merged is not known:
        news.of_issue(fact.number, assignment=merged, heard_assigned=news.now)


def _reopening(news: News, fact: IssueReopened) -> None:
    if _is_later(fact.at, news.issue(fact.number).reopened_at):
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
    if merged is not known:
        heard = news.now if _tells_more(known, merged) else news.pull_request(fact.number).heard
        news.of_pull_request(fact.number, seen=merged, heard=heard)


def _review(news: News, fact: ReviewSeen) -> None:
    number = fact.pull_request_number
    _said(news, number, fact, fact.submitted_at)
    known = news.pull_request(number)
    reviews = reviews_with(known, fact)
    if reviews is not known.reviews:
        heard = news.now if _may_matter(fact) else known.heard_reviews
        news.of_pull_request(number, reviews=reviews, heard_reviews=heard)
    _mentioned(news, number, fact, fact.submitted_at)


def _request(news: News, fact: ReviewRequested) -> None:
    known = news.pull_request(fact.number)
    whom = f"user:{fact.reviewer_id}" if fact.team is None else f"team:{fact.team}"
    requests = _nested(known.requests, whom, fact)
    if requests is not known.requests:
        news.of_pull_request(fact.number, requests=requests, heard=news.now)
    if fact.present and is_copilot_agent(fact.by_id):
        _finished(news, fact.number, fact.at)


def _finished(news: News, number: int, at: datetime) -> None:
    if _is_later(at, news.pull_request(number).finished_at):
        news.of_pull_request(number, finished_at=at, heard=news.now)


def _answered_finished(news: News, fact: CopilotFinished) -> None:
    _finished(news, fact.number, fact.finished_at)


def _comment(news: News, fact: IssueCommentSeen) -> None:
    if not fact.is_pull_request:
        if marks := _marked(news.issue(fact.number).marks, fact):
            news.of_issue(fact.number, marks=marks)
        return
    if _said(news, fact.number, fact, fact.created_at or fact.updated_at):
        news.of_pull_request(fact.number, heard_reviews=news.now)
    _mentioned(news, fact.number, fact, fact.created_at)
    if marks := _marked(news.pull_request(fact.number).marks, fact):
        news.of_pull_request(fact.number, marks=marks)


def _review_comment(news: News, fact: ReviewCommentSeen) -> None:
    number = fact.pull_request_number
    if _said(news, number, fact, fact.created_at or fact.updated_at):
        news.of_pull_request(number, heard_reviews=news.now)
    _mentioned(news, number, fact, fact.created_at)


def _mentioned(
    news: News,
    number: int,
    fact: _Word,
    at: datetime | None,
) -> None:
    """Note who told Copilot to work; whether they may is judged where it matters."""
    author_id = fact.author_id
    tells = fact.mentions_copilot and fact.author_kind not in ("ghost", "copilot_agent")
    if not tells or at is None or author_id is None:
        return
    known = news.pull_request(number).mentions
    before = known.get(author_id)
    mention = Mention(
        author_id=author_id,
        at=at,
        author_login=fact.author_login,
        author_kind=fact.author_kind,
        association=fact.association,
    )
    if before is None or _mention_order(mention) > _mention_order(before):
        mentions = _fewer_mentions({**known, author_id: mention})
        if mentions != known:
            news.of_pull_request(number, mentions=mentions)


def _mention_order(mention: Mention) -> tuple[object, ...]:
    said = (mention.author_login or "", mention.author_kind, mention.association or "")
    return (mention.at, *said)


def _fewer_mentions(known: Mentions) -> Mentions:
    """Return a bounded number: strangers, however many, push out nobody who may be listened to."""
    if len(known) <= _PEOPLE:
        return known

    def rank(mention: Mention) -> tuple[object, ...]:
        return (mention.association in _HINTS, mention.at, mention.author_id)

    kept = sorted(known.values(), key=rank)[-_PEOPLE:]
    return {mention.author_id: mention for mention in kept}


def _may_matter(fact: _Word) -> bool:
    """Say whether somebody waits for what was said to be over: not for strangers, nor for bots.

    Or whoever comments would hold work up for as long as they like.
    """
    copilots = fact.author_kind in ("copilot_agent", "copilot_reviewer")
    return copilots or (fact.author_kind == "person" and fact.association in _HINTS)


def _said(news: News, number: int, fact: _Word, at: datetime | None) -> bool:
    """Note when something was said; say whether that was just now, as far as GitHub's clock tells.

    What was said before the newest that is known, or long before the pull request last changed, was
    delivered late, again, or because it was edited: nobody waits for it to be over.
    """
    known = news.pull_request(number)
    if at is None or not _may_matter(fact):
        return False
    if known.said_at is not None and at <= known.said_at:
        return False
    news.of_pull_request(number, said_at=at)
    return known.seen is None or at > known.seen.updated_at - _LATE


def _permission(news: News, fact: PermissionSeen) -> None:
    known = news.pull_request(fact.number).permissions
    before = known.get(fact.user_id)
    if before is not None and before.at >= fact.at:
        return
    answer = Permission(
        user_id=fact.user_id,
        may_write=fact.may_write,
        at=fact.at,
        position=news.now.position,
        login=fact.login,
        permission=fact.permission,
    )
    answers = sorted({**known, fact.user_id: answer}.values(), key=lambda a: (a.at, a.user_id))
    kept = {each.user_id: each for each in answers[-_PEOPLE:]}
    news.of_pull_request(fact.number, permissions=kept)


def _closing(news: News, fact: ClosingSeen) -> None:
    known = news.pull_request(fact.number).closes
    merged = _merged(known, fact)
    if merged is not known:
        news.of_pull_request(fact.number, closes=merged)


def _access(news: News, _fact: AccessChanged) -> None:
    news.access_changed = True


def _check(
    news: News, fact: CheckRunSeen | CheckSuiteSeen | CommitStatusSeen | ActionsRunSeen
) -> None:
    sha, slot, check = check_of(fact)
    known = (news.commits.get(sha) or news.lane.commit(sha)).checks
    checks = newest(known, slot, check)
    if checks is not known:
        news.commits[sha] = KnownCommit(checks=checks, heard=news.now)


def _is_later(at: datetime, known: datetime | None) -> bool:
    return known is None or at > known


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
    CopilotFinished: _answered_finished,
    PermissionSeen: _permission,
    ClosingSeen: _closing,
    AccessChanged: _access,
    IssueCommentSeen: _comment,
    ReviewCommentSeen: _review_comment,
    CheckRunSeen: _check,
    CheckSuiteSeen: _check,
    CommitStatusSeen: _check,
    ActionsRunSeen: _check,
}
