"""A workflow as it is shown: what its document says, and where people see what it is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from aggregates.stages import Stage
from events.github.agents import agent_of
from projections.engine.projection import built
from projections.references import IssueRef, Links, Person, PullRequestRef, RepositoryRef
from projections.workflows.document import (
    ActiveWorkflow,
    IssueSummary,
    PullRequestSummary,
    Waiting,
    WorkflowDocument,
    WorkflowState,
)
from projections.workflows.epics import EpicSummary


class IssueItem(IssueRef):
    """An issue as GitHub was last seen to describe it; without a state it was never seen."""

    state: str | None = Field(examples=["open"])
    state_reason: str | None = Field(examples=["completed"])
    labels: list[str]
    created_at: datetime | None


class PullRequestItem(PullRequestRef):
    """A pull request as GitHub was last seen to describe it."""

    state: str = Field(examples=["open"])
    draft: bool | None
    merged: bool
    head_sha: str
    head_ref: str
    base_ref: str
    mergeable: bool | None = Field(
        description="`false`: the head conflicts with its base, as GitHub last said of this head; "
        "null: it did not say"
    )
    author: Person = Field(description="of others than Copilot the id alone is known")


class SubIssueItem(IssueRef):
    """A part of an epic; of another repository's neither title nor place is told."""

    repository: RepositoryRef
    finished: bool = Field(description="it is closed, or gone")


class EpicItem(BaseModel):
    """An issue whose open sub-issues are queued in its place (`queue.epics`)."""

    total: int = Field(examples=[5])
    finished: int = Field(examples=[2])
    sub_issues: list[SubIssueItem] = Field(description="those that we may see, in their order")


class WorkflowSubject(BaseModel):
    """What a workflow is about."""

    repository: RepositoryRef
    issue: IssueItem
    pull_request: PullRequestItem | None = Field(description="the one that works on the issue")
    epic: EpicItem | None = Field(
        default=None, description="how far it is, where the issue is an epic"
    )


class WorkflowItem(WorkflowState, WorkflowSubject):
    """One issue's way through its repository's lane."""

    since: datetime = Field(description="when it came to its stage")
    since_position: int = Field(description="the event that brought it there")
    position: int = Field(description="the event that last changed anything shown here")


def item_of(
    row: Mapping[Any, Any], since: datetime, since_position: int, links: Links
) -> WorkflowItem:
    """Show a row of a workflow, as it is or was, with its repository's name."""
    document = WorkflowDocument.model_validate_json(row["document"])
    name = row["full_name"]
    return built(
        WorkflowItem,
        vars(document)
        | {
            "repository": links.repository(row["repository_id"], name),
            "issue": _issue(links.issue(name, row["issue_number"], None), document.issue),
            "pull_request": _pull_request(document.pull_request, name, links),
            "epic": _epic(document.epic, row["repository_id"], name, links),
            "since": since,
            "since_position": since_position,
            "position": row["position"],
        },
    )


def _issue(named: IssueRef, told: IssueSummary | None) -> IssueItem:
    return built(IssueItem, vars(named) | (vars(told) if told else _NEVER_SEEN))


_NEVER_SEEN: dict[str, object] = {
    "state": None,
    "state_reason": None,
    "labels": [],
    "created_at": None,
}


def _pull_request(
    told: PullRequestSummary | None, full_name: str | None, links: Links
) -> PullRequestItem | None:
    if told is None:
        return None
    named = links.pull_request(full_name, told.number, told.title)
    agent = agent_of(told.author_id)
    author = built(Person, {"id": told.author_id, "login": agent.title if agent else None})
    values = {**vars(told), **vars(named), "author": author}
    del values["author_id"]
    return built(PullRequestItem, values)


def _epic(
    told: EpicSummary | None, repository_id: int, full_name: str | None, links: Links
) -> EpicItem | None:
    if told is None:
        return None
    parts = []
    for each in told.sub_issues:
        name = full_name if each.repository_id == repository_id else None
        named = vars(links.issue(name, each.number, each.title))
        home = links.repository(each.repository_id, name)
        part = {**named, "repository": home, "finished": each.finished}
        parts.append(built(SubIssueItem, part))
    return built(EpicItem, {"total": told.total, "finished": told.finished, "sub_issues": parts})


class _Titled(BaseModel):
    number: int
    title: str


class _UnderWay(BaseModel):
    """What a line tells of a document; to skip the rest takes half the time of reading it."""

    stage: Stage
    reason: str
    waiting_for: list[Waiting]
    issue: _Titled | None
    pull_request: _Titled | None


def under_way_of(row: Mapping[Any, Any], full_name: str, links: Links) -> ActiveWorkflow:
    """Show a row of a workflow as a line of its repository."""
    told = _UnderWay.model_validate_json(row["document"])
    title, pull = told.issue.title if told.issue else None, told.pull_request
    return built(
        ActiveWorkflow,
        {
            "issue": links.issue(full_name, row["issue_number"], title),
            "pull_request": pull and links.pull_request(full_name, pull.number, pull.title),
            "stage": told.stage,
            "reason": told.reason,
            "since": row["since"],
            "waiting_for": told.waiting_for,
        },
    )
