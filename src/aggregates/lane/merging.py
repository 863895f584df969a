"""Taking facts in: each is merged with what is known of the same issue, pull request or commit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from aggregates.lane import words
from aggregates.lane.checks import check_of, newest
from aggregates.lane.lane import Lane
from aggregates.lane.news import News, is_later, merge_into, nest_into
from aggregates.lane.subjects import (
    AgentMergeAnswer,
    Heard,
    KnownCommit,
    Permission,
)
from aggregates.lane.ties import may_work
from events.github import (
    AccessChanged,
    ActionsRunSeen,
    AgentMergeSeen,
    AssignmentChanged,
    CheckRunSeen,
    CheckSuiteSeen,
    ClosingSeen,
    CommitStatusSeen,
    CopilotFinished,
    DependencyChanged,
    Fact,
    FailureSeen,
    IssueCommentSeen,
    IssueReopened,
    IssueSeen,
    LabelChanged,
    MergeableSeen,
    PermissionSeen,
    PullRequestSeen,
    Pushed,
    RepositorySeen,
    RequirementsSeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
    SessionSeen,
    SubIssueChanged,
    SubIssuesSeen,
)
from events.github.agents import has_agent, is_agent
from events.github.merge import order_of

_LABELS = 300  # of an issue, that changed last; GitHub lets it carry a hundred
HEADS = 50  # of a pull request, which is more than any policy lets be mended
BRANCHES = 20  # of which it is known what they require

F = TypeVar("F", bound=Fact)


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
    if isinstance(fact, SubIssueChanged):
        return fact.parent_repository_id
    return getattr(fact, "repository_id", None)


def _repository(news: News, fact: RepositorySeen) -> None:
    known = news.repository or news.lane.repository
    merged = merge_into(known, fact)
    if merged is not known:
        news.repository = merged


def _requirements(news: News, fact: RequirementsSeen) -> None:
    known = news.lane.requirements if news.requirements is None else news.requirements
    several = nest_into(known, fact.branch, fact)
    if len(several) > BRANCHES:  # those that were read longest ago are forgotten
        newest = sorted(several.values(), key=lambda seen: (seen.read_at, seen.branch))
        several = {seen.branch: seen for seen in newest[-BRANCHES:]}
    if several != known:
        news.requirements = several


def _issue(news: News, fact: IssueSeen) -> None:
    known = news.issue(fact.number)
    merged = merge_into(known.seen, fact)
    if merged is not known.seen:
        heard = news.now if _tells_more(known.seen, merged) else known.heard
        news.of_issue(fact.number, seen=merged, heard=heard)
    if has_agent(fact.assignee_ids) and is_later(fact.updated_at, known.seen_assigned):
        news.of_issue(fact.number, seen_assigned=fact.updated_at)


def _label(news: News, fact: LabelChanged) -> None:
    if not fact.is_pull_request:
        known = news.issue(fact.number).labels
        labels = nest_into(known, fact.label, fact)
        if len(labels) > _LABELS:
            newest = sorted(labels.values(), key=lambda change: (change.at, change.label))
            labels = {change.label: change for change in newest[-_LABELS:]}
        if labels != known:
            news.of_issue(fact.number, labels=labels)


def _assignment(news: News, fact: AssignmentChanged) -> None:
    if fact.is_pull_request or not is_agent(fact.assignee_id):
        return
    known = news.issue(fact.number).assignments
    assignments = nest_into(known, fact.assignee_id, fact)
    if assignments is not known:
        news.of_issue(fact.number, assignments=assignments, heard_assigned=news.now)


def _reopening(news: News, fact: IssueReopened) -> None:
    if is_later(fact.at, news.issue(fact.number).reopened_at):
        news.of_issue(fact.number, reopened_at=fact.at)


def _dependency(news: News, fact: DependencyChanged) -> None:
    known = news.issue(fact.blocked_number).dependencies
    blocker = f"{fact.blocking_repository_id}#{fact.blocking_number}"
    dependencies = nest_into(known, blocker, fact)
    if dependencies is not known:
        news.of_issue(fact.blocked_number, dependencies=dependencies)


def _session(news: News, fact: SessionSeen) -> None:
    known = news.issue(fact.number).session
    merged = merge_into(known, fact)
    if merged is not known:
        news.of_issue(fact.number, session=merged, heard_session=news.now)


def _sub_issue(news: News, fact: SubIssueChanged) -> None:
    """Note that the parts changed: both ends may tell of it, and times are whole seconds."""
    known = news.issue(fact.parent_number)
    if known.parted_at is None or fact.at >= known.parted_at:
        news.of_issue(fact.parent_number, parted_at=fact.at, heard_sub_issues=news.now)


def _sub_issues(news: News, fact: SubIssuesSeen) -> None:
    known = news.issue(fact.number).sub_issues
    merged = merge_into(known, fact)
    if merged is not known:
        news.of_issue(fact.number, sub_issues=merged)


def _pull_request(news: News, fact: PullRequestSeen) -> None:
    known = news.pull_request(fact.number).seen
    merged = merge_into(known, fact)
    if merged is not known:
        heard = news.now if _tells_more(known, merged) else news.pull_request(fact.number).heard
        news.of_pull_request(fact.number, seen=merged, heard=heard)
        if known is not None and known.state != "open" and merged.state == "open":
            news.of_pull_request(fact.number, heard_base=news.now)  # nobody noted pushes to it


def _request(news: News, fact: ReviewRequested) -> None:
    known = news.pull_request(fact.number)
    whom = f"user:{fact.reviewer_id}" if fact.team is None else f"team:{fact.team}"
    requests = nest_into(known.requests, whom, fact)
    if requests is not known.requests:
        news.of_pull_request(fact.number, requests=requests, heard=news.now)
    if fact.present and is_agent(fact.by_id):
        _finished(news, fact.number, fact.at)


def _finished(news: News, number: int, at: datetime) -> None:
    if is_later(at, news.pull_request(number).finished_at):
        news.of_pull_request(number, finished_at=at, heard=news.now)


def _answered_finished(news: News, fact: CopilotFinished) -> None:
    _finished(news, fact.number, fact.finished_at)


def _permission(news: News, fact: PermissionSeen) -> None:
    known = news.pull_request(fact.number).permissions
    answer = Permission(
        user_id=fact.user_id,
        may_write=fact.may_write,
        at=fact.at,
        position=news.now.position,
        asked_after=fact.asked_after,
        login=fact.login,
        permission=fact.permission,
    )
    before = known.get(fact.user_id)
    if before is not None and before.order >= answer.order:
        return
    answers = sorted({**known, fact.user_id: answer}.values(), key=lambda a: (a.order, a.user_id))
    kept = {each.user_id: each for each in answers[-words.PEOPLE :]}
    news.of_pull_request(fact.number, permissions=kept)


def _closing(news: News, fact: ClosingSeen) -> None:
    known = news.pull_request(fact.number).closes
    merged = merge_into(known, fact)
    if merged is not known:
        news.of_pull_request(fact.number, closes=merged)


def _failure(news: News, fact: FailureSeen) -> None:
    known = news.pull_request(fact.number).failure
    merged = merge_into(known, fact)
    if merged is not known:
        news.of_pull_request(fact.number, failure=merged, heard_failure=news.now)


def _mergeable(news: News, fact: MergeableSeen) -> None:
    known = news.pull_request(fact.number).mergeable
    merged = merge_into(known, fact)
    if merged is not known:
        news.of_pull_request(fact.number, mergeable=merged)


def _agent_merge(news: News, fact: AgentMergeSeen) -> None:
    known = news.pull_request(fact.number).agent_merges
    before = known.get(fact.head_sha)
    if before is not None and order_of(before.seen) >= order_of(fact):
        return
    answers = {**known, fact.head_sha: AgentMergeAnswer(fact, news.now.position)}
    kept = sorted(answers.items(), key=lambda each: (order_of(each[1].seen), each[0]))[-HEADS:]
    news.of_pull_request(fact.number, agent_merges=dict(kept))


def _pushed(news: News, fact: Pushed) -> None:
    """Note of the open pull requests that may be our work that their base moved."""
    branch = fact.ref.removeprefix("refs/heads/")
    for number, known in news.lane.pull_requests.items():
        seen = known.seen
        if seen is not None and seen.base_ref == branch and seen.state == "open" and may_work(seen):
            news.of_pull_request(number, heard_base=news.now)


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


def _tells_more(known: F | None, merged: F) -> bool:
    """Say whether more is known by now than that there was some change, such as a comment."""
    changed: Any = merged
    return known is None or replace(changed, updated_at=getattr(known, "updated_at", None)) != known


_Kind: TypeAlias = Callable[[News, Any], None]
_KINDS: Mapping[type[Fact], _Kind] = {
    RepositorySeen: _repository,
    RequirementsSeen: _requirements,
    IssueSeen: _issue,
    LabelChanged: _label,
    AssignmentChanged: _assignment,
    IssueReopened: _reopening,
    DependencyChanged: _dependency,
    SessionSeen: _session,
    SubIssueChanged: _sub_issue,
    SubIssuesSeen: _sub_issues,
    PullRequestSeen: _pull_request,
    ReviewSeen: words.take_in_review,
    ReviewRequested: _request,
    CopilotFinished: _answered_finished,
    PermissionSeen: _permission,
    ClosingSeen: _closing,
    MergeableSeen: _mergeable,
    AgentMergeSeen: _agent_merge,
    Pushed: _pushed,
    FailureSeen: _failure,
    AccessChanged: _access,
    IssueCommentSeen: words.take_in_comment,
    ReviewCommentSeen: words.take_in_review_comment,
    CheckRunSeen: _check,
    CheckSuiteSeen: _check,
    CommitStatusSeen: _check,
    ActionsRunSeen: _check,
}
