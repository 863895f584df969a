"""Workflows over HTTP: what each issue's state is, why, and what it waits for."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import AfterId, Id, Limit, Next, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from events.read import position_before
from events.table import MAX_INTEGER
from projections.access import Access
from projections.lanes.fold import LANES
from projections.workflows.queries import (
    StageChange,
    WorkflowPage,
    find_workflow,
    list_queue,
    list_workflows,
    timeline,
)

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["workflows"])

Moment = Annotated[int, Field(ge=0, le=MAX_INTEGER)] | AwareDatetime
AsOf = Annotated[
    Moment | None,
    Query(description="a log position or an RFC 3339 time: the workflow as it then stood"),
]
Number = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="an issue's number")]


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


class WorkflowItem(BaseModel):
    """One issue's way through its repository's lane."""

    repository_id: int
    issue_number: int
    stage: str = Field(examples=["ci_failed"])
    rule: str = Field(description="the rule of docs/stages.md that holds")
    reason: str = Field(description="one sentence: why it is here")
    waiting_for: list[Waiting]
    notes: list[str] = Field(description="what else holds, such as a pause")
    mode: str
    issue: IssueSummary | None
    pull_request: PullRequestSummary | None
    candidates: list[int] = Field(description="open pull requests that claim the issue")
    checks: dict[str, list[str]] = Field(description="names of checks on the head, by how they are")
    approved_by: list[int] = Field(description="ids of those whose approval counts")
    attempts: dict[str, int] = Field(description="how often Copilot was asked, by kind")
    since: datetime = Field(description="when it came to its stage")
    since_position: int = Field(description="the event that brought it there")
    position: int = Field(description="the event that last changed anything shown here")

    @classmethod
    def of(cls, page: WorkflowPage) -> "WorkflowItem":
        """Show a workflow."""
        return cls.model_validate({**page.document, **_facts(page)})


class StageItem(BaseModel):
    """A stage that it came to; null when it was no workflow any more."""

    stage: str | None
    reason: str | None
    position: int = Field(description="the event that brought it there")
    at: datetime


class WorkflowDetail(WorkflowItem):
    """A workflow with the way that it took."""

    timeline: list[StageItem] = Field(description="oldest first")


class WorkflowList(BaseModel):
    """A page of workflows, by issue number."""

    items: list[WorkflowItem]
    next: Next = None


class Queue(BaseModel):
    """The issues that wait, in the order in which they will start."""

    items: list[WorkflowItem]


@router.get("/workflows")
async def workflows(  # noqa: PLR0913 (each is a parameter of the request)
    request: Request,
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    after: AfterId = 0,
    limit: Limit = 50,
) -> WorkflowList:
    """List a repository's workflows by issue number."""
    found = await reflected.query(
        lambda connection: list_workflows(connection, access, repository_id, after, limit + 1),
        LANES.name,
    )
    items = [WorkflowItem.of(page) for page in found[:limit]]
    more = next_page(request, after=items[-1].issue_number) if len(found) > limit else None
    return WorkflowList(items=items, next=more)


@router.get("/queue")
async def queue(
    access: Authorised, reflected: Reflected, repository_id: Id, limit: Limit = 200
) -> Queue:
    """List the issues that wait, in the order in which they will start."""
    found = await reflected.query(
        lambda connection: list_queue(connection, access, repository_id, limit), LANES.name
    )
    return Queue(items=[WorkflowItem.of(page) for page in found])


@router.get("/workflows/{issue_number}")
async def workflow(
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    issue_number: Number,
    as_of: AsOf = None,
) -> WorkflowDetail:
    """Show one workflow with its timeline, now or as it once stood."""
    found = await reflected.query(
        lambda connection: _look(connection, access, (repository_id, issue_number), as_of),
        LANES.name,
    )
    if found is None:
        raise ApiError(404, "workflow_not_found", f"issue {issue_number} is no workflow here")
    page, changes = found
    shown = [StageItem(**_change(change)) for change in changes]
    return WorkflowDetail.model_validate(
        {**page.document, **_facts(page), "timeline": shown}, from_attributes=True
    )


def _look(
    connection: Connection, access: Access, which: tuple[int, int], as_of: int | datetime | None
) -> tuple[WorkflowPage, list[StageChange]] | None:
    position = _position(connection, as_of)
    page = find_workflow(connection, access, *which, position)
    return None if page is None else (page, timeline(connection, access, *which, position))


def _position(connection: Connection, as_of: int | datetime | None) -> int:
    if as_of is None:
        return MAX_INTEGER
    return as_of if isinstance(as_of, int) else position_before(connection, as_of)


def _facts(page: WorkflowPage) -> dict[str, object]:
    names = ("repository_id", "issue_number", "since", "since_position", "position")
    return {name: getattr(page, name) for name in names}


def _change(change: StageChange) -> dict[str, object]:
    names = ("stage", "reason", "position", "at")
    return {name: getattr(change, name) for name in names}
