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
    About,
    ActingUserSet,
    ActingUserUnset,
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    AppIdentified,
    DeliveriesRefused,
    InstallationAccepted,
    InstallationAnswered,
    LanePaused,
    LaneResumed,
    ModeSet,
    OwnEvent,
    PolicyChanged,
    PolicyProblem,
    QueueReordered,
    ResyncObserved,
    ScopePaused,
    ScopeResumed,
    ServiceStarted,
    ServiceStopped,
    TimerFired,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
    content_of,
    own_event,
    workflow_id,
)
from events.catalogue.people import (
    AdministratorNamed,
    ConsentGiven,
    ConsentLost,
    ConsentRefreshed,
    ConsentsOrdered,
    ConsentTakenBack,
    SettingChanged,
    SetupBegun,
    SignedIn,
    SignedOut,
    SignInsRefused,
    TokenFirstUsed,
    TokenMade,
    TokenRevoked,
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
    PolicyChanged(
        layer="repository",
        origin=".github/copilot-orchestrator.yml",
        commit="c0ffee",
        content="mode: live",
        document={"mode": "live"},
    ),
    PolicyChanged(
        layer="repository",
        origin=".github/copilot-orchestrator.yml",
        content="mode: loud",
        document=None,
        problems=(PolicyProblem(path="mode", message="expected off, shadow or live"),),
    ),
    ActingUserSet(user_id=7, login="ada"),
    ActingUserUnset(),
    ActionRequested(
        kind="ask_to_fix_ci",
        mode="live",
        issue_number=17,
        pull_request_number=18,
        head_sha="c0ffee",
        generation=0,
        token="c0ffee",
        reason="a required check failed",
        parameters={"checks": ["build"], "attempt": 1},
    ),
    ActionSucceeded(action_id=ID, issue_number=17, attempts=2, answer={"comment_id": 99}),
    ActionFailed(
        action_id=ID,
        issue_number=17,
        attempts=0,
        error="Resource not accessible by integration",
    ),
    ActionCancelled(action_id=ID, issue_number=17, why="the check passed meanwhile"),
    TimerFired(issue_number=17, timer="settle", token="c0ffee", due_at=NOW),
    LanePaused(reason="a release is under way"),
    LaneResumed(),
    ModeSet(mode="live"),
    ScopePaused(reason="GitHub has an outage"),
    ScopeResumed(reason="it is over"),
    QueueReordered(order=(19, 17)),
    WorkflowEnqueued(issue_number=17),
    WorkflowLinked(issue_number=17, pull_request_number=60, works=True),
    WorkflowSkipped(issue_number=17, reason="not now"),
    WorkflowRetried(issue_number=17),
    WorkflowTakenOver(issue_number=17),
    WorkflowReleased(issue_number=17),
    ResyncObserved(
        kind="review",
        object={"id": 99, "state": "APPROVED", "user": {"id": 7, "login": "ada"}},
        repository={"full_name": "octo-org/rocket", "default_branch": "main"},
        pull_request_number=18,
    ),
    AppIdentified(user_id=9, login="conductor[bot]", signs=True),
    InstallationAnswered(installation_id=42, owner="acme", at=NOW, as_of=17),
    InstallationAccepted(installation_id=42, owner="acme", reason="it was transferred"),
    SignedIn(session=ID, kind="person", ends_at=NOW),
    SignedOut(sessions=(ID,), user_id=7, because="signed_out"),
    SignInsRefused(code="sign_in_unknown", count=2, first=NOW, last=NOW),
    SetupBegun(),
    AdministratorNamed(user_id=7, login="ada", by="setting"),
    TokenMade(token=ID, name="a program", role="viewer", repositories=(7,), ends_at=NOW),
    TokenFirstUsed(token=ID),
    TokenRevoked(token=ID, because="by_person"),
    ConsentGiven(user_id=7, login="ada"),
    ConsentTakenBack(user_id=7, login="ada"),
    ConsentLost(user_id=7, login="ada", because="the token was revoked"),
    ConsentRefreshed(user_id=7, login="ada"),
    ConsentsOrdered(user_ids=(7, 8)),
    SettingChanged(name="github_app", value="a-slug"),
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


def test_every_event_class_has_an_example() -> None:
    assert {type(content) for content in EXAMPLES} == set(REGISTRY.values())


def test_an_event_says_whom_it_is_about_who_said_it_and_what_caused_it() -> None:
    about = About(installation_id=5, repository_id=7, issue_number=17)
    cause = stored(an_event())
    event = own_event(EXAMPLES[0], ID, source="operator", about=about, cause=cause, by="ada")
    assert (event.installation_id, event.repository_id) == (5, 7)
    assert (event.subject_kind, event.subject_number) == ("issue", 17)
    assert (event.source, event.actor_login) == ("operator", "ada")
    assert (event.causation_id, event.correlation_id) == (cause.id, workflow_id(7, 17))


def test_a_cause_passes_on_nothing_but_its_id() -> None:
    cause = stored(
        an_event(installation_id=5, repository_id=7, subject_kind="issue", subject_number=17)
    )
    event = own_event(EXAMPLES[0], ID, cause=cause)
    assert event == replace(own_event(EXAMPLES[0], ID), causation_id=cause.id)


def test_an_event_about_nobody_is_about_the_service() -> None:
    event = own_event(EXAMPLES[0], ID)
    assert (event.installation_id, event.repository_id, event.causation_id) == (None,) * 3
    assert (event.subject_kind, event.subject_number, event.actor_login) == (None,) * 3
    assert event.correlation_id is None


@pytest.mark.parametrize("about", [About(repository_id=7), About(issue_number=17)])
def test_only_an_issue_of_a_repository_has_a_workflow(about: About) -> None:
    assert own_event(EXAMPLES[0], ID, about=about).correlation_id is None


def test_each_issue_of_each_repository_has_a_workflow_of_its_own() -> None:
    ids = [workflow_id(7, 17), workflow_id(7, 18), workflow_id(8, 17), workflow_id(71, 7)]
    assert len(set(ids)) == len(ids)
    assert workflow_id(7, 17) == ids[0]


@pytest.mark.parametrize("content", EXAMPLES, ids=lambda content: type(content).__name__)
def test_a_field_that_the_class_does_not_know_is_refused(content: OwnEvent) -> None:
    event = stored(own_event(content, ID))
    more = json.dumps(json.loads(event.payload) | {"surprise": 1})
    with pytest.raises(ValidationError, match="surprise"):
        content_of(replace(event, payload=more))


def test_a_value_of_another_type_is_not_bent_into_shape() -> None:
    with pytest.raises(ValidationError):
        DeliveriesRefused(code="x", count="3", first=NOW, last=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", EXAMPLES[8:10], ids=lambda outcome: type(outcome).__name__)
def test_an_outcome_told_before_attempts_were_counted_was_of_the_first(outcome: OwnEvent) -> None:
    event = stored(own_event(outcome, ID))
    told = json.loads(event.payload)
    del told["attempts"]
    read = content_of(replace(event, payload=json.dumps(told)))
    assert read == outcome.model_copy(update={"attempts": 1})


def test_nothing_is_tried_less_often_than_never() -> None:
    with pytest.raises(ValidationError, match="attempts"):
        ActionSucceeded(action_id=ID, issue_number=17, attempts=-1)


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
