"""Activity over HTTP: counts for charts."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import OfRepository
from api.problems import ApiError
from api.reflecting import Reflected
from projections.access import Access
from projections.activity import ACTIVITY, list_activity
from projections.engine.projection import built
from projections.references import Links, RepositoryRef
from projections.repositories.fold import REPOSITORIES
from projections.repositories.names import repositories_by_id

router = APIRouter(prefix="/api/activity", tags=["activity"])

_MOST = 10_000
_DAYS = 30


class ActivityItem(BaseModel):
    """The number of events of one type that we recorded for a repository on one day (UTC)."""

    repository: RepositoryRef
    day: date
    type: str
    installation_id: int | None
    count: int


class ActivityCounts(BaseModel):
    """Counts by repository, day and type, in that order; days without an event have none."""

    since: date
    until: date
    items: list[ActivityItem]
    truncated: bool


@router.get("", operation_id="show_activity")
async def activity(
    access: Authorised,
    reflected: Reflected,
    repository: OfRepository = None,
    since: Annotated[date | None, Query(description="first day, UTC; 30 days by default")] = None,
    until: Annotated[date | None, Query(description="last day, UTC; today by default")] = None,
) -> ActivityCounts:
    """Count events per repository, day and type."""
    last = until or reflected.services.clock().date()
    first = since or last - min(timedelta(days=_DAYS - 1), last - date.min)
    if first > last:
        raise ApiError(422, "request_invalid", "since is after until")
    found = await reflected.query(
        lambda connection: _look(connection, access, repository, (first, last), reflected.links),
        ACTIVITY.name,
        REPOSITORIES.name,
    )
    return ActivityCounts(
        since=first, until=last, items=found[:_MOST], truncated=len(found) > _MOST
    )


def _look(
    connection: Connection,
    access: Access,
    repository: int | str | None,
    days: tuple[date, date],
    links: Links,
) -> list[ActivityItem]:
    found = list_activity(connection, access, repository, days, _MOST + 1)
    names = repositories_by_id(connection, access, links, {each.repository_id for each in found})
    return [
        built(
            ActivityItem,
            {
                "repository": names[each.repository_id],
                "day": each.day,
                "type": each.type,
                "installation_id": each.installation_id,
                "count": each.count,
            },
        )
        for each in found
    ]
