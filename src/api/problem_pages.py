"""What could not be digested, over HTTP: nothing is skipped silently."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import Limit, Next, next_page
from api.reflecting import Reflected
from projections.access import Access
from projections.engine import parked
from projections.engine.parked import ParkedEvent
from projections.events.reading_problems import (
    READING_PROBLEMS,
    ReadingProblemItem,
    list_reading_problems,
)
from projections.filters import Number
from projections.lanes.fold import LANES
from projections.references import Links, RepositoryRef
from projections.registry import PROJECTIONS
from projections.repositories.fold import REPOSITORIES
from projections.repositories.names import repositories_by_id
from reactions.conductor.stuck import list_stuck

router = APIRouter(prefix="/api/problems", tags=["problems"])

Before = Annotated[Number | None, Query(description="only positions before this one")]


class ReadingProblems(BaseModel):
    """Deliveries that were stored but not fully read, newest first."""

    items: list[ReadingProblemItem]
    next: Next = None


class ParkedEvents(BaseModel):
    """Events that left no trace in some projection, newest first."""

    items: list[ParkedEvent] = Field(description="`replay` tries them again")
    next: Next = None


class StuckLaneItem(BaseModel):
    """A lane that is left alone until it changes or a release mends it, and why."""

    repository: RepositoryRef
    error: str
    since: datetime


class StuckLanes(BaseModel):
    """Lanes for which nothing is decided, since something about them failed."""

    items: list[StuckLaneItem] = Field(description="the longest stuck first")


@router.get("/reading", operation_id="list_reading_problems")
async def reading(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    before: Before = None,
    limit: Limit = 50,
) -> ReadingProblems:
    """List deliveries in which something else was found than expected."""
    found = await reflected.query(
        lambda connection: list_reading_problems(
            connection, access, before, limit + 1, reflected.links
        ),
        READING_PROBLEMS.name,
        REPOSITORIES.name,
    )
    more = next_page(request, before=found[limit - 1].position) if len(found) > limit else None
    return ReadingProblems(items=found[:limit], next=more)


@router.get("/parked", operation_id="list_parked_events")
async def parked_events(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    before: Before = None,
    limit: Limit = 50,
) -> ParkedEvents:
    """List events that a projection could not digest."""
    found = await reflected.query(
        lambda connection: parked.list_parked(connection, access, before, limit),
        *(projection.name for projection in PROJECTIONS),
    )
    more = next_page(request, before=found[-1].position) if len(found) >= limit else None
    return ParkedEvents(items=found, next=more)


@router.get("/lanes", operation_id="list_stuck_lanes")
async def stuck_lanes(access: Authorised, reflected: Reflected, limit: Limit = 50) -> StuckLanes:
    """List repositories for which nothing is decided until what failed about them is mended."""
    found = await reflected.query(
        lambda connection: _stuck(connection, access, limit, reflected.links), LANES.name
    )
    return StuckLanes(items=found)


def _stuck(connection: Connection, access: Access, limit: int, links: Links) -> list[StuckLaneItem]:
    found = list_stuck(connection, access, limit)
    names = repositories_by_id(connection, access, links, (each.repository_id for each in found))
    return [
        StuckLaneItem(repository=names[each.repository_id], error=each.error, since=each.since)
        for each in found
    ]
