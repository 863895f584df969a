"""What operators told us, and what they may tell a repository, an installation, or everything."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.access import Authorised
from api.command_bodies import CommandBody, InstallationBody, ModeBody, OrderBody, body_of
from api.command_documents import commanded
from api.commanding import Command, CommandAnswer
from api.paging import Id, Listing, Next, Total, next_page
from api.reflecting import Reflected
from events.catalogue import (
    About,
    InstallationAccepted,
    LanePaused,
    LaneResumed,
    ModeSet,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
)
from projections.commands.fold import COMMANDS
from projections.commands.item import CommandItem
from projections.commands.queries import CommandFilter, count_commands, list_commands
from projections.lanes.fold import LANES
from projections.repositories.fold import REPOSITORIES

router = APIRouter(prefix="/api", tags=["commands"])

_REPOSITORY = "/repositories/{repository_id}"
_INSTALLATION = "/installations/{installation_id}"
_RELEASE, _OUTAGE, _OVER = "a release is under way", "GitHub has an outage", "it is over"

Reasoned: TypeAlias = Annotated[CommandBody, body_of(CommandBody)]
Setting: TypeAlias = Annotated[ModeBody, body_of(ModeBody)]
Belonging: TypeAlias = Annotated[InstallationBody, body_of(InstallationBody)]
Ordering: TypeAlias = Annotated[OrderBody, body_of(OrderBody)]


class CommandQuery(Listing, CommandFilter):
    """The filters of the list; all given ones must match."""


class CommandList(BaseModel):
    """A page of commands, newest first."""

    items: list[CommandItem]
    next: Next = None
    total: Total = None


@router.get("/commands", operation_id="list_commands")
async def commands(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    query: Annotated[CommandQuery, Query()],
) -> CommandList:
    """List operators' commands, newest first."""
    found, total = await reflected.query(
        lambda connection: (
            list_commands(connection, access, query, query.limit + 1, reflected.links),
            count_commands(connection, access, query) if query.before is None else None,
        ),
        COMMANDS.name,
        LANES.name,
        REPOSITORIES.name,
    )
    items = found[: query.limit]
    more = next_page(request, before=items[-1].position) if len(found) > query.limit else None
    return CommandList(items=items, next=more, total=total)


@router.post(f"{_REPOSITORY}/pause", **commanded(CommandBody, reason=_RELEASE))
async def pause_repository(command: Command, repository_id: Id, body: Reasoned) -> CommandAnswer:
    """Decide nothing for a repository until it is resumed."""
    return await command.give(LanePaused(reason=body.reason), About(repository_id=repository_id))


@router.post(f"{_REPOSITORY}/resume", **commanded(CommandBody, reason=_OVER))
async def resume_repository(command: Command, repository_id: Id, body: Reasoned) -> CommandAnswer:
    """Go on with a repository."""
    return await command.give(LaneResumed(reason=body.reason), About(repository_id=repository_id))


@router.post(f"{_REPOSITORY}/mode", **commanded(ModeBody, mode="live", reason="it went well"))
async def set_mode(command: Command, repository_id: Id, body: Setting) -> CommandAnswer:
    """Set a repository's mode, whatever its policy says; null: as its policy says."""
    content = ModeSet(mode=body.mode, reason=body.reason)
    return await command.give(content, About(repository_id=repository_id))


@router.post(
    f"{_REPOSITORY}/installation",
    **commanded(
        InstallationBody, installation_id=42, owner="octo-org", reason="it was transferred"
    ),
)
async def accept_installation(
    command: Command, repository_id: Id, body: Belonging
) -> CommandAnswer:
    """Say whose a repository is, where deliveries say two things; settles what they claimed."""
    content = InstallationAccepted(
        installation_id=body.installation_id, owner=body.owner, reason=body.reason
    )
    about = About(repository_id=repository_id, installation_id=body.installation_id)
    return await command.give(content, about)


@router.post(
    f"{_REPOSITORY}/queue/order", **commanded(OrderBody, order=[19, 17], reason="it is urgent")
)
async def reorder_queue(command: Command, repository_id: Id, body: Ordering) -> CommandAnswer:
    """Put issues first in a repository's queue, in this order; none: as its policy orders them."""
    content = QueueReordered(order=body.order, reason=body.reason)
    return await command.give(content, About(repository_id=repository_id))


@router.post(f"{_INSTALLATION}/pause", **commanded(CommandBody, reason=_RELEASE))
async def pause_installation(
    command: Command, installation_id: Id, body: Reasoned
) -> CommandAnswer:
    """Decide nothing for an installation's repositories until it is resumed."""
    about = About(installation_id=installation_id)
    return await command.give(ScopePaused(reason=body.reason), about)


@router.post(f"{_INSTALLATION}/resume", **commanded(CommandBody, reason=_OVER))
async def resume_installation(
    command: Command, installation_id: Id, body: Reasoned
) -> CommandAnswer:
    """Go on with an installation; what else is paused stays so."""
    about = About(installation_id=installation_id)
    return await command.give(ScopeResumed(reason=body.reason), about)


@router.post("/pause", **commanded(CommandBody, reason=_OUTAGE))
async def pause_everything(command: Command, body: Reasoned) -> CommandAnswer:
    """Decide nothing anywhere until everything is resumed."""
    return await command.give(ScopePaused(reason=body.reason), About())


@router.post("/resume", **commanded(CommandBody, reason=_OVER))
async def resume_everything(command: Command, body: Reasoned) -> CommandAnswer:
    """Go on with everything; what else is paused stays so."""
    return await command.give(ScopeResumed(reason=body.reason), About())
