"""What a page shows of a workflow: built by the fold, stored as JSON, answered as it is."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel, Field

from aggregates.stages import Placement
from aggregates.workflow import Workflow
from events.catalogue import ActionKind
from events.github import IssueSeen, PullRequestSeen
from projections.engine.projection import built

_CHECKS = (
    "failed",
    "pending",
    "inconclusive",
    "awaiting_approval",
    "missing",
    "passed",
    "optional",
)
_MOST_CHECKS = 100  # of which the names are shown, of each kind
_ATTEMPTS: tuple[ActionKind, ...] = ("ask_to_fix_ci", "ask_to_address_review")


class Waiting(BaseModel):
    """What a workflow waits for."""

    kind: str = Field(examples=["reviewer"])
    what: str = Field(examples=["user 1024"])


class IssueSummary(BaseModel):
    """The issue, as GitHub was last seen to describe it."""

    number: int
    title: str
    state: str
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


# No SQLModel: it is a value within a row and no row itself, and pydantic reads it faster.
class WorkflowDocument(BaseModel):
    """A workflow as it is: its stage and why, and all that the stage hangs on."""

    stage: str = Field(examples=["ci_failed"])
    rule: str = Field(description="the rule of docs/stages.md that holds")
    reason: str = Field(description="one sentence: why it is here")
    waiting_for: list[Waiting]
    notes: list[str] = Field(description="what else holds, such as a pause")
    mode: str
    issue: IssueSummary | None
    pull_request: PullRequestSummary | None
    candidates: list[int] = Field(description="open pull requests that claim the issue")
    checks: dict[str, list[str]] = Field(
        description="names of checks on the head, by how they are; optional ones ask for nothing"
    )
    approved_by: list[int] = Field(description="ids of those whose approval counts")
    attempts: dict[str, int] = Field(description="how often Copilot was asked, by kind")


def document_of(workflow: Workflow, placement: Placement) -> WorkflowDocument:
    """Return a workflow as it is now, built without validation since every event does so."""
    waits = [{"kind": wait.kind, "what": wait.what} for wait in placement.waits]
    return built(
        WorkflowDocument,
        {
            "stage": str(placement.stage),
            "rule": placement.rule,
            "reason": placement.reason,
            "waiting_for": [built(Waiting, wait) for wait in waits],
            "notes": list(placement.notes),
            "mode": workflow.circumstances.mode,
            "issue": _issue(workflow.issue),
            "pull_request": _pull_request(workflow.pull_request),
            "candidates": list(workflow.open_candidates),
            "checks": {name: _names(getattr(workflow.checks, name)) for name in _CHECKS},
            "approved_by": list(workflow.reviews.approved_by),
            "attempts": dict(_attempts(workflow)),
        },
    )


def _names(names: tuple[str, ...]) -> list[str]:
    """Return the first names of many: each check that reports makes a version of the page."""
    more = len(names) - _MOST_CHECKS
    return [*names[:_MOST_CHECKS], f"and {more} more"] if more > 0 else list(names)


def _issue(issue: IssueSeen | None) -> IssueSummary | None:
    if issue is None:
        return None
    return built(
        IssueSummary,
        {
            "number": issue.number,
            "title": issue.title,
            "state": issue.state,
            "state_reason": issue.state_reason,
            "labels": list(issue.labels),
            "created_at": issue.created_at,
        },
    )


def _pull_request(pull: PullRequestSeen | None) -> PullRequestSummary | None:
    if pull is None:
        return None
    return built(
        PullRequestSummary,
        {
            "number": pull.number,
            "title": pull.title,
            "state": pull.state,
            "draft": pull.draft,
            "merged": pull.merged,
            "head_sha": pull.head_sha,
            "head_ref": pull.head_ref,
            "base_ref": pull.base_ref,
            "author_id": pull.author_id,
        },
    )


def _attempts(workflow: Workflow) -> Iterator[tuple[str, int]]:
    mode = workflow.circumstances.mode
    kinds = [each.kind for each in workflow.handling.asked if each.mode == mode]
    for kind in _ATTEMPTS:
        yield kind, kinds.count(kind)
