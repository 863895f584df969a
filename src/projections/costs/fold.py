"""How costs follow from the log: live requests that were not called off, and sessions' lengths.

Requests are counted as ceilings count them (``aggregates/lane/spending.py``), by when we recorded
them. Minutes are made of what GitHub told the acting user of Copilot's sessions, a round each: from
when the task was made, or somebody told it to go on, until it ended. Of one that is at work they
end where it was last seen to move. A session that nobody was told of has none, and so has what one
does after it ended without being asked anew.
"""

from datetime import UTC
from typing import TypeAlias

from events.catalogue import ActionCancelled, ActionFailed, ActionRequested, content_of
from events.envelope import GITHUB, Event
from events.github import SessionSeen
from projections.costs.model import COUNTED, SESSION, Cost, costs
from projections.engine.projection import Key, Projection, ReadEvent, built, copied

_Request: TypeAlias = ActionRequested | ActionFailed | ActionCancelled

_DEFAULTS = {"called_off": None, "session": "", "seconds": None, "ended": False}
_AT_WORK = ("queued", "in_progress", "unknown")  # all other states end a round


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    if read.event.repository_id is None:
        return ()
    match _request(read.event):
        case ActionRequested(mode="live", kind=kind) if kind in COUNTED:
            return ((read.event.id,),)
        case ActionFailed() | ActionCancelled() as content:
            return ((content.action_id,),)
    return ((read.event.id,),) if _told(read) is not None else ()


def _evolve(row: Cost | None, _key: Key, read: ReadEvent) -> Cost | None:
    event = read.event
    match _request(event):
        case ActionRequested() as content if row is None:
            day = event.recorded_at.astimezone(UTC).date()
            return _cost(event, content.issue_number, content.kind, day=day)
        case ActionFailed() | ActionCancelled() if row is not None and row.called_off is None:
            return copied(row, {"called_off": event.position})
        case None if row is None:
            return _told(read)
    return row


def _request(event: Event) -> _Request | None:
    if event.source == GITHUB or event.type != ActionRequested.type:
        return None
    content = content_of(event)
    return content if isinstance(content, _Request) else None


def _told(read: ReadEvent) -> Cost | None:
    """Return what an event tells of a session's length, if it does."""
    for seen in read.facts:
        if isinstance(seen, SessionSeen) and seen.task_id and seen.began_at and seen.updated_at:
            went = (seen.updated_at - seen.began_at).total_seconds()
            began_at = seen.began_at.astimezone(UTC)
            return _cost(
                read.event,
                seen.number,
                SESSION,
                day=began_at.date(),
                session=f"{seen.task_id} {began_at.isoformat()}",
                seconds=0 if seen.state == "queued" else max(0, int(went)),
                ended=seen.state not in _AT_WORK,
            )
    return None


def _cost(event: Event, issue_number: int, kind: str, **more: object) -> Cost:
    row = {
        "id": event.id,
        "position": event.position,
        "repository_id": event.repository_id,
        "issue_number": issue_number,
        "kind": kind,
    }
    return built(Cost, _DEFAULTS | row | more)


COSTS: Projection[Cost] = Projection(
    name="costs",
    version=2,
    table=costs,
    model=Cost,
    touches=_touches,
    evolve=_evolve,
)
