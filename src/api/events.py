"""The log over HTTP: filtered lists, and single events with their payload."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import AskedAgain, Authorised
from api.event_facts import FactsItem, facts_item
from api.event_items import EventItem, EventPage, shown
from api.paging import Listing, next_page
from api.problems import ApiError, unfit
from api.reflecting import HEADER, Reflected
from api.services import Services
from api.taking_away import ANSWERS, NDJSON, WINDOW, Read, Windows, form_of, taken_away
from events.delivery import delivered_bytes
from events.envelope import Event
from events.read import at
from events.read import raw as payload_at
from events.table import MAX_INTEGER
from projections.access import Access, shows
from projections.actions.item import Cause
from projections.events.index import (
    EVENT_INDEX,
    MOST_CAUSED,
    EventFilter,
    cause_of,
    count_events,
    event_window,
    list_events,
)
from projections.references import Links
from projections.windows import Key, Window

router = APIRouter(prefix="/api/events", tags=["events"])

Position = Annotated[int, Path(ge=1, le=MAX_INTEGER, examples=[1042])]

_DECODED = "the payload as JSON (a form's decoded), or with `raw` the exact bytes that were signed"


class EventQuery(Listing, EventFilter):
    """The filters of the list; all given ones must match."""

    payload: bool = Field(default=False, description="with its payload as JSON; of NDJSON alone")

    @property
    def is_first(self) -> bool:
        """Whether this is the list's first window."""
        return self.before is None and self.after is None


@router.get("", response_model=EventPage, responses=ANSWERS, operation_id="list_events")
async def events(
    request: Request,
    access: Authorised,
    ask: AskedAgain,
    reflected: Reflected,
    query: Annotated[EventQuery, Query()],
) -> EventPage | Response:
    """List events, newest first."""
    form = form_of(request)
    if query.payload and form != NDJSON:
        raise unfit("payload", f"payloads are given with Accept: {NDJSON}, or of a single event")
    if form is not None:
        reading = _reading(query, reflected.links)
        windows = Windows(reflected, ask, reading, EVENT_INDEX.name)
        line = _whole_line(reflected.services) if query.payload else None
        return await taken_away(form, windows, EventItem, line)
    window, total = await reflected.query(
        lambda connection: (
            _window(connection, access, query, query.limit, reflected.links),
            count_events(connection, access, query) if query.is_first else None,
        ),
        EVENT_INDEX.name,
    )
    following = window.last and next_page(request, before=window.last[0])
    return EventPage(items=list(window.items), next=following, total=total)


def _reading(query: EventQuery, links: Links) -> Read[EventItem]:
    def read(
        connection: Connection, access: Access, last: Key | None, _then: int | None
    ) -> Window[EventItem]:
        behind = query.model_copy(update={"before": last[0]}) if last else query
        return _window(connection, access, behind, WINDOW, links)

    return read


def _window(
    connection: Connection, access: Access, query: EventFilter, limit: int, links: Links
) -> Window[EventItem]:
    window = event_window(connection, access, query, limit)
    return Window(shown(connection, access, links, window.items), window.last)


def _whole_line(services: Services) -> Callable[[EventItem], Awaitable[bytes]]:
    """Return what writes an event with its payload, which is read with nothing else in memory."""

    async def line(item: EventItem) -> bytes:
        found = await services.reads.read(
            lambda connection: at(connection, item.position), lacks=lambda found: found is None
        )
        if found is None:
            raise ApiError(404, "event_not_found", f"there is no event at {item.position}")
        content = found.payload.encode() or await _large(services, item.position)
        whole = await asyncio.to_thread(_with_payload, item, found, content)
        return whole.replace(b"\n", b" ").replace(b"\r", b" ")  # no JSON has one inside a text

    return line


class CausedEvent(BaseModel):
    """An event of ours that another brought about."""

    position: int
    id: UUID
    type: str = Field(examples=["action"])
    action: str | None = Field(examples=["requested"])


class EventDetail(EventItem):
    """One event with its payload, its cause, what it brought about, and what was read from it."""

    caused_by: Cause | None = Field(description="the event that brought it about")
    caused: list[CausedEvent] = Field(
        description=f"what it brought about, oldest first; of many the newest {MOST_CAUSED}"
    )
    facts: FactsItem = Field(description="what was read from it, by today's reading")
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
    seen = await services.reads.read(
        lambda connection: _within(connection, access, position, services.links),
        lacks=lambda seen: seen is None,
    )
    if seen is None:
        raise ApiError(404, "event_not_found", f"there is no event at position {position}")
    found, item, causes = seen
    headers = {HEADER: str(position), "X-Content-Type-Options": "nosniff"}
    content = found.payload.encode() or await _large(services, position)
    if raw:
        return Response(content, headers=headers, media_type=_media_type(found))
    facts = facts_item(await services.log.facts(found))
    more = causes | {"facts": facts.model_dump(mode="json")}
    if found.payload:
        whole = _with_payload(item, found, content, more)
    else:
        whole = await asyncio.to_thread(_with_payload, item, found, content, more)
    return Response(whole, headers=headers, media_type="application/json")


def _within(
    connection: Connection, access: Access, position: int, links: Links
) -> tuple[Event, EventItem, dict[str, object]] | None:
    """Return an event within reach, and what it was brought about by and brought about."""
    found = at(connection, position)
    if found is None or not shows(connection, access, found):
        return None
    cause = cause_of(connection, access, found)
    caused = list_events(connection, access, EventFilter(caused_by=position), MOST_CAUSED)
    by = None if cause is None else Cause(position=cause.position, id=cause.id)
    of_it = [_outline(each).model_dump(mode="json") for each in reversed(caused)]
    [item] = shown(connection, access, links, [found])
    return found, item, {"caused_by": by and by.model_dump(mode="json"), "caused": of_it}


def _outline(event: Event) -> CausedEvent:
    return CausedEvent(position=event.position, id=event.id, type=event.type, action=event.action)


async def _large(services: Services, position: int) -> bytes:
    found = await services.reads.read(
        lambda connection: payload_at(connection, position), lacks=lambda found: found is None
    )
    return found or b""


def _with_payload(
    item: EventItem, event: Event, content: bytes, more: Mapping[str, object] | None = None
) -> bytes:
    """Set the payload into the answer as the text that it is, not parsed and written anew."""
    told = orjson.dumps(item.model_dump(mode="json") | {**(more or {})})
    return b'%b,"payload":%b}' % (told[:-1], delivered_bytes(event, content))


def _media_type(event: Event) -> str:
    return str(orjson.loads(event.headers).get("content_type", "application/json"))
