"""Activity over HTTP: counts for charts."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.access import Authorised
from api.problems import ApiError
from api.reflecting import Reflected
from projections.activity import ACTIVITY, Activity, list_activity
from projections.filters import Number

router = APIRouter(prefix="/api/activity", tags=["activity"])

_MOST = 10_000
_DAYS = 30


class ActivityCounts(BaseModel):
    """Counts by repository, day and type, in that order; days without an event have none."""

    since: date
    until: date
    items: list[Activity]
    truncated: bool


@router.get("", operation_id="show_activity")
async def activity(
    access: Authorised,
    reflected: Reflected,
    repository: Annotated[Number | None, Query(description="GitHub's numeric id")] = None,
    since: Annotated[date | None, Query(description="first day, UTC; 30 days by default")] = None,
    until: Annotated[date | None, Query(description="last day, UTC; today by default")] = None,
) -> ActivityCounts:
    """Count events per repository, day and type."""
    last = until or reflected.services.clock().date()
    first = since or last - min(timedelta(days=_DAYS - 1), last - date.min)
    if first > last:
        raise ApiError(422, "request_invalid", "since is after until")
    found = await reflected.query(
        lambda connection: list_activity(connection, access, repository, (first, last), _MOST + 1),
        ACTIVITY.name,
    )
    return ActivityCounts(
        since=first, until=last, items=found[:_MOST], truncated=len(found) > _MOST
    )
