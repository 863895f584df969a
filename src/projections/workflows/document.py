"""What a page shows of a workflow: built by the fold, stored as JSON, read for whoever asks.

The models say what is in it. The fold builds plain objects, since nearly every event makes one that
is compared with the one before and written: both cost less than half of what they do for models.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from pydantic import BaseModel, Field

from aggregates.stages import Placement, Stage, WorkflowAttention, attention_of
from aggregates.stages.stage import WaitKind
from aggregates.workflow import CheckVerdict, Recall, Workflow
from aggregates.workflow.agent_merge import heads_left, is_on
from aggregates.workflow.failures import known_failure
from aggregates.workflow.questions import Question, in_words, questions_of
from aggregates.workflow.sessions import present_session
from aggregates.workflow.trust import answer_about
from events.catalogue import ActionKind, Mode
from events.github import IssueSeen, Mends, MergeableSeen, PullRequestSeen
from events.github.agents import COPILOT
from events.github.reviews import ReviewState
from projections.references import IssueRef, Person, PullRequestRef
from projections.workflows.agent_work import (
    AgentMergeSummary,
    FailureSummary,
    SessionSummary,
    agent_merge_shown,
    failure_shown,
    session_shown,
)
from projections.workflows.epics import EpicSummary, epic_shown
from projections.workflows.model import Document

_MOST_NAMES = 100  # of checks of each kind, and of questions
_MOST_SEARCHED = 2000  # characters
_MOST_IGNORED = 10  # reviews that do not count, the newest
_ATTEMPTS: tuple[ActionKind, ...] = (
    "ask_to_fix_ci",
    "ask_to_address_review",
    "ask_to_resolve_conflicts",
)


class Waiting(BaseModel):
    """What a workflow waits for."""

    kind: WaitKind = Field(examples=["reviewer"])
    what: str = Field(examples=["user 1024"])


class IgnoredReview(BaseModel):
    """A verdict that counts for nothing, and why."""

    actor: Person
    state: ReviewState = Field(examples=["approved"])
    why: str = Field(examples=["GitHub says that they may not write here"])


class IssueSummary(BaseModel):
    """The issue, as GitHub was last seen to describe it."""

    number: int
    title: str
    state: str = Field(examples=["open"])
    state_reason: str | None
    labels: list[str]
    created_at: datetime | None


class PullRequestSummary(BaseModel):
    """The pull request that works on it."""

    number: int
    title: str
    state: str
    draft: bool | None
    merged: bool
    head_sha: str
    head_ref: str
    base_ref: str
    author_id: int | None
    mergeable: bool | None = Field(
        description="`false`: the head conflicts with its base, as GitHub last said of this head; "
        "null: it did not say"
    )


class CheckNames(BaseModel):
    """Names of checks on the head, by how they are; optional ones ask for nothing."""

    failed: list[str]
    pending: list[str]
    inconclusive: list[str]
    awaiting_approval: list[str] = Field(description="runs of Actions that a person must let run")
    missing: list[str]
    passed: list[str]
    optional: list[str]


class Attempts(BaseModel):
    """How often its agent was asked since the work began; what was called off is not counted."""

    ask_to_fix_ci: int
    ask_to_address_review: int
    ask_to_resolve_conflicts: int


class WorkflowState(BaseModel):
    """A workflow's stage and why, and all that the stage hangs on."""

    stage: Stage = Field(examples=["ci_failed"])
    rule: str = Field(description="the rule of docs/stages.md that holds")
    reason: str = Field(description="one sentence: why it is here")
    waiting_for: list[Waiting]
    attention: WorkflowAttention = Field(
        description="`needs_human`: a person has the next step; `stuck`: nobody, since something "
        "keeps us from deciding; `running`: Copilot, CI or we; `waiting`: for other work"
    )
    notes: list[str] = Field(description="what else holds, such as a pause")
    mode: Mode
    probable: bool = Field(
        description="the pull request only fits: nothing on GitHub says that it works on the issue"
    )
    leader: int | None = Field(
        description="the issue with which the pull request is conducted, where it closes several"
    )
    parent: int | None = Field(
        default=None,
        description="the epic by which it is queued, at that one's place and in its order",
    )
    candidates: list[int] = Field(description="open pull requests that may be the work on it")
    beside: list[int] = Field(
        description="others' open pull requests that name the issue, which changes nothing"
    )
    checks: CheckNames
    approved_by: list[Person] = Field(
        description="those whose approval counts, or counted when it was merged; by id"
    )
    reviews_ignored: list[IgnoredReview] = Field(
        description=f"verdicts that do not count, the newest {_MOST_IGNORED}, newest first"
    )
    questions: list[str] = Field(
        description="what GitHub is being asked",
        examples=[["whether grace-keen may write here"]],
    )
    attempts: Attempts
    agent: str = Field(
        default=COPILOT.title,
        description="who works on it, or is to: Copilot, or another of the server's agents",
    )
    session: SessionSummary | None = Field(
        default=None,
        description="Copilot's session of the present round, where GitHub tells of it",
    )
    failure: FailureSummary | None = Field(
        default=None, description="how the head's checks failed, once GitHub told"
    )
    agent_merge: AgentMergeSummary | None = Field(
        default=None,
        description="whether Copilot mends failed checks and conflicts by itself; null: that was "
        "not asked of the pull request",
    )


