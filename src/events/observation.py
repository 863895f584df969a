"""What we saw when we asked GitHub, on its way into the log."""

from dataclasses import replace
from uuid import UUID

from events.catalogue import About, ResyncObserved, own_event
from events.columns import columns_of
from events.envelope import NewEvent
from events.github.observed import as_delivered, event_name


def observed_event(
    content: ResyncObserved, event_id: UUID, repository_id: int, installation_id: int
) -> NewEvent:
    """Put an observation into an envelope whose columns are those of a delivery of the object."""
    about = About(repository_id=repository_id, installation_id=installation_id)
    payload = as_delivered(content, repository_id, installation_id)
    columns = columns_of(event_name(content.kind), payload)
    return replace(own_event(content, event_id, about=about), **columns._asdict())
