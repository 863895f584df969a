"""Our own events: each is registered once, and comes back as it was said."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import ValidationError

import events
from events.catalogue import (
    REGISTRY,
    DeliveriesRefused,
    OwnEvent,
    ServiceStarted,
    ServiceStopped,
    content_of,
    own_event,
)
from events.envelope import Event, NewEvent
from events.errors import UnknownEventType
from tests.events.builders import an_event

ID = UUID("00000000-0000-4000-8000-000000000001")
NOW = datetime(2026, 1, 1, 12, 0, 0, 250000, tzinfo=UTC)
EXAMPLES = (
    ServiceStarted(instance=ID, version="1.0", role="all"),
    ServiceStopped(instance=ID),
    DeliveriesRefused(code="signature_invalid", count=3, first=NOW, last=NOW),
)


class NeverRegistered(OwnEvent):
    type: ClassVar[str] = "test"
    action: ClassVar[str] = "never_registered"


class Impostor(OwnEvent):
    """Says of itself what another class is registered for."""

    type: ClassVar[str] = ServiceStopped.type
    action: ClassVar[str] = ServiceStopped.action


def stored(event: NewEvent) -> Event:
    """The event as the log gives it back."""
    return Event(**asdict(event), position=9, recorded_at=NOW, payload_sha256="", hash="")


def subclasses(model: type[OwnEvent]) -> Iterator[type[OwnEvent]]:
    for subclass in model.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def declared() -> list[type[OwnEvent]]:
    """Every event class that any module of the package declares."""
    for module in pkgutil.walk_packages(events.__path__, "events."):
        importlib.import_module(module.name)
    ours = [model for model in subclasses(OwnEvent) if model.__module__.startswith("events.")]
    return [model for model in ours if hasattr(model, "action")]


def test_every_event_class_has_exactly_one_entry_under_its_own_name() -> None:
    assert sorted(map(repr, REGISTRY.values())) == sorted(map(repr, declared()))
    for key, model in REGISTRY.items():
        assert key == (model.type, model.action, model.schema_version)


def test_every_event_is_documented_and_named_in_lower_case_words() -> None:
    for model in REGISTRY.values():
        assert model.__doc__
        assert model.type.replace("_", "").islower()
        assert model.action.replace("_", "").islower()


@pytest.mark.parametrize("content", EXAMPLES, ids=lambda content: type(content).__name__)
def test_an_event_comes_back_as_it_was_said(content: OwnEvent) -> None:
    event = own_event(content, ID)
    assert (event.id, event.source) == (ID, "orchestrator")
    assert (event.type, event.action) == (content.type, content.action)
    assert event.schema_version == content.schema_version
    assert content_of(stored(event)) == content


@pytest.mark.parametrize("content", [NeverRegistered(), Impostor()], ids=["unknown", "impostor"])
def test_what_is_not_registered_cannot_be_said(content: OwnEvent) -> None:
    with pytest.raises(UnknownEventType, match="not in the catalogue"):
        own_event(content, ID)


def test_an_event_inherits_the_tenant_of_its_cause() -> None:
    cause = stored(an_event(installation_id=5, repository_id=7))
    event = own_event(EXAMPLES[0], ID, source="operator", cause=cause, correlation_id=ID)
    assert (event.installation_id, event.repository_id) == (5, 7)
    assert (event.causation_id, event.correlation_id) == (cause.id, ID)
    assert event.source == "operator"


def test_without_a_cause_there_is_no_tenant() -> None:
    event = own_event(EXAMPLES[0], ID)
    assert (event.installation_id, event.repository_id, event.causation_id) == (None,) * 3


@pytest.mark.parametrize("content", EXAMPLES, ids=lambda content: type(content).__name__)
def test_a_field_that_the_class_does_not_know_is_refused(content: OwnEvent) -> None:
    event = stored(own_event(content, ID))
    more = json.dumps(json.loads(event.payload) | {"surprise": 1})
    with pytest.raises(ValidationError, match="surprise"):
        content_of(replace(event, payload=more))


def test_a_value_of_another_type_is_not_bent_into_shape() -> None:
    with pytest.raises(ValidationError):
        DeliveriesRefused(code="x", count="3", first=NOW, last=NOW)  # type: ignore[arg-type]


def test_an_event_cannot_be_changed_once_said() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        EXAMPLES[0].instance = UUID(int=2)  # type: ignore[misc]


def test_a_version_of_a_later_release_says_so() -> None:
    event = replace(stored(own_event(EXAMPLES[0], ID)), schema_version=99)
    with pytest.raises(UnknownEventType, match=r"event 9 is service.started version 99.*upgrade"):
        content_of(event)


def test_a_delivery_is_none_of_our_own_whatever_it_calls_itself() -> None:
    disguised = replace(stored(own_event(EXAMPLES[0], ID)), source="github")
    for delivery in (stored(an_event()), disguised):
        with pytest.raises(UnknownEventType, match="event 9 is a delivery"):
            content_of(delivery)