# No SQLModel: it is a value within a row and no row itself, and pydantic reads it faster.
class WorkflowDocument(WorkflowState):
    """A workflow as it is stored; where people see its issue, a page adds."""

    issue: IssueSummary | None
    pull_request: PullRequestSummary | None
    epic: EpicSummary | None = None


class ActiveWorkflow(BaseModel):
    """A workflow that has started and is not over."""

    issue: IssueRef
    pull_request: PullRequestRef | None
    stage: Stage = Field(examples=["ci_failed"])
    reason: str = Field(description="one sentence: why it is there")
    since: datetime = Field(description="when it came to its stage")
    waiting_for: list[Waiting]


def document_of(workflow: Workflow, placement: Placement, recall: Recall | None = None) -> Document:
    """Return a workflow as it is now: a WorkflowDocument, as it is stored.

    Parts that are as they were before are the same objects, so that they compare at once.
    """
    recall = recall or Recall()
    session, failure = present_session(workflow), known_failure(workflow)
    return {
        "stage": str(placement.stage),
        "rule": placement.rule,
        "reason": placement.reason,
        "waiting_for": [{"kind": wait.kind, "what": wait.what} for wait in placement.waits],
        "attention": attention_of(workflow, placement),
        "notes": list(placement.notes),
        "mode": workflow.circumstances.mode,
        "issue": recall.of(_issue, workflow.issue),
        "pull_request": recall.of(_pull_request, workflow.pull_request, workflow.pull.mergeable),
        "probable": workflow.probable,
        "leader": workflow.leader,
        "candidates": list(workflow.open_candidates),
        "beside": list(workflow.beside),
        "checks": recall.of(_checks, workflow.checks),
        "approved_by": list(_approvers(workflow)),
        "reviews_ignored": list(_ignored(workflow)),
        "questions": _names(tuple(_questions(workflow))),
        "attempts": _attempts(workflow),
        "session": None if session is None else session_shown(workflow, session),
        "failure": None if failure is None else failure_shown(workflow, failure),
        **_agent(workflow),
        **_of_epics(workflow),
        **_agent_merge(workflow),
    }


def words_of(document: Document) -> str:
    """Return what a search looks through: titles, labels, the reason, who is named; in one case."""
    return "\n".join(_words(document)).casefold()[:_MOST_SEARCHED]


def _words(document: Document) -> Iterator[str]:
    issue, pull = document["issue"], document["pull_request"]
    if issue is not None:
        yield issue["title"]
        yield from issue["labels"]
    if pull is not None:
        yield pull["title"]
    yield document["reason"]
    yield from (wait["what"] for wait in document["waiting_for"])
    yield from (person["login"] for person in document["approved_by"] if person["login"])


