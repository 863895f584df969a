"""How repositories follow from the log; of what arrives out of order, GitHub's times decide."""

from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from aggregates.tenancy import Claim, Tenancy, Word
from events.catalogue import InstallationAccepted, InstallationAnswered, content_of
from events.delivery import is_bound
from events.envelope import GITHUB, Event
from events.github import (
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.reading import tells_facts
from events.table import table_of
from projections.engine.projection import Key, Projection, ReadEvent, Versions, changed, copied
from projections.repositories.model import HeldRepository, RepositoryRow, repository_versions

_RepositoryFact: TypeAlias = (
    RepositorySeen | RepositoryConnected | RepositoryDisconnected | RepositoryDeleted
)
_Access: TypeAlias = RepositoryConnected | RepositoryDisconnected
_FACTS = (RepositorySeen, RepositoryConnected, RepositoryDisconnected, RepositoryDeleted)
_DESCRIBED = ("full_name", "private", "archived", "default_branch")
_DESCRIPTION = attrgetter(*_DESCRIBED)
_MOST_NAMES = 100


def _touches(read: ReadEvent) -> set[Key]:
    keys: set[Key] = {(fact.repository_id,) for fact in read.facts if isinstance(fact, _FACTS)}
    if read.event.repository_id is not None:
        keys.add((read.event.repository_id,))
    return keys


def _evolve(row: HeldRepository | None, key: Key, read: ReadEvent) -> HeldRepository:
    known = row or HeldRepository.model_construct(id=key[0])
    event = read.event
    if event.repository_id != known.id:
        return _listed(known, read)
    if event.type == InstallationAnswered.type and event.source != GITHUB:
        known = _settled(known, event)
    elif tells_facts(event):
        known = _told(known, read)
    heard = {"event_count": known.event_count + 1, "last_event_at": event.recorded_at}
    return copied(known, heard)


def _told(known: HeldRepository, read: ReadEvent) -> HeldRepository:
    """Take in what an event of the repository tells; of what is not its tenant's only the claim."""
    before, word = _tenancy(known), Word.of(read.event, read.facts)
    tenancy = before.after(word)
    if tenancy.claim is not before.claim:
        known = changed(known, _claimed(tenancy.claim))
    if before.contradicted_by(word):
        return known
    for fact in read.facts:
        if isinstance(fact, _FACTS) and fact.repository_id == known.id:
            known = changed(known, _learn(known, fact))
    return known


def _listed(known: HeldRepository, read: ReadEvent) -> HeldRepository:
    """Take in what an installation says of the repositories that it reaches."""
    for fact in read.facts:
        if isinstance(fact, _Access) and fact.repository_id == known.id:
            known = changed(known, _learn_of_access(known, fact, read.event))
    return known


def _learn_of_access(known: HeldRepository, fact: _Access, event: Event) -> dict[str, object]:
    before = replace(_tenancy(known), at=known.connection_at)
    word = Word(
        position=event.position,
        installation_id=fact.installation_id,
        full_name=fact.full_name,
        at=fact.at,
        bound=is_bound(event),
    )
    if not before.contradicted_by(word):
        return _accessed(known, fact)
    if isinstance(fact, RepositoryConnected):
        return _claimed(before.after(word).claim)
    return _claimed(None) if known.claimed_installation_id == fact.installation_id else {}


def _settled(known: HeldRepository, event: Event) -> HeldRepository:
    """Take in whose the repository is, as GitHub or an operator says."""
    content, before = content_of(event), _tenancy(known)
    match content:
        case InstallationAnswered():
            now = before.answered(content, event.position)
            access: bool | None = content.installation_id is not None
            same = now.installation_id == before.installation_id
            times = (content.at, known.connection_at if same else None)
            at = max((each for each in times if each is not None), default=None)
        case InstallationAccepted():
            now = before.accepted(content, event.position)
            if now is before:
                return known
            access, at = (content.installation_id is not None or None), None
        case _:
            return known
    told: dict[str, object] = {"installation_id": now.installation_id}
    told |= {"full_name": now.full_name or "", **_called(known, now.full_name)}
    if now.moved:
        told["events_before"] = known.event_count
    return changed(known, {**told, "connected": access, "connection_at": at, **_claimed(now.claim)})


def _tenancy(known: HeldRepository) -> Tenancy:
    claim = None
    if known.claimed_position is not None:
        claim = Claim(
            position=known.claimed_position,
            installation_id=known.claimed_installation_id,
            full_name=known.claimed_full_name,
            at=known.claimed_at,
        )
    return Tenancy(
        installation_id=known.installation_id,
        full_name=known.full_name or None,
        at=known.seen_at,
        claim=claim,
    )


def _claimed(claim: Claim | None) -> dict[str, object]:
    return {
        "claimed_position": claim.position if claim else None,
        "claimed_installation_id": claim.installation_id if claim else None,
        "claimed_full_name": claim.full_name if claim else None,
        "claimed_at": claim.at if claim else None,
    }


def _learn(known: HeldRepository, fact: _RepositoryFact) -> dict[str, object]:
    match fact:
        case RepositorySeen():
            return _described(known, fact) | _accessed_by_sight(known, fact)
        case RepositoryDeleted():
            return {"deleted": True}  # the delivery describes the repository as well
        case RepositoryConnected() | RepositoryDisconnected():
            return _accessed(known, fact)


def _described(known: HeldRepository, fact: RepositorySeen) -> dict[str, object]:
    """Take over a description that is newer; of two of one second, the greater name wins."""
    if known.seen_at == fact.updated_at and _DESCRIPTION(known) == _DESCRIPTION(fact):
        return {}  # as nearly always
    if known.seen_at is not None and _order(fact, fact.updated_at) < _order(known, known.seen_at):
        return _called(known, fact.full_name)
    told = dict(zip(_DESCRIBED, _DESCRIPTION(fact), strict=True))
    kept = {name: value for name, value in told.items() if value is not None}
    return kept | {"seen_at": fact.updated_at} | _called(known, fact.full_name)


def _called(known: HeldRepository, name: str | None) -> dict[str, object]:
    """Add a name to those that were told at a time; of too many the first by the alphabet stay.

    So it does not matter which came first.
    """
    names = {*known.names.split("\n"), *([name.lower()] if name else [])} - {""}
    return {"names": "\n".join(["", *sorted(names)[:_MOST_NAMES], ""]) if names else ""}


def _order(described: HeldRepository | RepositorySeen, at: datetime) -> tuple[object, ...]:
    values = _DESCRIPTION(described)
    return (at, *[(value is not None, value) for value in values])


def _accessed(known: HeldRepository, fact: _Access) -> dict[str, object]:
    """Take over a newer word on access; of two of one second, access wins.

    The name that it gives is of no known time: it holds until a description is seen.
    """
    gained = isinstance(fact, RepositoryConnected)
    if _is_outdated(known, fact.at, (gained, fact.installation_id, fact.full_name)):
        return {}
    return {
        "connected": gained,
        "installation_id": fact.installation_id,
        "connection_at": fact.at,
        "full_name": fact.full_name if known.seen_at is None else known.full_name,
    }


def _accessed_by_sight(known: HeldRepository, fact: RepositorySeen) -> dict[str, object]:
    """Whatever an installation delivers for a repository, it has access to."""
    if fact.installation_id is None:
        return {}
    if _is_outdated(known, fact.updated_at, (True, fact.installation_id, known.full_name)):
        return {}
    return {
        "connected": True,
        "installation_id": fact.installation_id,
        "connection_at": fact.updated_at,
    }


def _is_outdated(known: HeldRepository, at: datetime, told: tuple[bool, int, str]) -> bool:
    """Tell whether a word on access is older than the known one; ties never go by arrival."""
    held = (known.connected or False, known.installation_id or 0, known.full_name)
    return known.connection_at is not None and (at, told) < (known.connection_at, held)


_COUNTED = 200  # events, which are counted one by one behind the newest version
_KEPT = attrgetter(
    *(name for name in HeldRepository.model_fields if name not in ("event_count", "last_event_at"))
)


def _differ(before: HeldRepository | None, after: HeldRepository) -> bool:
    """Say whether another version is kept: it is otherwise, or many events came since the last."""
    if before is None or _KEPT(before) != _KEPT(after):
        return True
    return after.event_count % _COUNTED == 0 and after.event_count != before.event_count


REPOSITORIES: Projection[HeldRepository] = Projection(
    name="repositories",
    version=5,
    table=table_of(RepositoryRow),
    model=HeldRepository,
    touches=_touches,
    evolve=_evolve,
    versions=Versions(repository_versions, _differ),
    belong="key",
)
