"""Who one is here, and one's own sessions."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.access import Recognised
from api.people import People
from api.problems import ApiError
from people import sessions
from people.caller import Caller
from people.roles import RoleWord
from projections.references import Links, Person, RepositoryRef

router = APIRouter(prefix="/api", tags=["people"])


class RepositoryRole(RepositoryRef):
    """A repository that somebody reaches, and what they may do there."""

    role: RoleWord


class Me(BaseModel):
    """Who asks, by which means, and what they may do."""

    actor: Person | None = Field(description="null for whoever has the admin token")
    means: Literal["admin_token", "session", "api_token"]
    is_administrator: bool
    repositories: list[RepositoryRole] = Field(
        description="those one reaches, by name; for an administrator none are listed: all are"
    )
    owned_installations: list[int]
    role_at_most: RoleWord = Field(description="what an API token narrows it to")
    only_repositories: list[RepositoryRef] | None = Field(
        description="the repositories that an API token names; null: it names none"
    )


class SessionItem(BaseModel):
    """A session of one's own."""

    id: UUID
    agent: str = Field(description="how its browser names itself")
    began_at: datetime
    used_at: datetime
    ends_at: datetime
    is_this: bool


class SessionList(BaseModel):
    """One's own sessions, the newest first."""

    items: list[SessionItem]


@router.get("/me", operation_id="show_me")
async def me(request: Request, caller: Recognised) -> Me:
    """Say who one is here."""
    links: Links = request.app.state.services.links
    held = caller.reach.repositories if caller.reach else {}
    names = {each: links.repository(each, right.full_name) for each, right in held.items()}
    shown = [
        RepositoryRole(**dict(named), role=caller.role_in(each).word)
        for each, named in names.items()
        if caller.access.allows(each, None)
    ]
    only = None if caller.only is None else sorted(caller.only)
    return Me(
        actor=None if caller.user_id is None else Person(id=caller.user_id, login=caller.login),
        means=caller.means,
        is_administrator=caller.is_administrator,
        repositories=sorted(shown, key=lambda each: each.full_name.lower()),
        owned_installations=sorted(caller.access.installations),
        role_at_most=caller.most.word,
        only_repositories=None
        if only is None
        else [names.get(each) or links.repository(each, None) for each in only],
    )


@router.get("/sessions")
async def list_sessions(request: Request, caller: Recognised) -> SessionList:
    """List one's own sessions."""
    services = request.app.state.services
    found = await services.store.read(
        lambda c: sessions.of_person(c, caller.user_id, services.clock())
    )
    items = [
        SessionItem(
            id=each.id,
            agent=each.agent,
            began_at=each.began_at,
            used_at=each.used_at,
            ends_at=each.ends_at,
            is_this=each.id == caller.id,
        )
        for each in found
    ]
    return SessionList(items=items)


@router.delete("/sessions", status_code=204, response_class=Response)
async def end_all_sessions(request: Request, caller: Recognised) -> None:
    """Sign out everywhere, here too."""
    listed = await list_sessions(request, caller)
    await _end(request, caller, [each.id for each in listed.items])


@router.delete("/sessions/{session_id}", status_code=204, response_class=Response)
async def end_session(request: Request, caller: Recognised, session_id: UUID) -> None:
    """End one of one's own sessions."""
    listed = await list_sessions(request, caller)
    if session_id not in {each.id for each in listed.items}:
        raise ApiError(404, "session_not_found", f"you have no session {session_id}")
    await _end(request, caller, [session_id])


async def _end(request: Request, caller: Caller, ids: list[UUID]) -> None:
    people: People = request.app.state.services.people
    await people.doors.end(caller.user_id, caller.login, ids, "ended_by_person")
