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
from projections.references import Links
from projections.repositories.fold import REPOSITORIES
from projections.repositories.queries import find_repository
from projections.workflows.item import WorkflowItem
from projections.workflows.model import StageItem
from projections.workflows.queries import (
    find_workflow,
    list_queue,
    list_workflows,
    timeline,
)

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["workflows"])

_REFLECTS = (LANES.name, REPOSITORIES.name)

Moment = Annotated[int, Field(ge=0, le=MAX_INTEGER)] | AwareDatetime
AsOf = Annotated[
    Moment | None,
    Query(description="a log position or an RFC 3339 time: the workflow as it then stood"),
]
Number = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="an issue's number")]


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


@router.get("/workflows", operation_id="list_repository_workflows")
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
        lambda connection: _known(
            connection,
            access,
            repository_id,
            list_workflows(connection, access, repository_id, after, limit + 1, reflected.links),
        ),
        *_REFLECTS,
    )
    items = found[:limit]
    more = next_page(request, after=items[-1].issue.number) if len(found) > limit else None
    return WorkflowList(items=items, next=more)


@router.get("/queue", operation_id="list_queue")
async def queue(
    access: Authorised, reflected: Reflected, repository_id: Id, limit: Limit = 200
) -> Queue:
    """List the issues that wait, in the order in which they will start."""
    found = await reflected.query(
        lambda connection: _known(
            connection,
            access,
            repository_id,
            list_queue(connection, access, repository_id, limit, reflected.links),
        ),
        *_REFLECTS,
    )
    return Queue(items=found)


@router.get("/workflows/{issue_number}", operation_id="show_workflow")
async def workflow(
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    issue_number: Number,
    as_of: AsOf = None,
) -> WorkflowDetail:
    """Show one workflow with its timeline, now or as it once stood."""
    found = await reflected.query(
        lambda connection: _look(
            connection, access, (repository_id, issue_number), as_of, reflected.links
        ),
        *_REFLECTS,
    )
    if found is None:
        raise ApiError(404, "workflow_not_found", f"issue {issue_number} is no workflow here")
    item, changes = found
    return WorkflowDetail(**dict(item), timeline=changes)


def _known(
    connection: Connection, access: Access, repository_id: int, found: list[WorkflowItem]
) -> list[WorkflowItem]:
    """Return a list, which is empty of what there is and not of what nobody knows."""
    if not found and find_repository(connection, access, repository_id) is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    return found


def _look(
    connection: Connection,
    access: Access,
    which: tuple[int, int],
    as_of: int | datetime | None,
    links: Links,
) -> tuple[WorkflowItem, list[StageItem]] | None:
    position = _position(connection, as_of)
    item = find_workflow(connection, access, *which, position, links)
    return None if item is None else (item, timeline(connection, access, *which, position))


def _position(connection: Connection, as_of: int | datetime | None) -> int:
    if as_of is None:
        return MAX_INTEGER
    return as_of if isinstance(as_of, int) else position_before(connection, as_of)
