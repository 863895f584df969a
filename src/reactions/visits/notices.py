"""What the log says of repositories that are to be looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from events.envelope import GITHUB, Event
from events.github import RepositoryConnected, RepositoryDisconnected
from events.telling import read_facts

CONNECTING = ("installation", "installation_repositories")
_OPENING = ("unsuspend", "new_permissions_accepted")


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


def connections(event: Event) -> Iterator[Notice]:
    """Yield what an event says of our access to repositories; needs payloads of a few kinds only.

    Whatever an installation delivers for a repository, it has access to.
    """
    if event.source != GITHUB:
        return
    if event.type in CONNECTING:
        yield from _connected(event)
    elif event.type == "repository" and event.action == "deleted" and event.repository_id:
        yield Gone(event.repository_id)
    elif event.repository_id and event.repository_id > 0 and event.installation_id:
        yield Wanted(event.repository_id, event.installation_id)


def _connected(event: Event) -> Iterator[Notice]:
    for fact in read_facts(event).facts:
        if isinstance(fact, RepositoryConnected):
            yield Wanted(fact.repository_id, fact.installation_id, fact.full_name, again=True)
        elif isinstance(fact, RepositoryDisconnected):
            yield Gone(fact.repository_id, fact.installation_id)
    if event.action in _OPENING and event.installation_id:
        yield Hurried(event.installation_id)
