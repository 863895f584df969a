"""Where pages are read: in a replica while it follows the log, else in the log's own database."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TypeAlias

import structlog
from sqlalchemy import Connection, select

from events.read import head
from events.store import Result, Store, Work, named
from events.table import events
from projections.engine import checkpoints

STALE_SECONDS = 10.0  # what a page may at most be behind that does not ask for a position
_LOOK_SECONDS = 2.0  # for an answer to a look
_READ_SECONDS = 3.0  # for a page; then the primary is asked, while somebody waits

# The primary at a time: how far the log and its readers were.
_Goal: TypeAlias = tuple[float, Mapping[str, int]]

_log = structlog.get_logger("replica")


class Replica:
    """A copy of the database, which is read for as long as each look finds that it follows.

    ``clock`` gives seconds that only grow.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self.store = store
        self.trouble = "it was not looked at yet"  # why it is not read; empty while it is
        self._clock = clock
        self._told: bool | None = None
        self._goals: list[_Goal] = []  # where the primary was at the last looks
        self._fresh_at = -inf  # it has all that the primary had then

    @property
    def is_read(self) -> bool:
        """Whether pages are read here."""
        return not self.trouble

    async def look(self, primary: Store) -> None:
        """See whether it answers, holds the primary's log and follows it; raises nothing.

        While the primary is away the replica keeps its standing: its pages can still be read.
        """
        at, now = self._clock(), None
        with suppress(Exception):  # health says elsewhere that the primary is away
            now = await _asked(primary, _standing)
        try:
            copy = await _asked(self.store, _standing)
        except Exception as error:  # noqa: BLE001 (whatever it is, the primary is read instead)
            self._judge(f"it does not answer ({named(error)})")
            return
        with suppress(Exception):  # as above; the next look tells
            if now is not None and not await self._is_same_log(primary, min(copy.end, now.end)):
                self._judge("it holds another log than the primary")
            elif now is not None:
                self._judge(self._lateness(at, copy, now))

    async def _is_same_log(self, primary: Store, position: int) -> bool:
        """Compare the hashes at a position; each stands for all that is before it."""

        def hash_there(connection: Connection) -> str | None:
            return connection.scalar(select(events.c.hash).where(events.c.position == position))

        return await _asked(self.store, hash_there) == await _asked(primary, hash_there)

    def _lateness(self, at: float, copy: "_Standing", now: "_Standing") -> str:
        """Say for how long it lacks what the primary had, where that is too long.

        One who comes back has an old goal behind it and is late all the same: what counts is when
        the newest goal that it reached was set. Goals stand side by side, as one set before a read
        model was begun anew is reached by nobody for long.
        """
        self._goals.append((at, now.readers))
        reached = [then for then, readers in self._goals if _reaches(copy.readers, readers)]
        self._fresh_at = max(reached, default=self._fresh_at)
        useful = max(self._fresh_at, at - STALE_SECONDS)
        self._goals = [goal for goal in self._goals if goal[0] > useful]
        late = at - self._fresh_at
        if late <= STALE_SECONDS:
            return ""
        return (
            "it has not caught up yet" if late == inf else f"it has not followed for {late:.0f} s"
        )

    def _judge(self, trouble: str) -> None:
        self.trouble = trouble
        if self.is_read is not self._told:
            self._told = self.is_read
            if trouble:
                _log.warning("pages are read from the primary, not from the replica", why=trouble)
            else:
                _log.info("pages are read from the replica")


def _nothing(_found: object) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads for pages; whoever decides or records something reads the primary itself."""

    primary: Store
    replica: Replica | None = None

    async def read(self, work: Work[Result], lacks: Callable[[Result], bool] = _nothing) -> Result:
        """Run reads in one snapshot, of the replica if it is read and does not lack what is asked.

        So ``work`` may run a second time, on the primary.
        """
        if self.replica is not None and self.replica.is_read:
            try:
                async with asyncio.timeout(_READ_SECONDS):
                    found = await self.replica.store.read(work)
                if not lacks(found):
                    return found
            except Exception as error:  # noqa: BLE001 (the primary answers, or says the same)
                _log.debug("a page is read from the primary", why=named(error))
        return await self.primary.read(work)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the log of a database ends, and where each of its readers stands."""

    end: int
    readers: Mapping[str, int]


def _standing(connection: Connection) -> _Standing:
    end = head(connection).position
    return _Standing(end, {"the log": end} | checkpoints.positions(connection))


async def _asked(store: Store, work: Work[Result]) -> Result:
    async with asyncio.timeout(_LOOK_SECONDS):
        return await store.read(work)


def _reaches(readers: Mapping[str, int], goal: Mapping[str, int]) -> bool:
    return all(readers.get(name, 0) >= position for name, position in goal.items())
