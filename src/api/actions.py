"""Actions over HTTP: what was decided to be done on GitHub, and what came of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.access import Authorised
from api.as_of import AS_OF, AsOf, Instant
from api.paging import Listing, Next, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from projections.actions.fold import ACTIONS
from projections.actions.item import ActionItem
from projections.actions.queries import ActionFilter, find_action, list_actions
from projections.lanes.fold import LANES
from projections.repositories.fold import REPOSITORIES

router = APIRouter(prefix="/api/actions", tags=["actions"])


_REFLECTS = (ACTIONS.name, LANES.name, REPOSITORIES.name)


class ActionQuery(Listing, ActionFilter):
    """The filters of the list; all given ones must match."""

    as_of: Instant | None = Field(None, description=AS_OF)


class ActionList(BaseModel):
    """A page of actions, the newest request first."""

    items: list[ActionItem]
    next: Next = None


@router.get("", operation_id="list_actions")
async def actions(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    query: Annotated[ActionQuery, Query()],
) -> ActionList:
    """List actions, the newest request first, now or as they once were."""
    found = await reflected.query_as_of(
        query.as_of,
        lambda connection, then: list_actions(
            connection, access, query, query.limit + 1, reflected.links, then
        ),
        *_REFLECTS,
    )
    items = found[: query.limit]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return ActionList(items=items, next=more)


@router.get("/{action_id}", operation_id="show_action")
async def action(
    access: Authorised, reflected: Reflected, action_id: UUID, as_of: AsOf = None
) -> ActionItem:
    """Show one action, now or as it once was."""
    found = await reflected.query_as_of(
        as_of,
        lambda connection, then: find_action(connection, access, action_id, reflected.links, then),
        *_REFLECTS,
    )
    if found is None:
        raise ApiError(404, "action_not_found", f"no action has the id {action_id}")
    return found
