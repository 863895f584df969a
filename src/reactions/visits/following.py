"""Following the log for what it says of repositories that are to be looked at."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from events.catalogue import InstallationAnswered, ResyncObserved
from events.envelope import GITHUB, Event
from events.github import Reading, RepositoryConnected, RepositoryDisconnected
from events.reading import read_facts
from reactions.checkpoints import Checkpoint, advance
from reactions.visits.rounds import Services
from reactions.visits.table import Visit, forget, hurry, known, want

_CONNECTING = ("installation", "installation_repositories")
_OPENING = ("unsuspend", "new_permissions_accepted")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A repository is due to be looked at: if it never was, or ``again``.

    ``settled``: it is certain that it is this installation's, whatever it was.
    """

    repository_id: int
    installation_id: int
    full_name: str | None = None
    again: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A repository is out of an installation's reach; None: out of everybody's."""

    repository_id: int
    installation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hurried:
    """What an installation did not let us see before, it may let us see now."""

    installation_id: int


Notice: TypeAlias = Due | Gone | Hurried
Notices: TypeAlias = Callable[[Event], Iterable[Notice]]


@dataclass(frozen=True, slots=True)
class _Followed:
    """What a stretch of the log told, up to a position; ``more``: it goes on behind it."""

    position: int
    notices: tuple[Notice, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Follows the log for one purpose, whose name its ``checkpoint`` has.

    ``payload_of`` names the types of events of which ``notices`` needs the payload.
    """

    checkpoint: Checkpoint
    services: Services
    notices: Notices
    payload_of: Collection[str] = ()

    async def catch_up(self) -> None:
        """Follow the log to its head; raises what it and the database raise, and the guard."""
        while await self._follow():
            pass

    async def _follow(self) -> bool:
        followed = await self._read_on(await self.services.store.read(self.checkpoint.position))
        if not followed.notices and self.checkpoint.passes(followed.position):
            return followed.more

        def work(connection: Connection) -> None:
            _note(connection, self.checkpoint.name, followed.notices, self.services.clock())
            advance(connection, self.checkpoint.name, followed.position)

        await self.services.write(work)
        return followed.more

    async def _read_on(self, after: int) -> _Followed:
        """Read on; a payload is only read where one is needed.

        A large one is left out: what it says of access is read elsewhere, all else is in doubt.
        """
        outlines = await self.services.log.outlines(after, _AT_ONCE)
        found: list[Notice] = []
        for outline in outlines:
            whole = outline.type in self.payload_of or outline.type in _CONNECTING
            event = await self.services.log.event(outline.position) if whole else outline
            if event is not None and not event.payload and event.type in _CONNECTING:
                found.extend(_connected(event, await self.services.log.facts(event)))
            else:
                found.extend(self.notices(event or outline))
        reached = outlines[-1].position if outlines else after
        return _Followed(reached, await self._news(found), more=len(outlines) == _AT_ONCE)

    async def _news(self, notices: Sequence[Notice]) -> tuple[Notice, ...]:
        """Leave out what is known, which is most of it: each delivery tells of its repository."""
        wanted = {each for each in notices if isinstance(each, Due) and not each.again}
        if not wanted or not wanted.issuperset(notices):
            return tuple(notices)  # in an order that matters
        ids = {each.repository_id for each in wanted}
        there = await self.services.store.read(lambda c: known(c, self.checkpoint.name, ids))
        return tuple(each for each in wanted if each.repository_id not in there)


def connections(event: Event) -> Iterator[Notice]:
    """Yield what an event says of our access to repositories; needs payloads of a few kinds only.

    Whatever an installation delivers for a repository, it has access to.
    """
    if event.source != GITHUB:
        yield from _seen_or_settled(event)
    elif event.type in _CONNECTING:
        yield from _connected(event, read_facts(event))
    elif event.type == "repository" and event.action == "deleted" and event.repository_id:
        yield Gone(event.repository_id, event.installation_id)
    elif event.repository_id and event.repository_id > 0 and event.installation_id:
        yield Due(event.repository_id, event.installation_id)


def _seen_or_settled(event: Event) -> Iterator[Notice]:
    """Yield what follows from what we saw ourselves, and from whose a repository turned out to be.

    The envelope says whose; nobody's, where the App has no access.
    """
    number, whose = event.repository_id, event.installation_id
    if number is None:
        return
    if event.type == InstallationAnswered.type:
        yield Gone(number) if whose is None else Due(number, whose, again=True, settled=True)
    elif event.type == ResyncObserved.type and whose is not None:
        yield Due(number, whose)


def _connected(event: Event, reading: Reading) -> Iterator[Notice]:
    for fact in reading.facts:
        if isinstance(fact, RepositoryConnected):
            yield Due(fact.repository_id, fact.installation_id, fact.full_name, again=True)
        elif isinstance(fact, RepositoryDisconnected):
            yield Gone(fact.repository_id, fact.installation_id)
    if event.action in _OPENING and event.installation_id:
        yield Hurried(event.installation_id)


def _note(connection: Connection, purpose: str, notices: Iterable[Notice], now: datetime) -> None:
    """Store what the log told."""
    for notice in notices:
        match notice:
            case Due():
                visit = Visit(
                    purpose=purpose,
                    repository_id=notice.repository_id,
                    installation_id=notice.installation_id,
                    full_name=notice.full_name,
                    due_at=now,
                    since=now,
                )
                want(connection, visit, again=notice.again, settled=notice.settled)
            case Gone():
                forget(connection, purpose, notice.repository_id, notice.installation_id)
            case Hurried():
                hurry(connection, purpose, notice.installation_id, now)
