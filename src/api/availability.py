"""Which commands would be taken now, and the sentence with which the others would be refused.

Nothing is judged here: each command is asked for as if it were given, by the same functions.
"""

from dataclasses import replace
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, JsonValue
from sqlalchemy import Connection

from api.access import Recognised
from api.command_choices import OF_REPOSITORIES, OF_WORKFLOWS, Place, Saying, Sayings
from api.command_target import CommandTarget, met_by, refuse
from api.needs import need_of, require
from api.paging import Id
from api.problems import ApiError
from api.reflecting import Reflected
from api.repositories import REFLECTS
from api.workflows import Number
from events.catalogue import About
from people.caller import Caller
from projections.workflows.queries import list_queue

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["commands"])

_REPOSITORY = "/api/repositories/{repository_id}"
_WORKFLOW = f"{_REPOSITORY}/workflows/{{issue_number}}"
_NOTHING_TO_SAY = "there is nothing here yet that it could be said of"


class CommandChoice(BaseModel):
    """Something to say by a command, and whether it would be taken."""

    says: dict[str, JsonValue] = Field(
        description="the body, but for its reason", examples=[{"mode": "live"}]
    )
    allowed: bool
    why_not: str | None = Field(description="the sentence of the refusal; null: it would be taken")


class CommandStanding(BaseModel):
    """A command, and whether it would be taken now."""

    command: str = Field(description="the end of its path", examples=["retry"])
    allowed: bool = Field(description="whether one of its choices would be taken")
    why_not: str | None = Field(description="the sentence of the refusal; null: it would be taken")
    choices: list[CommandChoice] = Field(
        description="what there is to say by it now, such as each mode; empty for whoever may not "
        "give it, and of one that says nothing but itself"
    )


class CommandStandings(BaseModel):
    """The commands that there are, each with whether it would be taken from whoever asks."""

    items: list[CommandStanding]


@router.get("/commands", operation_id="list_repository_commands")
async def of_repository(
    request: Request, caller: Recognised, reflected: Reflected, repository_id: Id
) -> CommandStandings:
    """Say which commands about a repository would be taken from whoever asks."""
    about = About(repository_id=repository_id)
    place = await _place(caller, reflected, about)
    return _standings(request, caller, place, about, _REPOSITORY, OF_REPOSITORIES)


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
    place = await _place(caller, reflected, about)
    return _standings(request, caller, place, about, _WORKFLOW, OF_WORKFLOWS)


async def _place(caller: Caller, reflected: Reflected, about: About) -> Place:
    """Read what commands would meet; raises ApiError where that is out of reach."""
    met, whose = met_by(uuid4(), about, caller.access), about.repository_id or 0

    def look(connection: Connection) -> tuple[CommandTarget, list[int]]:
        queue = list_queue(connection, caller.access, whose, 2)
        return met(connection), [item.issue.number for item in queue]

    target, queue = await reflected.query(look, *REFLECTS)
    if not target.known:
        raise ApiError(404, "repository_not_found", f"no repository has the id {whose}")
    return Place(replace(target, current=True), about.issue_number or 0, queue)


def _standings(  # noqa: PLR0913 (who, where, of what)
    request: Request, caller: Caller, place: Place, about: About, template: str, commands: Sayings
) -> CommandStandings:
    def standing(name: str) -> CommandStanding:
        try:
            require(caller, need_of("POST", f"{template}/{name}"), request.path_params)
        except ApiError as refusal:
            return CommandStanding(command=name, allowed=False, why_not=str(refusal), choices=[])
        judged = [_judged(place, about, saying) for saying in commands[name](place)]
        refusals = [each.why_not or "" for each in judged] or [_NOTHING_TO_SAY]
        return CommandStanding(
            command=name,
            allowed=not all(refusals),
            why_not=refusals[0] if all(refusals) else None,
            choices=[each for each in judged if each.says],
        )

    return CommandStandings(items=[standing(name) for name in commands])


def _judged(place: Place, about: About, saying: Saying) -> CommandChoice:
    says, content = saying
    try:
        refuse(place.target, content, about)
    except ApiError as refusal:
        return CommandChoice(says=dict(says), allowed=False, why_not=str(refusal))
    return CommandChoice(says=dict(says), allowed=True, why_not=None)
