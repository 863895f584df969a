"""Walking the whole log to see whether anything got past the triggers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from events import chain
from events.envelope import Event
from events.read import Head, count, head, read
from events.store import Store
from events.table import missing_triggers

_BATCH = 500
# What reading a row raises whose bytes are not of their column's type any more, as SQLite allows.
_UNREADABLE = (ValueError, TypeError, AttributeError, DBAPIError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk found; ``broken_at`` is the first position that is not as it was recorded."""

    events: int
    head: Head
    broken_at: int | None
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the log is as it was recorded."""
        return not self.problems


async def verify(
    store: Store,
    anchor: tuple[int, str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Verdict:
    """Recompute every hash up to the head as it is at the beginning.

    ``anchor`` is a position and the hash it had when somebody noted it elsewhere: without one, a
    log cut short at its end together with its head looks whole. ``progress`` is told how many
    events of how many are done.
    """
    newest = await store.read(head)
    walk = _Walk(anchor)
    while walk.position < newest.position and walk.broken_at is None:
        limit = min(_BATCH, newest.position - walk.position)
        found = await _readable(store, walk.position, limit)
        walk.over(found)
        if not found:
            walk.lost()
        progress(walk.position, newest.position)
    return await _verdict(store, newest, walk)


async def _readable(store: Store, after: int, limit: int) -> list[Event]:
    """Return the next events, fewer before one that cannot be read; none if that is the next."""
    try:
        return await store.read(partial(read, after=after, limit=limit, whole=True))
    except _UNREADABLE:
        if limit > 1:
            return await _readable(store, after, limit // 2)
        await store.read(head)  # raises when the database is at fault, and not the row
        return []


async def _verdict(store: Store, newest: Head, walk: "_Walk") -> Verdict:
    problems = list(walk.problems)
    if walk.broken_at is None and walk.hash != newest.hash:
        problems.append(f"the head's hash is not that of position {newest.position}")
    if walk.broken_at is None and walk.anchor is not None:
        problems.append(f"position {walk.anchor[0]}, noted elsewhere, is not in the log")
    given, total, triggers = await store.read(_totals)
    if total != given:
        problems.append(f"{given} positions were given, {total} events are there")
    problems += [f"the trigger {name} is missing or off" for name in triggers]
    return Verdict(total, newest, walk.broken_at, tuple(problems))


def _totals(connection: Connection) -> tuple[int, int, list[str]]:
    return head(connection).position, count(connection), missing_triggers(connection)


class _Walk:
    """The chain recomputed so far."""

    def __init__(self, anchor: tuple[int, str] | None) -> None:
        self.position = 0
        self.hash = chain.GENESIS
        self.broken_at: int | None = None
        self.problems: list[str] = []
        self.anchor = None if anchor == (0, chain.GENESIS) else anchor

    def over(self, events: Iterable[Event]) -> None:
        for event in events:
            self._step(event)
            if self.broken_at is not None:
                return

    def lost(self) -> None:
        position = self.position + 1
        self._broken(position, f"position {position} is missing or cannot be read")

    def _step(self, event: Event) -> None:
        payload_sha256 = chain.digest(str(event.payload))  # SQLite may hold bytes by now
        if event.position != self.position + 1:
            self._broken(self.position + 1, f"position {self.position + 1} is missing")
        elif payload_sha256 != event.payload_sha256:
            self._broken(event.position, f"the payload at position {event.position} was changed")
        elif event.hash != chain.expected_hash(self.hash, event, payload_sha256):
            self._broken(event.position, f"position {event.position} is not as it was recorded")
        else:
            self.position, self.hash = event.position, event.hash
            self._check_anchor(event)

    def _check_anchor(self, event: Event) -> None:
        if self.anchor is not None and event.position == self.anchor[0]:
            if event.hash != self.anchor[1]:
                self._broken(
                    event.position, f"position {event.position} has another hash than noted"
                )
            self.anchor = None

    def _broken(self, position: int, problem: str) -> None:
        self.broken_at = position
        self.problems.append(problem)
