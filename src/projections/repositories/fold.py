"""How repositories follow from the log; of what arrives out of order, GitHub's times decide."""

from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from events.github import (
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.table import table_of
from projections.engine.projection import Key, Projection, ReadEvent, changed, copied
from projections.repositories.model import Repository, RepositoryRow

_RepositoryFact: TypeAlias = (
    RepositorySeen | RepositoryConnected | RepositoryDisconnected | RepositoryDeleted
)
_FACTS = (RepositorySeen, RepositoryConnected, RepositoryDisconnected, RepositoryDeleted)
_DESCRIBED = ("full_name", "private", "archived", "default_branch")
_DESCRIPTION = attrgetter(*_DESCRIBED)


def _touches(read: ReadEvent) -> set[Key]:
    keys: set[Key] = {(fact.repository_id,) for fact in read.facts if isinstance(fact, _FACTS)}
    if read.event.repository_id is not None:
        keys.add((read.event.repository_id,))
    return keys


def _evolve(row: Repository | None, key: Key, read: ReadEvent) -> Repository:
    known = row or Repository.model_construct(id=key[0])
    for fact in read.facts:
        if isinstance(fact, _FACTS) and fact.repository_id == known.id:
            known = changed(known, _learn(known, fact))
    if read.event.repository_id != known.id:
        return known
    heard = {"event_count": known.event_count + 1, "last_event_at": read.event.recorded_at}
    return copied(known, heard)


def _learn(known: Repository, fact: _RepositoryFact) -> dict[str, object]:
    match fact:
        case RepositorySeen():
            return _described(known, fact) | _accessed_by_sight(known, fact)
        case RepositoryDeleted():
            return {"deleted": True}  # the delivery describes the repository as well
        case RepositoryConnected() | RepositoryDisconnected():
            return _accessed(known, fact)


def _described(known: Repository, fact: RepositorySeen) -> dict[str, object]:
    """Take over a description that is newer; of two of one second, the greater name wins."""
    if known.seen_at == fact.updated_at and _DESCRIPTION(known) == _DESCRIPTION(fact):
        return {}  # as nearly always
    if known.seen_at is not None and _order(fact, fact.updated_at) < _order(known, known.seen_at):
        return {}
    told = dict(zip(_DESCRIBED, _DESCRIPTION(fact), strict=True))
    return {name: value for name, value in told.items() if value is not None} | {
        "seen_at": fact.updated_at
    }


def _order(described: Repository | RepositorySeen, at: datetime) -> tuple[object, ...]:
    values = _DESCRIPTION(described)
    return (at, *[(value is not None, value) for value in values])


def _accessed(
    known: Repository, fact: RepositoryConnected | RepositoryDisconnected
) -> dict[str, object]:
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


def _accessed_by_sight(known: Repository, fact: RepositorySeen) -> dict[str, object]:
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


def _is_outdated(known: Repository, at: datetime, told: tuple[bool, int, str]) -> bool:
    """Tell whether a word on access is older than the known one; ties never go by arrival."""
    held = (known.connected or False, known.installation_id or 0, known.full_name)
    return known.connection_at is not None and (at, told) < (known.connection_at, held)


REPOSITORIES: Projection[Repository] = Projection(
    name="repositories",
    version=1,
    table=table_of(RepositoryRow),
    model=Repository,
    touches=_touches,
    evolve=_evolve,
)
