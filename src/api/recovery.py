"""What may be missing in the log, and where GitHub cannot be looked at, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import Limit
from api.services import Services
from projections.access import Access
from reactions.recovery.state import (
    Completeness,
    MissingDelivery,
    completeness,
    count_missing,
    list_missing,
)
from reactions.visits.table import FailingVisit, failing_visits

router = APIRouter(prefix="/api/recovery", tags=["recovery"])


class RecoveryStanding(Completeness):
    """Up to when every delivery is in the log, which are not, and what cannot be looked at.

    Without an App nothing of it is known, and all times are null.
    """

    missing: list[MissingDelivery] = Field(description="the oldest first, at most `limit`")
    missing_total: int
    failing: list[FailingVisit] = Field(
        description="repositories that could not be looked at last time; at most `limit`"
    )


@router.get("", operation_id="show_recovery")
async def recovery(
    request: Request,
    access: Authorised,
    limit: Annotated[Limit, Query(description="of each list")] = 50,
) -> RecoveryStanding:
    """Say which deliveries are not in the log, and what is done about it."""
    services: Services = request.app.state.services
    return await services.reads.read(lambda connection: _standing(connection, access, limit))


def _standing(connection: Connection, access: Access, limit: int) -> RecoveryStanding:
    complete = completeness(connection)
    if not access.is_everything:
        complete = complete.model_copy(update={"error": None})  # whatever GitHub said, of whom
    return RecoveryStanding(
        **complete.model_dump(),
        missing=list_missing(connection, access, limit),
        missing_total=count_missing(connection, access),
        failing=failing_visits(connection, access, limit),
    )
