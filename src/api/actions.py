"""Actions over HTTP: what was decided to be done on GitHub, and what came of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.access import AskedAgain, Authorised
from api.as_of import AS_OF, AsOf, Instant
from api.paging import Listing, Next, Total, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from api.taking_away import ANSWERS, WINDOW, Read, Windows, form_of, taken_away
from projections.access import Access
from projections.actions.fold import ACTIONS
from projections.actions.item import ActionItem
from projections.actions.queries import ActionFilter, count_actions, find_action, list_actions
from projections.lanes.fold import LANES
from projections.references import Links
from projections.repositories.fold import REPOSITORIES
from projections.windows import Key, Window

router = APIRouter(prefix="/api/actions", tags=["actions"])


_REFLECTS = (ACTIONS.name, LANES.name, REPOSITORIES.name)


class ActionQuery(Listing, ActionFilter):
    """The filters of the list; all given ones must match."""

    as_of: Instant | None = Field(None, description=AS_OF)


class ActionList(BaseModel):
    """A page of actions, the newest request first."""

    items: list[ActionItem]
    next: Next = None
    total: Total = None


@router.get("", response_model=ActionList, responses=ANSWERS, operation_id="list_actions")
async def actions(
    request: Request,
    access: Authorised,
    ask: AskedAgain,
    reflected: Reflected,
    query: Annotated[ActionQuery, Query()],
) -> ActionList | Response:
    """List actions, the newest request first, now or as they once were."""
    if form := form_of(request):
        reading = _reading(query, reflected.links)
        windows = Windows(reflected, ask, reading, *_REFLECTS, as_of=query.as_of)
        return await taken_away(form, windows, ActionItem)
    found, total = await reflected.query_as_of(
        query.as_of,
        lambda connection, then: (
            list_actions(connection, access, query, query.limit + 1, reflected.links, then),
            count_actions(connection, access, query, then) if query.before is None else None,
        ),
        *_REFLECTS,
    )
    items = found[: query.limit]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return ActionList(items=items, next=more, total=total)


def _reading(query: ActionQuery, links: Links) -> Read[ActionItem]:
    def read(
        connection: Connection, access: Access, last: Key | None, then: int | None
    ) -> Window[ActionItem]:
        wanted = query.model_copy(update={"before": last[0]}) if last else query
        found = list_actions(connection, access, wanted, WINDOW + 1, links, then)
        return Window(
            found[:WINDOW], (found[WINDOW - 1].position,) if len(found) > WINDOW else None
        )

    return read


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
