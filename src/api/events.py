"""The log over HTTP: filtered lists, and single events with their payload."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from api.access import Authorised
from api.event_items import EventItem, EventPage
from api.paging import Listing
from api.problems import ApiError
from api.reflecting import HEADER, Reflected
from api.services import Services
from events.delivery import delivered_bytes
from events.envelope import Event
from events.read import at
from events.read import raw as payload_at
from events.table import MAX_INTEGER
from projections.access import Access, shows
from projections.events.index import EVENT_INDEX, EventFilter, list_events

router = APIRouter(prefix="/api/events", tags=["events"])

Position = Annotated[int, Path(ge=1, le=MAX_INTEGER, examples=[1042])]

_DECODED = "the payload as JSON (a form's decoded), or with `raw` the exact bytes that were signed"


class EventQuery(Listing, EventFilter):
    """The filters of the list; all given ones must match."""


@router.get("", operation_id="list_events")
async def events(
    access: Authorised, reflected: Reflected, query: Annotated[EventQuery, Query()]
) -> EventPage:
    """List events, newest first."""
    found = await reflected.query(
        lambda connection: list_events(connection, access, query, query.limit + 1),
        EVENT_INDEX.name,
    )
    items = [EventItem.of(event) for event in found[: query.limit]]
    more = len(found) > query.limit
    return EventPage(items=items, next=_next(query, items[-1].position) if more else None)


class EventDetail(EventItem):
    """One event with its payload."""

    payload: dict[str, object] = Field(description="as GitHub sent it")


@router.get(
    "/{position}",
    operation_id="show_event",
    response_class=Response,
    responses={
        200: {"model": EventDetail, "description": f"The event: {_DECODED}."},
    },
)
async def event(
    request: Request, access: Authorised, position: Position, *, raw: bool = False
) -> Response:
    """Show one event with its payload, or only the exact bytes that were signed."""
    services: Services = request.app.state.services
    found = await services.reads.read(
        lambda connection: _within(connection, access, position), lacks=lambda found: found is None
    )
    if found is None:
        raise ApiError(404, "event_not_found", f"there is no event at position {position}")
    headers = {HEADER: str(position), "X-Content-Type-Options": "nosniff"}
    content = found.payload.encode() or await _large(services, position)
    if raw:
        return Response(content, headers=headers, media_type=_media_type(found))
    if found.payload:
        shown = _with_payload(found, content)
    else:
        shown = await asyncio.to_thread(_with_payload, found, content)
    return Response(shown, headers=headers, media_type="application/json")


def _within(connection: Connection, access: Access, position: int) -> Event | None:
    found = at(connection, position)
    return found if found is not None and shows(connection, access, found) else None


async def _large(services: Services, position: int) -> bytes:
    found = await services.reads.read(
        lambda connection: payload_at(connection, position), lacks=lambda found: found is None
    )
    return found or b""


def _with_payload(event: Event, content: bytes) -> bytes:
    """Set the payload into the answer as the text that it is, not parsed and written anew."""
    item = orjson.dumps(EventItem.of(event).model_dump(mode="json"))
    return b'%b,"payload":%b}' % (item[:-1], delivered_bytes(event, content))


def _media_type(event: Event) -> str:
    return str(orjson.loads(event.headers).get("content_type", "application/json"))


def _next(query: EventQuery, last: int) -> str:
    given = query.model_dump(mode="json", exclude_none=True) | {"before": last}
    return f"{router.prefix}?{urlencode(given)}"
