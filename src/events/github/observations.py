"""What we saw when we asked GitHub: what is kept of it, how it enters the log and how it is read.

An object is read as a delivery of it, by the same readers, which its noun names.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from events.catalogue import About, Json, ObservedKind, ResyncObserved, own_event
from events.columns import columns_of
from events.envelope import NewEvent
from events.github.fact import Fact
from events.github.issues import IssueSeen
from events.github.mentions import MAX_TEXT
from events.github.node import MAX_ITEMS
from events.github.pull_requests import PullRequestSeen
from events.github.reading import Delivered, Keys, Reading
from events.github.registry import OBSERVED
from events.github.requirements import RequirementsSeen
from events.json_types import Json as Given
from events.json_types import JsonObject
from events.scalars import excerpt, flag, integer


def kept(kind: ObservedKind, whole: JsonObject) -> dict[str, Json]:
    """Return as much of an object as is read, whatever it is: bounded, and fit to be stored."""
    return _objects_keys(whole, OBSERVED[kind].keys)


def observed_event(
    content: ResyncObserved, event_id: UUID, repository_id: int | None, installation_id: int
) -> NewEvent:
    """Put an observation into an envelope whose columns are those of a delivery of the object."""
    about = About(repository_id=repository_id, installation_id=installation_id)
    payload = _as_delivered(content, repository_id, installation_id)
    columns = columns_of(OBSERVED[content.kind].event, payload)
    return replace(own_event(content, event_id, about=about), **columns._asdict())


def read_observation(
    content: ResyncObserved, repository_id: int | None, installation_id: int | None
) -> Reading:
    """Read the facts in an object that we asked for, whatever it looks like; never raises."""
    payload = _as_delivered(content, repository_id, installation_id)
    action = "deleted" if content.gone and content.kind == "issue" else None
    reading = Delivered(action, payload).read(OBSERVED[content.kind].readers)
    return reading if content.settled_at is None else _settled(reading, content.settled_at)


def _objects_keys(whole: JsonObject, keys: Keys) -> dict[str, Json]:
    return {
        name: _value(whole[name]) if below is None else _below(whole[name], below)
        for name, below in keys.items()
        if name in whole
    }


def _below(value: Given, keys: Keys) -> Json:
    if isinstance(value, list):
        return [_object(item, keys) for item in value[:MAX_ITEMS]]
    return _object(value, keys)


def _object(value: Given, keys: Keys) -> Json:
    return _objects_keys(value, keys) if isinstance(value, dict) else _value(value)


def _value(value: Given) -> Json:
    """Return a plain value; one that no reader takes is null, as good as none."""
    if isinstance(value, str):
        return excerpt(value, MAX_TEXT)
    return flag(value) if isinstance(value, bool) else integer(value)


def _as_delivered(
    content: ResyncObserved, repository_id: int | None, installation_id: int | None
) -> JsonObject:
    """Return the payload with which GitHub would have delivered the object."""
    around: dict[str, Json] = {
        "repository": {**content.repository, "id": repository_id},
        "installation": {"id": installation_id},
    }
    match content.kind:
        case "installation":
            return {"installation": content.object}
        case "repository":
            return {**around, "repository": {**content.object, "id": repository_id}}
        case "status":
            return {**content.object, "sha": content.sha, **around}
        case (
            "review"
            | "review_comment"
            | "permission"
            | "closing"
            | "work"
            | "blockers"
            | "failure"
            | "session"
            | "mergeable"
            | "sub_issues"
            | "agent_merge"
        ):
            return {_held_as(content.kind): content.object, **_answered_about(content), **around}
        case kind:
            return {_held_as(kind): content.object, **around}


def _held_as(kind: ObservedKind) -> str:
    """Return under which name deliveries have an object, which most of them share with us."""
    match kind:
        case "review_comment":
            return "comment"
        case "actions_run":
            return "workflow_run"
    return kind


def _answered_about(content: ResyncObserved) -> dict[str, Json]:
    """Return what an answer is about, as a delivery would show it."""
    if content.kind == "blockers":
        about = ("number", "updated_at")
        return {"issue": {name: content.object.get(name) for name in about}}
    if content.kind in ("session", "sub_issues"):
        return {"issue": {"number": content.object.get("number")}}
    return {"pull_request": {"number": content.pull_request_number}}


def _settled(reading: Reading, at: datetime) -> Reading:
    facts = [_read_at(fact, at) for fact in reading.facts]
    return Reading(facts=tuple(facts), problems=reading.problems)


def _read_at(fact: Fact, at: datetime) -> Fact:
    match fact:
        case IssueSeen() | PullRequestSeen():
            return replace(fact, settled_at=at)
        case RequirementsSeen():
            return replace(fact, read_at=at)
    return fact
