"""Our own events: what each means, its shape, and the registry that knows them all."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from events.catalogue.actions import (
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionMode,
    ActionRequested,
    ActionSucceeded,
    TimerFired,
    TimerKind,
)
from events.catalogue.commands import (
    LanePaused,
    LaneResumed,
    Mode,
    ModeSet,
    OperatorCommand,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.catalogue.own import Json, OwnEvent
from events.catalogue.people import PEOPLE_EVENTS
from events.catalogue.policies import (
    ActingUserSet,
    ActingUserUnset,
    AppIdentified,
    Layer,
    PolicyChanged,
    PolicyProblem,
)
from events.catalogue.resync import ObservedKind, QuestionKind, ResyncObserved
from events.catalogue.service import DeliveriesRefused, ServiceStarted, ServiceStopped
from events.catalogue.tenancy import InstallationAccepted, InstallationAnswered
from events.envelope import GITHUB, ORCHESTRATOR, Event, NewEvent, Source
from events.errors import UnknownEventType
from events.identity import keyed_id

REGISTRY: dict[tuple[str, str, int], type[OwnEvent]] = {
    (model.type, model.action, model.schema_version): model
    for model in (
        ServiceStarted,
        ServiceStopped,
        DeliveriesRefused,
        ResyncObserved,
        InstallationAnswered,
        PolicyChanged,
        ActingUserSet,
        ActingUserUnset,
        AppIdentified,
        ActionRequested,
        ActionSucceeded,
        ActionFailed,
        ActionCancelled,
        TimerFired,
        LanePaused,
        LaneResumed,
        ModeSet,
        ScopePaused,
        ScopeResumed,
        QueueReordered,
        InstallationAccepted,
        WorkflowEnqueued,
        WorkflowLinked,
        WorkflowSkipped,
        WorkflowRetried,
        WorkflowTakenOver,
        WorkflowReleased,
        *PEOPLE_EVENTS,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom an event of ours is about; all None: the service as a whole."""

    installation_id: int | None = None
    repository_id: int | None = None
    issue_number: int | None = None

    @property
    def workflow_id(self) -> UUID | None:
        """The id that correlates all events of one issue's workflow."""
        if self.repository_id is None or self.issue_number is None:
            return None
        return workflow_id(self.repository_id, self.issue_number)


_THE_SERVICE = About()


def workflow_id(repository_id: int, issue_number: int) -> UUID:
    """Return the correlation id of an issue's workflow."""
    return keyed_id(f"workflow:{repository_id}:{issue_number}")


def own_event(  # noqa: PLR0913 (an envelope has this many sides)
    content: OwnEvent,
    event_id: UUID,
    *,
    source: Source = ORCHESTRATOR,
    about: About = _THE_SERVICE,
    cause: Event | None = None,
    by: str | None = None,
    by_id: int | None = None,
) -> NewEvent:
    """Put one of our own events into an envelope; ``by`` is who said it, ``by_id`` at GitHub.

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
        installation_id=about.installation_id,
        repository_id=about.repository_id,
        actor_id=by_id,
        actor_login=by,
        subject_kind=None if about.issue_number is None else "issue",
        subject_number=about.issue_number,
        causation_id=cause.id if cause else None,
        correlation_id=about.workflow_id,
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
    return _validated(model, event.payload)


@lru_cache(maxsize=512)  # each projection of a batch asks for the same events
def _validated(model: type[OwnEvent], payload: str) -> OwnEvent:
    return model.model_validate_json(payload)


__all__ = [
    "REGISTRY",
    "About",
    "ActingUserSet",
    "ActingUserUnset",
    "ActionCancelled",
    "ActionFailed",
    "ActionKind",
    "ActionMode",
    "ActionRequested",
    "ActionSucceeded",
    "AppIdentified",
    "DeliveriesRefused",
    "InstallationAccepted",
    "InstallationAnswered",
    "Json",
    "LanePaused",
    "LaneResumed",
    "Layer",
    "Mode",
    "ModeSet",
    "ObservedKind",
    "OperatorCommand",
    "OwnEvent",
    "PolicyChanged",
    "PolicyProblem",
    "QuestionKind",
    "QueueReordered",
    "ResyncObserved",
    "ScopePaused",
    "ScopeResumed",
    "ServiceStarted",
    "ServiceStopped",
    "TimerFired",
    "TimerKind",
    "WorkflowCommand",
    "WorkflowEnqueued",
    "WorkflowLinked",
    "WorkflowReleased",
    "WorkflowRetried",
    "WorkflowSkipped",
    "WorkflowTakenOver",
    "content_of",
    "own_event",
    "workflow_id",
]
