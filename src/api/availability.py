"""Which commands would be taken now, and the sentence with which the others would be refused.

Nothing is judged here: each command is asked for as if it were given, by the same functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.access import Recognised
from api.command_target import met_by, refuse
from api.needs import need_of, require
from api.paging import Id
from api.problems import ApiError
from api.reflecting import Reflected
from api.repositories import REFLECTS
from api.workflows import Number
from events.catalogue import (
    About,
    LanePaused,
    LaneResumed,
    OperatorCommand,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from people.caller import Caller

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["commands"])

_REPOSITORY = "/api/repositories/{repository_id}"
_WORKFLOW = f"{_REPOSITORY}/workflows/{{issue_number}}"
# None: what it would change depends on what it says, so only who may is asked here.
_Example: TypeAlias = Callable[[int], OperatorCommand] | None
_OF_REPOSITORIES: Mapping[str, _Example] = {
    "pause": lambda _: LanePaused(),
    "resume": lambda _: LaneResumed(),
    "mode": None,
    "queue/order": None,
    "installation": None,
}
_OF_WORKFLOWS: Mapping[str, _Example] = {
    "enqueue": lambda number: WorkflowEnqueued(issue_number=number),
    "skip": lambda number: WorkflowSkipped(issue_number=number),
    "retry": lambda number: WorkflowRetried(issue_number=number),
    "take-over": lambda number: WorkflowTakenOver(issue_number=number),
    "release": lambda number: WorkflowReleased(issue_number=number),
    "link": None,
}


class CommandStanding(BaseModel):
    """A command, and whether it would be taken now."""

    command: str = Field(description="the end of its path", examples=["retry"])
    allowed: bool
    why_not: str | None = Field(description="the sentence of the refusal; null: it would be taken")


class CommandStandings(BaseModel):
    """The commands that there are, each with whether it would be taken from whoever asks."""

    items: list[CommandStanding]


@router.get("/commands", operation_id="list_repository_commands")
async def of_repository(
    request: Request, caller: Recognised, reflected: Reflected, repository_id: Id
) -> CommandStandings:
    """Say which commands about a repository would be taken from whoever asks."""
    about = About(repository_id=repository_id)
    return await _standings(request, caller, reflected, about, _REPOSITORY, _OF_REPOSITORIES)


@router.get("/workflows/{issue_number}/commands", operation_id="list_workflow_commands")
async def of_workflow(
    request: Request,
    caller: Recognised,
    reflected: Reflected,
    repository_id: Id,
    issue_number: Number,
) -> CommandStandings:
    """Say which commands about an issue would be taken from whoever asks."""
    about = About(repository_id=repository_id, issue_number=issue_number)
    return await _standings(request, caller, reflected, about, _WORKFLOW, _OF_WORKFLOWS)


async def _standings(  # noqa: PLR0913 (whose, where, of what)
    request: Request,
    caller: Caller,
    reflected: Reflected,
    about: About,
    template: str,
    commands: Mapping[str, _Example],
) -> CommandStandings:
    met = await reflected.query(met_by(uuid4(), about, caller.access), *REFLECTS)
    target = replace(met, current=True)
    if not target.known:
        detail = f"no repository has the id {about.repository_id}"
        raise ApiError(404, "repository_not_found", detail)

    def standing(name: str, example: _Example) -> CommandStanding:
        try:
            require(caller, need_of("POST", f"{template}/{name}"), request.path_params)
            if example is not None:
                refuse(target, example(about.issue_number or 0), about)
        except ApiError as refusal:
            return CommandStanding(command=name, allowed=False, why_not=str(refusal))
        return CommandStanding(command=name, allowed=True, why_not=None)

    return CommandStandings(items=[standing(*each) for each in commands.items()])
