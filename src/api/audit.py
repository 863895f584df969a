"""The audit over HTTP: who did what, to what, when and why, a sentence an item."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import Response

from api.access import AskedAgain, Authorised
from api.paging import Listing, Next, Total, next_page
from api.reflecting import Reflected
from api.taking_away import ANSWERS, WINDOW, Read, Windows, form_of, taken_away
from projections.access import Access
from projections.actions.fold import ACTIONS
from projections.audit.queries import AuditFilter, AuditItem, count_audit, list_audit
from projections.events.index import EVENT_INDEX
from projections.lanes.fold import LANES
from projections.references import Links
from projections.repositories.fold import REPOSITORIES
from projections.windows import Key, Window

router = APIRouter(prefix="/api/audit", tags=["events"])

_REFLECTS = (EVENT_INDEX.name, ACTIONS.name, REPOSITORIES.name, LANES.name)


class AuditQuery(Listing, AuditFilter):
    """The filters of the list; all given ones must match."""


class AuditList(BaseModel):
    """A window of the audit, newest first."""

    items: list[AuditItem]
    next: Next = None
    total: Total = None


@router.get("", response_model=AuditList, responses=ANSWERS, operation_id="list_audit")
async def audit(
    request: Request,
    access: Authorised,
    ask: AskedAgain,
    reflected: Reflected,
    query: Annotated[AuditQuery, Query()],
) -> AuditList | Response:
    """List what people and the service itself did, newest first.

    What people did at our own doors (sign-ins, tokens, settings) is for administrators.
    """
    if form := form_of(request):
        reading = _reading(query, reflected.links)
        return await taken_away(form, Windows(reflected, ask, reading, *_REFLECTS), AuditItem)
    window, total = await reflected.query(
        lambda connection: (
            list_audit(connection, access, query, query.limit, reflected.links),
            count_audit(connection, access, query) if query.before is None else None,
        ),
        *_REFLECTS,
    )
    following = window.last and next_page(request, before=window.last[0])
    return AuditList(items=list(window.items), next=following, total=total)


def _reading(query: AuditQuery, links: Links) -> Read[AuditItem]:
    def read(
        connection: Connection, access: Access, last: Key | None, _then: int | None
    ) -> Window[AuditItem]:
        wanted = query.model_copy(update={"before": last[0]}) if last else query
        return list_audit(connection, access, wanted, WINDOW, links)

    return read
