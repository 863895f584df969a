"""Where pages are read: in a replica while it follows the log, else in the log's own database."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy import Connection, select

from events.read import head
from events.store import Result, Store, Work, named
from events.table import events
from projections.engine import checkpoints

STALE_SECONDS = 10.0  # what a page may at most be behind that does not ask for a position
_LOOK_SECONDS = 2.0  # for an answer to a look
_READ_SECONDS = 3.0  # for a page; then the primary is asked, while somebody waits

_log = structlog.get_logger("replica")


class Replica:
    """A copy of the database, which is read for as long as each look finds that it follows.

    ``clock`` gives seconds that only grow.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self.store = store
        self.trouble = "it was not looked at yet"  # why it is not read; empty while it is
        self.behind = 0.0  # seconds for which it lacks what the primary had, at the last look
        self._clock = clock
        self._told: bool | None = None
        self._goal: Mapping[str, int] = {}  # where the primary was
        self._since = clock()  # when it was there

    @property
    def is_read(self) -> bool:
        """Whether pages are read here."""
        return not self.trouble

    async def look(self, primary: Store) -> None:
        """See whether it answers, holds the primary's log and follows it; raises nothing.

        While the primary is away the replica keeps its standing: its pages can still be read.
        """
        try:
            copy = await _asked(self.store, _standing)
        except Exception as error:  # noqa: BLE001 (whatever it is, the primary is read instead)
            self._judge(f"it does not answer ({named(error)})")
            return
        with suppress(Exception):  # health says elsewhere that the primary is away
            now = await _asked(primary, _standing)
            same = await self._is_same_log(primary, min(copy.end, now.end))
            self._judge(self._lag(copy, now) if same else "it holds another log than the primary")

    async def _is_same_log(self, primary: Store, position: int) -> bool:
        """Compare the hashes at a position; each stands for all that is before it."""

        def hash_there(connection: Connection) -> str | None:
            return connection.scalar(select(events.c.hash).where(events.c.position == position))

        return await _asked(self.store, hash_there) == await _asked(primary, hash_there)

    def _lag(self, copy: "_Standing", now: "_Standing") -> str:
        """Say what is wrong where it does not reach what the primary had some time ago."""
        if _reaches(copy.readers, self._goal) or not _reaches(now.readers, self._goal):
            # The latter where a read model was begun anew: there is nothing to be reached then.
            self._goal, self._since = now.readers, self._clock()
            self.behind = 0.0
        else:
            self.behind = self._clock() - self._since
        late = self.behind > STALE_SECONDS
        return f"it has not followed for {self.behind:.0f} s" if late else ""

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
