"""Pauses over HTTP: all that hold, wherever."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.access import Authorised
from api.reflecting import Reflected
from projections.installations import INSTALLATIONS
from projections.lanes.fold import LANES
from projections.pauses import StandingPause, list_pauses
from projections.repositories.fold import REPOSITORIES

router = APIRouter(prefix="/api/pauses", tags=["commands"])


class PauseList(BaseModel):
    """The pauses that hold."""

    items: list[StandingPause] = Field(description="the widest first, then the oldest")


@router.get("", operation_id="list_pauses")
async def pauses(access: Authorised, reflected: Reflected) -> PauseList:
    """List what is paused, by whom, since when and why."""
    found = await reflected.query(
        lambda connection: list_pauses(connection, access, reflected.links),
        LANES.name,
        REPOSITORIES.name,
        INSTALLATIONS.name,
    )
    return PauseList(items=found)