def _checks(checks: CheckVerdict) -> Document:
    return {
        "failed": _names(checks.failed),
        "pending": _names(checks.pending),
        "inconclusive": _names(checks.inconclusive),
        "awaiting_approval": _names(checks.awaiting_approval),
        "missing": _names(checks.missing),
        "passed": _names(checks.passed),
        "optional": _names(checks.optional),
    }


def _names(names: tuple[str, ...]) -> list[str]:
    """Return the first names of many: each check that reports makes a version of the page."""
    more = len(names) - _MOST_NAMES
    return [*names[:_MOST_NAMES], f"and {more} more"] if more > 0 else list(names)


def _approvers(workflow: Workflow) -> Iterator[Document]:
    """Yield who approved, by the name under which they last wrote."""
    if not (approved_by := workflow.reviews.approved_by):
        return
    reviews = sorted(workflow.pull.reviews.values(), key=lambda review: review.id)
    logins = {review.author_id: review.author_login for review in reviews if review.author_login}
    for user_id in approved_by:
        yield _person(user_id, logins.get(user_id))


def _ignored(workflow: Workflow) -> Iterator[Document]:
    for each in reversed(workflow.reviews.ignored[-_MOST_IGNORED:]):
        actor = _person(each.review.author_id, each.review.author_login)
        yield {"actor": actor, "state": each.review.state, "why": each.why}


def _person(user_id: int | None, login: str | None) -> Document:
    return {"id": user_id, "login": login}


def _questions(workflow: Workflow) -> Iterator[str]:
    """Yield what GitHub was not asked yet, or did not answer; what it answered is asked daily."""
    return (in_words(each) for each in questions_of(workflow) if not _is_answered(workflow, each))


def _is_answered(workflow: Workflow, question: Question) -> bool:
    match question.kind:
        case "permission":
            return bool(answer_about(question.user_id, workflow.pull, workflow.trust))
        case "failure":
            return known_failure(workflow) is not None
        case "sub_issues":
            return not question.waits
        case "session":  # asked for as long as Copilot works; what it is, is shown
            return True
    return False


def _issue(issue: IssueSeen | None) -> Document | None:
    if issue is None:
        return None
    return {
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "labels": list(issue.labels),
        "created_at": issue.created_at,
    }


def _pull_request(pull: PullRequestSeen | None, answer: MergeableSeen | None) -> Document | None:
    if pull is None:
        return None
    about = answer is not None and answer.is_of(pull.head_sha, pull.base_ref)
    return {
        "number": pull.number,
        "title": pull.title,
        "state": pull.state,
        "draft": pull.draft,
        "merged": pull.merged,
        "head_sha": pull.head_sha,
        "head_ref": pull.head_ref,
        "base_ref": pull.base_ref,
        "author_id": pull.author_id,
        "mergeable": answer.mergeable if answer is not None and about else None,
    }


def _agent(workflow: Workflow) -> Document:
    """Name the agent where it is another than nearly always."""
    return {} if workflow.agent is COPILOT else {"agent": workflow.agent.title}


def _of_epics(workflow: Workflow) -> Document:
    """Say what it is a part of, or consists of, where it is or does."""
    parent = {} if workflow.epic is None else {"parent": workflow.epic}
    return parent | ({"epic": epic_shown(workflow)} if workflow.is_epic else {})


def _agent_merge(workflow: Workflow) -> Document:
    """Say how Agent Merge stands, if anything was told of it, of whatever head, or left to it."""
    on = is_on(workflow)
    rounds = sum(len(heads_left(workflow, mends)) for mends in get_args(Mends))
    if on is None and not rounds:
        return {}
    return {"agent_merge": agent_merge_shown(workflow, on=bool(on), rounds=rounds)}


def _attempts(workflow: Workflow) -> dict[str, int]:
    """Count what counts for the caps: not what was called off, but what another issue's shared."""
    return {kind: len(workflow.asked(kind)) for kind in _ATTEMPTS}
