"""Workflows of all repositories over HTTP: what needs a person, what is stuck, what runs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.access import AskedAgain, Authorised
from api.as_of import AS_OF, Instant
from api.paging import Listing, Next, Total, next_page
from api.problems import unfit
from api.reflecting import Reflected
from api.taking_away import ANSWERS, WINDOW, Read, Windows, form_of, taken_away
from projections.access import Access
from projections.lanes.fold import LANES
from projections.references import Links
from projections.repositories.fold import REPOSITORIES
from projections.windows import Key, Window
from projections.workflows.item import WorkflowItem
from projections.workflows.lists import WorkflowListing, count_across, list_across
from projections.workflows.next_act import NextAct, next_act

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

_REFLECTS = (LANES.name, REPOSITORIES.name)


class WorkflowQuery(Listing, WorkflowListing):
    """The filters of the list, its order, and where it begins."""

    as_of: Instant | None = Field(None, description=AS_OF)


class ListedWorkflow(WorkflowItem):
    """A workflow, and what a person does next about it."""

    next_act: NextAct | None = Field(description="null where no person is waited for")


class ListedWorkflows(BaseModel):
    """A window of the workflows of all repositories."""

    items: list[ListedWorkflow]
    next: Next = None
    total: Total = None


@router.get("", response_model=ListedWorkflows, responses=ANSWERS, operation_id="list_workflows")
async def list_everywhere(
    request: Request,
    access: Authorised,
    ask: AskedAgain,
    reflected: Reflected,
    query: Annotated[WorkflowQuery, Query()],
) -> ListedWorkflows | Response:
    """List workflows of all repositories, by whom they wait for and for how long."""
    if query.as_of is not None and query.q is not None:
        raise unfit("q", "texts are searched as they are now: leave out q or as_of")
    reading = _reading(query, reflected.links)
    if form := form_of(request):
        windows = Windows(reflected, ask, reading, *_REFLECTS, as_of=query.as_of)
        return await taken_away(form, windows, ListedWorkflow)
    window, total = await reflected.query_as_of(
        query.as_of,
        lambda connection, then: (
            _window(connection, access, query, query.limit, reflected.links, then),
            count_across(connection, access, query, then) if query.key is None else None,
        ),
        *_REFLECTS,
    )
    following = window.last and next_page(request, after=":".join(map(str, window.last)))
    return ListedWorkflows(items=list(window.items), next=following, total=total)


def _reading(query: WorkflowQuery, links: Links) -> Read[ListedWorkflow]:
    def read(
        connection: Connection, access: Access, last: Key | None, then: int | None
    ) -> Window[ListedWorkflow]:
        wanted = query.behind(last) if last else query
        return _window(connection, access, wanted, WINDOW, links, then)

    return read


def _window(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    query: WorkflowQuery,
    limit: int,
    links: Links,
    as_of: int | None = None,
) -> Window[ListedWorkflow]:
    found = list_across(connection, access, query, limit, links, as_of)
    return Window([_listed(item) for item in found.items], found.last)


def _listed(item: WorkflowItem) -> ListedWorkflow:
    return ListedWorkflow.model_construct(**vars(item), next_act=next_act(item))
