"""An event as the API shows it: the log's columns by their names, and whose it is by its name."""

from collections.abc import Sequence
from operator import attrgetter

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.paging import Total
from events.envelope import Event
from events.table import EventColumns
from projections.access import Access
from projections.engine.projection import built
from projections.references import Links, RepositoryRef
from projections.repositories.names import repositories_by_id


class EventItem(EventColumns):
    """One event without its payload."""

    repository: RepositoryRef | None = Field(description="that of `repository_id`, as it is called")

    @classmethod
    def of(cls, event: Event, repository: RepositoryRef | None) -> "EventItem":
        """Show an event of a repository."""
        values = dict(zip(_NAMES, _VALUES(event), strict=True))
        values["repository"] = repository
        return built(cls, values)

    def text(self) -> str:
        """Return compact JSON on one line."""
        return self.model_dump_json()


_NAMES = tuple(EventColumns.model_fields)
_VALUES = attrgetter(*_NAMES)


class EventPage(BaseModel):
    """A page of events, newest first."""

    items: list[EventItem]
    next: str | None = Field(
        description="path and query of the next page, older events; null on the last",
        examples=["/api/events?type=push&limit=50&before=993"],
    )
    total: Total = None


def shown(
    connection: Connection, access: Access, links: Links, events: Sequence[Event]
) -> list[EventItem]:
    """Show events, their repositories by name: one statement for all of them."""
    ids = (event.repository_id for event in events)
    named = repositories_by_id(connection, access, links, ids)
    return [EventItem.of(event, named.get(event.repository_id)) for event in events]
