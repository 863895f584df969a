"""What of all that was seen is news to a lane: found out by folding it, and recorded then."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

import structlog

from aggregates.lane import Lane, evolve, trimmed
from events.catalogue import ResyncObserved
from events.envelope import Event, NewEvent
from events.github import (
    NEVER,
    Fact,
    IssueSeen,
    PullRequestSeen,
    RepositorySeen,
    RequirementsSeen,
)
from events.github.observations import observed_event
from events.identity import keyed_id
from events.log import EventLog
from events.reading import read_facts
from reactions.resync.doubts import settles
from reactions.resync.looking import Looking
from reactions.visits import Place

_APPENDED_AT_ONCE = 100

_Object: TypeAlias = RepositorySeen | IssueSeen | PullRequestSeen | RequirementsSeen

_log = structlog.get_logger("resync")


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen, as it is to be appended, and as it would be read once it was."""

    content: ResyncObserved
    new: NewEvent
    event: Event
    facts: tuple[Fact, ...]


async def record(log: EventLog, looking: Looking, began: datetime) -> int:
    """Append what tells the lane something new; returns how much, raises what the log does."""
    # Folding thousands of objects takes a while, during which others want the event loop.
    found = await asyncio.to_thread(news, looking.place, looking.seen, began)
    for start in range(0, len(found), _APPENDED_AT_ONCE):
        await log.append(*found[start : start + _APPENDED_AT_ONCE])
    if found:
        repository = looking.place.lane.repository_id
        _log.info("a resync saw what no delivery told", events=len(found), repository=repository)
    return len(found)


def news(place: Place, seen: Sequence[ResyncObserved], began: datetime) -> list[NewEvent]:
    """Return as events what tells the lane something new that it would also remember.

    What lies beyond the lane's horizon would be news each time anew. The lane's position is part
    of an event's id: whoever sees the same in the same lane records it once. ``began``: when the
    look did that saw all this.
    """
    told = [_dated(place, observation(place, content, began), began) for content in seen]
    horizon = trimmed(_folded(place.lane, told))
    lane, found = place.lane, []
    for each in told:
        after = evolve(lane, each.event, each.facts)
        if after is lane or not _would_last(each, horizon):
            continue
        if _says_more_than_a_time(lane, after, each):
            lane = after
            found.append(each.new)
    return found


def observation(place: Place, content: ResyncObserved, now: datetime) -> Observation:
    """Put what was seen into an event, the same for whoever sees the same in the same lane."""
    repository_id, installation_id = place.lane.repository_id, place.repo.installation_id
    draft = observed_event(content, UUID(int=0), repository_id, installation_id)
    digest = sha256(draft.payload.encode()).hexdigest()
    key = f"resync:{repository_id}:{place.lane.position}:{digest}"
    fields = asdict(draft) | {"id": keyed_id(key)}
    position = place.lane.position + 1
    event = Event(**fields, position=position, recorded_at=now, payload_sha256="", hash="")
    return Observation(content, NewEvent(**fields), event, read_facts(event).facts)


def _dated(place: Place, told: Observation, began: datetime) -> Observation:
    """Say when it was read where that tells what deliveries of one second leave open."""
    always = told.content.kind == "requirements"  # of which GitHub tells no time
    if always or any(settles(place.lane, fact, began) for fact in told.facts):
        dated = told.content.model_copy(update={"settled_at": began})
        return observation(place, dated, began)
    return told


def _folded(lane: Lane, told: Sequence[Observation]) -> Lane:
    for each in told:
        lane = evolve(lane, each.event, each.facts)
    return lane


def _would_last(told: Observation, horizon: Lane) -> bool:
    """Say whether what it is about is still known once everything is."""
    number = told.event.subject_number or 0
    match told.content.kind:
        case "repository" | "requirements":
            return True
        case "issue" | "blockers" | "sub_issues":
            return horizon.issue(number).seen is not None
        case "pull_request" | "review" | "review_comment":
            return horizon.pull_request(number).seen is not None
        case _:
            return told.event.head_sha in horizon.commits


def _says_more_than_a_time(before: Lane, after: Lane, told: Observation) -> bool:
    """Say whether an object differs in more than when it was changed.

    A comment changes a pull request's time without a delivery of it; to hear of that would only
    make waits begin anew.
    """
    was, now = _object(before, told), _object(after, told)
    if was is None and isinstance(now, RequirementsSeen):
        return bool(now.checks) or not now.readable  # that nothing is required is no news
    return was is None or now is None or _timeless(now) != _timeless(was)


def _timeless(seen: _Object) -> _Object:
    if isinstance(seen, RepositorySeen):
        return replace(seen, updated_at=NEVER, borrowed=())
    if isinstance(seen, RequirementsSeen):
        return replace(seen, read_at=NEVER)
    return replace(seen, updated_at=NEVER, settled_at=NEVER, borrowed=())


def _object(lane: Lane, told: Observation) -> _Object | None:
    number = told.event.subject_number or 0
    match told.content.kind:
        case "repository":
            return lane.repository
        case "requirements":
            seen = [fact for fact in told.facts if isinstance(fact, RequirementsSeen)]
            return lane.requirements.get(seen[0].branch) if seen else None
        case "issue":
            return lane.issue(number).seen
        case "pull_request":
            return lane.pull_request(number).seen
    return None
