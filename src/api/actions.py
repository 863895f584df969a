"""Actions over HTTP: what was decided to be done on GitHub, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from aggregates.lane.conduct import Outcome
from api.access import Authorised
from api.paging import Next, Number, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from events.catalogue import ActionKind, ActionMode
from projections.actions.fold import ACTIONS
from projections.actions.model import Action
from projections.actions.queries import ActionFilter, ActionPage, find_action, list_actions
from projections.lanes.fold import LANES

router = APIRouter(prefix="/api/actions", tags=["actions"])


_REFLECTS = (ACTIONS.name, LANES.name)

State: TypeAlias = Literal["requested", "sent", "confirmed", "failed", "cancelled"]


class ActionQuery(BaseModel):
    """The filters of the list; all given ones must match."""

    model_config = ConfigDict(extra="forbid")

    repository: Number | None = Field(None, description="GitHub's numeric id")
    issue: Number | None = Field(None, description="an issue's number")
    kind: ActionKind | None = None
    outcome: Outcome | None = Field(None, description="`requested`: nothing came of it yet")
    mode: ActionMode | None = None
    confirmed: bool | None = Field(
        None, description="whether GitHub's own deliveries have shown its effect"
    )
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
    state: State = Field(
        description="`sent`: GitHub took it; `confirmed`: its own deliveries show the effect"
    )
    confirmed_at: datetime | None
    confirmed_position: int | None = Field(description="the event after which it was known")

    @classmethod
    def of(cls, page: ActionPage) -> "ActionItem":
        """Show an action."""
        action = page.action
        return cls(
            state=_state(page),
            confirmed_at=page.confirmed_at,
            confirmed_position=page.confirmed_position,
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
    access: Authorised,
    reflected: Reflected,
    query: Annotated[ActionQuery, Query()],
) -> ActionList:
    """List actions, the newest request first."""
    found = await reflected.query(
        lambda connection: list_actions(connection, access, query.wanted(), query.limit + 1),
        *_REFLECTS,
    )
    items = [ActionItem.of(page) for page in found[: query.limit]]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return ActionList(items=items, next=more)


@router.get("/{action_id}")
async def action(access: Authorised, reflected: Reflected, action_id: UUID) -> ActionItem:
    """Show one action."""
    found = await reflected.query(
        lambda connection: find_action(connection, access, action_id), *_REFLECTS
    )
    if found is None:
        raise ApiError(404, "action_not_found", f"no action has the id {action_id}")
    return ActionItem.of(found)


def _state(page: ActionPage) -> State:
    if page.action.outcome in ("failed", "cancelled"):
        return "failed" if page.action.outcome == "failed" else "cancelled"
    if page.confirmed_at is not None:
        return "confirmed"
    return "sent" if page.action.outcome == "succeeded" else "requested"
