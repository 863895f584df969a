"""Commands over HTTP: what operators told us, and whether it changed anything."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.access import Authorised
from api.paging import Listing, Next, next_page
from api.reflecting import Reflected
from projections.commands.fold import COMMANDS
from projections.commands.model import CommandItem
from projections.commands.queries import CommandFilter, list_commands
from projections.lanes.fold import LANES

router = APIRouter(prefix="/api/commands", tags=["commands"])


class CommandQuery(Listing, CommandFilter):
    """The filters of the list; all given ones must match."""


class CommandList(BaseModel):
    """A page of commands, newest first."""

    items: list[CommandItem]
    next: Next = None


@router.get("")
async def commands(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    query: Annotated[CommandQuery, Query()],
) -> CommandList:
    """List operators' commands, newest first."""
    found = await reflected.query(
        lambda connection: list_commands(connection, access, query, query.limit + 1),
        COMMANDS.name,
        LANES.name,
    )
    items = found[: query.limit]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return CommandList(items=items, next=more)
