"""The live stream: every event as it is recorded, resumable from any position."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from api import openapi
from api.access import AskAccess, AskedAgain, OptionalCaller
from api.problems import ApiError
from api.services import Services
from api.tail import Message, Tail
from events.table import MAX_INTEGER
from people.caller import ADMIN
from projections.access import hidden_before

router = APIRouter(tags=["live"])

MAX_STREAMS = 200
MAX_OF_ONE = 20  # person or program's maker; each stream asks again and again what they may see.
# Not of the admin token: whoever serves many people with it is asked nothing again.
_HEARTBEAT_SECONDS = 15.0
_PAUSE_SECONDS = 0.1  # so that a busy log is read in batches and not event by event

_Position = Annotated[
    int | None, Query(ge=0, le=MAX_INTEGER, description="start behind this position")
]


class StreamEnded(BaseModel):
    """Why a stream ends, in the last message of one that is not merely cut: its event `ended`."""

    code: str = Field(examples=["session_over"], description="as of a problem")
    detail: str


def _message(event: str, data: Mapping[str, object], **told: object) -> dict[str, object]:
    content = {"contentMediaType": "application/json", "contentSchema": data}
    fields = {"event": {"const": event}, "data": {"type": "string", **content}, **told}
    return {"type": "object", "properties": fields, "required": [*fields]}


_EVENT = {"$ref": "#/components/schemas/EventItem"}
# Of what OpenAPI 3.1 has, this says what a stream holds: text, whose messages are objects of these.
_STREAM: dict[str, Any] = {
    "description": "Server-sent events until the connection ends, each of one of these messages; "
    "when there is none a comment now and then, or an `id` alone, behind what the reader may not "
    "see.",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "string",
                "contentMediaType": "text/event-stream",
                "contentSchema": {
                    "oneOf": [
                        _message("event", _EVENT, id={"type": "string", "pattern": r"^\d+$"}),
                        _message("ended", StreamEnded.model_json_schema()),
                    ]
                },
            }
        }
    },
}


@router.get(
    "/api/live",
    operation_id="follow_events",
    response_class=StreamingResponse,
    responses={
        200: _STREAM,
        400: openapi.error("Last-Event-ID is no position."),
        429: openapi.error("`too_many_streams`: the caller has too many open."),
    },
)
async def live(
    request: Request,
    ask: AskedAgain,
    caller: OptionalCaller,
    after: _Position = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Stream events as they are recorded; `id` is the log position.

    Starts behind `Last-Event-ID`, else behind `after`, else with the next event. Who may see what
    is asked again for each batch; who may see nothing any more is told so by an event `ended`.
    """
    await ask()
    services: Services = request.app.state.services
    start = _start(last_event_id, after)
    if start is None:
        start = (await services.log.head()).position
    whose, streams = caller.key if caller else "", request.app.state.streams
    _require_room(streams, whose)
    return _Counted(
        _messages(services, request.app.state.tail, ask, start), whose, streams, services
    )


class _Counted(StreamingResponse):
    """A stream that is counted from before its answer begins, until it ended however it did."""

    def __init__(
        self, messages: AsyncIterator[str], whose: str, streams: Counter[str], services: Services
    ) -> None:
        buffered = {"X-Accel-Buffering": "no"}
        super().__init__(messages, media_type="text/event-stream", headers=buffered)
        self._whose, self._streams, self._gauge = whose, streams, services.metrics.streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        self._count(1)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self._streams[self._whose] += more
        if not self._streams[self._whose]:
            del self._streams[self._whose]
        self._gauge.set(self._streams.total())


def _require_room(streams: Counter[str], whose: str) -> None:
    if streams.total() >= MAX_STREAMS:
        raise ApiError(503, "too_many_streams", "too many live streams are open", retry_after="30")
    if streams[whose] >= MAX_OF_ONE and whose != ADMIN:
        raise ApiError(
            429, "too_many_streams", f"you have {MAX_OF_ONE} live streams open", retry_after="30"
        )


def _start(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None:
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal()):
        raise ApiError(400, "last_event_id_invalid", "Last-Event-ID is a log position, a number")
    return min(int(last_event_id), MAX_INTEGER)


async def _messages(
    services: Services, tail: Tail, ask: AskAccess, after: int
) -> AsyncIterator[str]:
    yield ": the log, live\nretry: 2000\n\n"
    loop = asyncio.get_running_loop()
    told, said = after, loop.time()
    while not services.stopping.is_set():
        messages = await tail.after(after)
        try:
            shown = await _within(services, ask, messages)
        except ApiError as gone:
            ended = StreamEnded(code=gone.code, detail=str(gone)).model_dump_json()
            yield f"event: ended\ndata: {ended}\n\n"
            return
        for message in shown:
            yield f"id: {message.position}\nevent: event\ndata: {message.text}\n\n"
        after = messages[-1].position if messages else after
        if shown:
            told, said = shown[-1].position, loop.time()
        elif loop.time() - said >= _HEARTBEAT_SECONDS:
            # Behind what is not for this reader it goes on when it comes again.
            yield f"id: {after}\n\n" if after > told else ": still here\n\n"
            told, said = after, loop.time()
        if messages:
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            await _grown(services, after, said + _HEARTBEAT_SECONDS - loop.time())


async def _within(services: Services, ask: AskAccess, messages: list[Message]) -> list[Message]:
    """Return the messages that the reader may see by now; raises ApiError where they see nothing.

    Of moves the primary is asked: a replica might not know of one whose rights are new already.
    """
    access = await ask()
    shown = [each for each in messages if access.allows(each.repository_id, each.installation_id)]
    about = {each.repository_id for each in shown if each.repository_id is not None}
    if access.is_everything or not about:
        return shown
    hidden = await services.store.read(lambda connection: hidden_before(connection, about))
    return [each for each in shown if each.position >= hidden.get(each.repository_id or 0, 0)]


async def _grown(services: Services, after: int, seconds: float) -> None:
    """Wait for more events, some seconds or the end of the service."""
    waiting = asyncio.ensure_future(services.log.wake.wait(after, max(0.0, seconds)))
    stopping = asyncio.ensure_future(services.stopping.wait())
    try:
        await asyncio.wait([waiting, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        stopping.cancel()
