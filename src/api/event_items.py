"""An event as the API shows it: the log's columns by their names."""

from operator import attrgetter

from pydantic import BaseModel, Field

from api.paging import Total
from events.envelope import Event
from events.table import EventColumns
from projections.engine.projection import built


class EventItem(EventColumns):
    """One event without its payload."""

    @classmethod
    def of(cls, event: Event) -> "EventItem":
        """Show an event."""
        return built(cls, dict(zip(_NAMES, _VALUES(event), strict=True)))

    def text(self) -> str:
        """Return compact JSON on one line."""
        return self.model_dump_json()


_NAMES = tuple(EventItem.model_fields)
_VALUES = attrgetter(*_NAMES)


class EventPage(BaseModel):
    """A page of events, newest first."""

    items: list[EventItem]
    next: str | None = Field(
        description="path and query of the next page, older events; null on the last",
        examples=["/api/events?type=push&limit=50&before=993"],
    )
    total: Total = None
