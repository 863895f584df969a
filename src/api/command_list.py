"""Commands over HTTP: what operators told us, and whether it changed anything."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.access import Authorised
from api.paging import Next, Number, next_page
from api.reflecting import Reflected
from projections.commands.fold import COMMANDS
from projections.commands.model import Command
from projections.commands.queries import CommandFilter, CommandPage, list_commands
from projections.lanes.fold import LANES

router = APIRouter(prefix="/api/commands", tags=["commands"])

Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


class CommandQuery(BaseModel):
    """The filters of the list; all given ones must match."""

    model_config = ConfigDict(extra="forbid")

    repository: Number | None = Field(None, description="GitHub's numeric id")
    issue: Number | None = Field(None, description="an issue's number")
    command: Name | None = Field(None, description="such as `lane.paused`")
    applied: bool | None = Field(None, description="`false`: what changed nothing")
    before: Number | None = Field(None, description="only positions before this one")
    limit: int = Field(50, ge=1, le=200)
    min_position: Number | None = Field(None, exclude=True)

    def wanted(self) -> CommandFilter:
        """Return the filter as the projection knows it."""
        return CommandFilter(**self.model_dump(exclude={"limit"}))


class CommandItem(Command):
    """A command, and whether it changed anything."""

    applied: bool = Field(
        description="false: when it was folded it no longer applied, so it was ignored"
    )

    @classmethod
    def of(cls, page: CommandPage) -> "CommandItem":
        """Show a command."""
        return cls(**page.command.model_dump(), applied=page.applied)


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
        lambda connection: list_commands(connection, access, query.wanted(), query.limit + 1),
        COMMANDS.name,
        LANES.name,
    )
    items = [CommandItem.of(page) for page in found[: query.limit]]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return CommandList(items=items, next=more)
