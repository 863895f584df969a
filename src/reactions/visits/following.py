"""Following the log for repositories that are to be looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from events.envelope import GITHUB, Event
from events.facts import RepositoryConnected, RepositoryDisconnected
from events.log import EventLog
from events.telling import read_facts
from reactions.visits.table import Visit, forget, hurry, want

_CONNECTING = ("installation", "installation_repositories")
_OPENING = ("unsuspend", "new_permissions_accepted")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository is to be looked at: if it never was, or ``again``."""

    repository_id: int
    installation_id: int
    full_name: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A repository is out of an installation's reach; None: out of everybody's."""

    repository_id: int
    installation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hurried:
    """What an installation did not let us see before, it may let us see now."""

    installation_id: int


Notice: TypeAlias = Wanted | Gone | Hurried
Notices: TypeAlias = Callable[[Event], Iterable[Notice]]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a stretch of the log told, up to a position; ``more``: it goes on behind it."""

    position: int
    notices: tuple[Notice, ...]
    more: bool


def connections(event: Event) -> Iterator[Notice]:
    """Yield what an event says of our access to repositories; needs payloads of a few kinds only.

    Whatever an installation delivers for a repository, it has access to.
    """
    if event.source != GITHUB:
        return
    if event.type in _CONNECTING:
        yield from _connected(event)
    elif event.type == "repository" and event.action == "deleted" and event.repository_id:
        yield Gone(event.repository_id)
    elif event.repository_id and event.repository_id > 0 and event.installation_id:
        yield Wanted(event.repository_id, event.installation_id)


async def follow(
    log: EventLog, after: int, notices: Notices, with_payload: Callable[[Event], bool]
) -> Followed:
    """Read on in the log; a payload is only read of an event for which ``with_payload`` holds."""
    outlines = await log.outlines(after, _AT_ONCE)
    found: list[Notice] = []
    for outline in outlines:
        whole = with_payload(outline) or outline.type in _CONNECTING
        event = await log.event(outline.position) if whole else outline
        found.extend(notices(event or outline))
    reached = outlines[-1].position if outlines else after
    return Followed(reached, tuple(found), more=len(outlines) == _AT_ONCE)


def note(connection: Connection, purpose: str, notices: Iterable[Notice], now: datetime) -> None:
    """Store what the log told."""
    for notice in notices:
        match notice:
            case Wanted():
                visit = Visit(
                    purpose=purpose,
                    repository_id=notice.repository_id,
                    installation_id=notice.installation_id,
                    full_name=notice.full_name,
                    due_at=now,
                )
                want(connection, visit, again=notice.again)
            case Gone():
                forget(connection, purpose, notice.repository_id, notice.installation_id)
            case Hurried():
                hurry(connection, purpose, notice.installation_id, now)


def _connected(event: Event) -> Iterator[Notice]:
    for fact in read_facts(event).facts:
        if isinstance(fact, RepositoryConnected):
            yield Wanted(fact.repository_id, fact.installation_id, fact.full_name, again=True)
        elif isinstance(fact, RepositoryDisconnected):
            yield Gone(fact.repository_id, fact.installation_id)
    if event.action in _OPENING and event.installation_id:
        yield Hurried(event.installation_id)
