"""Actions over HTTP: what was decided to be done on GitHub, and what came of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from aggregates.lane.conduct import Outcome
from api.access import Authorised
from api.paging import Next, Number, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from events.catalogue import ActionKind, ActionMode
from projections.action_pages import ActionFilter, find_action, list_actions
from projections.actions import ACTIONS, Action

router = APIRouter(prefix="/api/actions", tags=["actions"])


class ActionQuery(BaseModel):
    """The filters of the list; all given ones must match."""

    model_config = ConfigDict(extra="forbid")

    repository: Number | None = Field(None, description="GitHub's numeric id")
    issue: Number | None = Field(None, description="an issue's number")
    kind: ActionKind | None = None
    outcome: Outcome | None = Field(None, description="`requested`: nothing came of it yet")
    mode: ActionMode | None = None
    before: Number | None = Field(None, description="only requests before this position")
    limit: int = Field(50, ge=1, le=200)
    min_position: Number | None = Field(None, exclude=True)

    def wanted(self) -> ActionFilter:
        """Return the filter as the projection knows it."""
        return ActionFilter(**self.model_dump(exclude={"limit"}))


class ActionItem(Action):
    """An action, and whom it is about by the names of the filters, too."""

    repository: int | None = Field(description="as `repository_id`")
    issue: int = Field(description="as `issue_number`")
    pull_request: int | None = Field(description="as `pull_request_number`")

    @classmethod
    def of(cls, action: Action) -> "ActionItem":
        """Show an action."""
        return cls(
            **action.model_dump(),
            repository=action.repository_id,
            issue=action.issue_number,
            pull_request=action.pull_request_number,
        )


class ActionList(BaseModel):
    """A page of actions, the newest request first."""

    items: list[ActionItem]
    next: Next = None


@router.get("")
async def actions(
    request: Request,
    scope: Authorised,
    reflected: Reflected,
    query: Annotated[ActionQuery, Query()],
) -> ActionList:
    """List actions, the newest request first."""
    found = await reflected.query(
        lambda connection: list_actions(connection, scope, query.wanted(), query.limit + 1),
        ACTIONS.name,
    )
    items = [ActionItem.of(action) for action in found[: query.limit]]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return ActionList(items=items, next=more)


@router.get("/{action_id}")
async def action(scope: Authorised, reflected: Reflected, action_id: UUID) -> ActionItem:
    """Show one action."""
    found = await reflected.query(
        lambda connection: find_action(connection, scope, action_id), ACTIONS.name
    )
    if found is None:
        raise ApiError(404, "action_not_found", f"no action has the id {action_id}")
    return ActionItem.of(found)
