"""Our own events: what each means, its shape, and the registry that knows them all."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from events.envelope import GITHUB, ORCHESTRATOR, Event, NewEvent, Source
from events.errors import UnknownEventType


class OwnEvent(BaseModel):
    """The payload of an event that we say ourselves; the class says its type and version."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str]
    action: ClassVar[str]
    schema_version: ClassVar[int] = 1


class ServiceStarted(OwnEvent):
    """A process of the service came up; ``instance`` is drawn anew at every start."""

    type: ClassVar[str] = "service"
    action: ClassVar[str] = "started"

    instance: UUID
    version: str
    role: Literal["all", "web", "worker"]


class ServiceStopped(OwnEvent):
    """A process of the service stopped in good order; after a crash there is no such event."""

    type: ClassVar[str] = "service"
    action: ClassVar[str] = "stopped"

    instance: UUID


class DeliveriesRefused(OwnEvent):
    """The receiver refused ``count`` requests for one reason between ``first`` and ``last``."""

    type: ClassVar[str] = "receiver"
    action: ClassVar[str] = "refused"

    code: str = Field(max_length=64)
    count: int = Field(ge=1)
    first: AwareDatetime
    last: AwareDatetime


REGISTRY: dict[tuple[str, str, int], type[OwnEvent]] = {
    (model.type, model.action, model.schema_version): model
    for model in (ServiceStarted, ServiceStopped, DeliveriesRefused)
}


def own_event(
    content: OwnEvent,
    event_id: UUID,
    *,
    source: Source = ORCHESTRATOR,
    cause: Event | None = None,
    correlation_id: UUID | None = None,
) -> NewEvent:
    """Put one of our own events into an envelope; it inherits its cause's tenant.

    Raises UnknownEventType when the registry has no entry for it.
    """
    key = (content.type, content.action, content.schema_version)
    if REGISTRY.get(key) is not type(content):
        raise UnknownEventType(f"{key} is not in the catalogue; add it to events.catalogue")
    return NewEvent(
        id=event_id,
        source=source,
        type=content.type,
        action=content.action,
        schema_version=content.schema_version,
        installation_id=cause.installation_id if cause else None,
        repository_id=cause.repository_id if cause else None,
        causation_id=cause.id if cause else None,
        correlation_id=correlation_id,
        payload=content.model_dump_json(),
    )


def content_of(event: Event) -> OwnEvent:
    """Read one of our own events back; raises UnknownEventType for what the registry lacks."""
    if event.source == GITHUB or event.schema_version is None:
        raise UnknownEventType(f"event {event.position} is a delivery, not one of our own")
    model = REGISTRY.get((event.type, event.action or "", event.schema_version))
    if model is None:
        raise UnknownEventType(
            f"event {event.position} is {event.type}.{event.action} version "
            f"{event.schema_version}, which this release does not know; upgrade it"
        )
    return model.model_validate_json(event.payload)
