"""What of all that was seen is news to a lane: found out by folding it, before it is recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from aggregates.lane import Lane, evolve
from aggregates.lane.bounds import trimmed
from events.catalogue import ResyncObserved
from events.envelope import Event, NewEvent
from events.facts import Fact, RepositorySeen
from events.identity import keyed_id
from events.observation import observed_event
from events.telling import read_facts
from reactions.visits import Place


@dataclass(frozen=True, slots=True)
class _Told:
    content: ResyncObserved
    new: NewEvent
    event: Event
    facts: tuple[Fact, ...]


def news(place: Place, seen: Sequence[ResyncObserved], now: datetime) -> list[NewEvent]:
    """Return as events what tells the lane something new that it would also remember.

    What lies beyond the lane's horizon would be news each time anew. The lane's position is part
    of an event's id: whoever sees the same in the same lane records it once.
    """
    told = [_told(place, content, now) for content in seen]
    horizon = trimmed(_folded(place.lane, told))
    lane, found = place.lane, []
    for each in told:
        after = evolve(lane, each.event, each.facts)
        if after is not lane and _is_worth_telling(lane, each, horizon):
            lane = after
            found.append(each.new)
    return found


def _told(place: Place, content: ResyncObserved, now: datetime) -> _Told:
    repository_id, installation_id = place.lane.repository_id, place.repo.installation_id
    draft = observed_event(content, UUID(int=0), repository_id, installation_id)
    digest = sha256(draft.payload.encode()).hexdigest()
    key = f"resync:{repository_id}:{place.lane.position}:{digest}"
    fields = asdict(draft) | {"id": keyed_id(key)}
    position = place.lane.position + 1
    event = Event(**fields, position=position, recorded_at=now, payload_sha256="", hash="")
    return _Told(content, NewEvent(**fields), event, read_facts(event).facts)


def _folded(lane: Lane, told: Sequence[_Told]) -> Lane:
    for each in told:
        lane = evolve(lane, each.event, each.facts)
    return lane


def _is_worth_telling(lane: Lane, told: _Told, horizon: Lane) -> bool:
    kept = horizon.seen
    content = told.content
    match content.kind:
        case "repository":
            return any(_is_described_anew(lane, fact) for fact in told.facts)
        case "issue":
            return told.event.subject_number in kept.issues
        case "pull_request" | "review":
            return told.event.subject_number in kept.pull_requests
        case _:
            return told.event.head_sha in kept.commits


def _is_described_anew(lane: Lane, fact: Fact) -> bool:
    """Say whether a repository is described otherwise; its time alone changes with every push."""
    if not isinstance(fact, RepositorySeen):
        return False
    known = lane.seen.repository
    if known is None or lane.installation_id != fact.installation_id:
        return True
    return known.updated_at <= fact.updated_at and [*_description(known)] != [*_description(fact)]


def _description(fact: RepositorySeen) -> Iterator[object]:
    yield from (fact.full_name, fact.owner_login, fact.private, fact.archived, fact.default_branch)
