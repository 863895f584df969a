"""Our own events as they come out of the log."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

from events.catalogue import About, OwnEvent, own_event
from events.envelope import OPERATOR, Event, NewEvent

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LANE = About(installation_id=5, repository_id=7)


def said(
    content: OwnEvent,
    position: int = 1,
    *,
    about: About = LANE,
    by: str | None = "ada",
    event_id: UUID | None = None,
) -> Event:
    """Something that an operator said; its id follows from its place unless it is given."""
    event_id = event_id or UUID(int=position)
    return placed(own_event(content, event_id, source=OPERATOR, about=about, by=by), position)


def placed(event: NewEvent, position: int) -> Event:
    """An event with a place in the log, so many minutes after the beginning."""
    recorded_at = BEGIN + timedelta(minutes=position)
    place = {"position": position, "recorded_at": recorded_at, "payload_sha256": "", "hash": ""}
    said = {each.name: getattr(event, each.name) for each in fields(NewEvent)}
    return Event(**said | place)
