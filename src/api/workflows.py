"""Workflows over HTTP: what each issue's state is, why, and what it waits for."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.as_of import AsOf
from api.costs import CostsLook
from api.paging import AfterId, Id, Limit, Next, Total, page_of
from api.problems import ApiError
from api.reflecting import Reflected
from api.repositories import REFLECTS
from events.table import MAX_INTEGER
from projections.access import Access
from projections.costs.fold import COSTS
from projections.costs.item import CostsBelowCeilings
from projections.lanes.fold import LANES
from projections.repositories.fold import REPOSITORIES
from projections.repositories.queries import find_repository
from projections.workflows.item import WorkflowItem
from projections.workflows.model import StageItem
from projections.workflows.queries import (
    count_workflows,
    find_workflow,
    list_queue,
    list_workflows,
    timeline,
)

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["workflows"])

_Counted: TypeAlias = tuple[list[WorkflowItem], int | None]

Number = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="an issue's number")]


class WorkflowDetail(WorkflowItem):
    """A workflow with the way that it took, and what that cost."""

    timeline: list[StageItem] = Field(description="oldest first")
    costs: CostsBelowCeilings | None = Field(
        description="of all time; null until the read model is first built"
    )


class WorkflowList(BaseModel):
    """A page of workflows, by issue number."""

    items: list[WorkflowItem]
    next: Next = None
    total: Total = None


class Queue(BaseModel):
    """The issues that wait, in the order in which they will start."""

    items: list[WorkflowItem]
    total: Total = None


@router.get("/workflows", operation_id="list_repository_workflows")
async def workflows(  # noqa: PLR0913 (each is a parameter of the request)
    request: Request,
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    after: AfterId = 0,
    limit: Limit = 50,
    as_of: AsOf = None,
) -> WorkflowList:
    """List a repository's workflows by issue number, now or as they once stood."""

    def listed(connection: Connection, then: int | None) -> _Counted:
        which = (repository_id, after, limit + 1)
        found = list_workflows(connection, access, *which, reflected.links, then)
        total = None if after else count_workflows(connection, access, repository_id, then)
        return _known(connection, access, repository_id, found, then), total

    found, total = await reflected.query_as_of(as_of, listed, *REFLECTS)
    items, more = page_of(request, found, limit, lambda each: each.issue.number)
    return WorkflowList(items=items, next=more, total=total)


@router.get("/queue", operation_id="list_queue")
async def queue(
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    limit: Limit = 200,
    as_of: AsOf = None,
) -> Queue:
    """List the issues that wait, in the order in which they will start, now or as it once was."""

    def waiting(connection: Connection, then: int | None) -> _Counted:
        found = list_queue(connection, access, repository_id, limit, reflected.links, then)
        total = count_workflows(connection, access, repository_id, then, queued=True)
        return _known(connection, access, repository_id, found, then), total

    items, total = await reflected.query_as_of(as_of, waiting, *REFLECTS)
    return Queue(items=items, total=total)


@router.get("/workflows/{issue_number}", operation_id="show_workflow")
async def workflow(
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    issue_number: Number,
    as_of: AsOf = None,
) -> WorkflowDetail:
    """Show one workflow with its timeline, now or as it once stood."""
    which = (repository_id, issue_number)

    def shown(connection: Connection, then: int | None) -> WorkflowDetail | None:
        position = MAX_INTEGER if then is None else then
        item = find_workflow(connection, access, *which, position, reflected.links)
        if item is None:
            return None
        changes = timeline(connection, access, *which, position)
        look = CostsLook(connection, access, reflected, then)
        left = item.agent_merge.rounds if item.agent_merge is not None else 0
        costs = look.of_issue(*which, asked=sum(vars(item.attempts).values()) + left)
        return WorkflowDetail(**dict(item), timeline=changes, costs=costs)

    names = (LANES.name, REPOSITORIES.name)
    found = await reflected.query_as_of(as_of, shown, *names, once_built=(COSTS.name,))
    if found is None:
        raise ApiError(404, "workflow_not_found", f"issue {issue_number} is no workflow here")
    return found


def _known(
    connection: Connection,
    access: Access,
    repository_id: int,
    found: list[WorkflowItem],
    as_of: int | None,
) -> list[WorkflowItem]:
    """Return a list, which is empty of what there is and not of what nobody knows."""
    known = found or find_repository(connection, access, repository_id, as_of=as_of)
    if not known:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    return found
