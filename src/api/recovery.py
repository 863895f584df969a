"""What may be missing in the log, and where GitHub cannot be looked at, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import Limit
from api.services import Services
from projections.access import Access
from projections.references import Links, RepositoryRef
from projections.repositories.names import repositories_by_id
from reactions.recovery.state import (
    Completeness,
    completeness,
    count_missing,
    list_missing,
)
from reactions.visits.table import failing_visits

router = APIRouter(prefix="/api/recovery", tags=["recovery"])


class MissingDeliveryItem(BaseModel):
    """A delivery that GitHub made, or tried to, and that is not in the log."""

    guid: UUID
    delivery_id: int = Field(description="GitHub's id of the newest attempt")
    delivered_at: datetime = Field(description="GitHub's time of the first attempt")
    event: str
    action: str | None
    installation_id: int | None
    repository: RepositoryRef | None
    asked: int = Field(description="how often we asked GitHub to deliver it again")
    asked_at: datetime | None
    given_up: str | None = Field(description="why it will not come any more")


class FailingVisitItem(BaseModel):
    """A repository that could not be looked at; it is tried again when it is due."""

    purpose: str = Field(description="what for: `policy_files`, `resync` or `settling`")
    repository: RepositoryRef
    installation_id: int
    due_at: datetime | None = Field(description="when it is looked at next")
    since: datetime | None = Field(
        description="since when it waits for that, by the clock of who noted it"
    )
    failures: int = Field(description="how often it could not be looked at in a row")
    error: str | None = Field(description="why it could not, last time")


class RecoveryStanding(Completeness):
    """Up to when every delivery is in the log, which are not, and what cannot be looked at.

    Without an App nothing of it is known, and all times are null.
    """

    missing: list[MissingDeliveryItem] = Field(description="the oldest first, at most `limit`")
    missing_total: int
    failing: list[FailingVisitItem] = Field(
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
    return await services.reads.read(
        lambda connection: _standing(connection, access, limit, services.links)
    )


def _standing(connection: Connection, access: Access, limit: int, links: Links) -> RecoveryStanding:
    complete = completeness(connection)
    if not access.is_everything:
        complete = complete.model_copy(update={"error": None})  # whatever GitHub said, of whom
    missing, failing = (
        list_missing(connection, access, limit),
        failing_visits(connection, access, limit),
    )
    about = [each.repository_id for each in missing] + [each.repository_id for each in failing]
    names = repositories_by_id(connection, access, links, about)
    return RecoveryStanding(
        **complete.model_dump(),
        missing=[
            MissingDeliveryItem(
                **each.model_dump(exclude={"repository_id"}),
                repository=names.get(each.repository_id),
            )
            for each in missing
        ],
        missing_total=count_missing(connection, access),
        failing=[
            FailingVisitItem(
                **each.model_dump(exclude={"repository_id", "full_name"}),
                repository=names[each.repository_id],
            )
            for each in failing
        ],
    )
