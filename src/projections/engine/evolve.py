"""Carrying a projection's rows forward over a batch of events, in memory."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol

from sqlalchemy import Connection

from projections.engine import rows
from projections.engine.checkpoints import Checkpoint
from projections.engine.parked import ParkedEvent, describe
from projections.engine.projection import (
    AnyProjection,
    Key,
    Projection,
    ReadEvent,
    Row,
    Versions,
)


@dataclass(slots=True)
class LoopShare:
    """Lets others on the event loop go on once it was held for so many seconds."""

    seconds: float
    _since: float = field(default_factory=time.perf_counter)

    async def offer(self) -> None:
        """Let others go on, if it is time; to be asked every millisecond or so."""
        if time.perf_counter() - self._since >= self.seconds:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


_MOST = 20_000  # rows of one projection


@dataclass(slots=True)
class RowCache:
    """Rows as this runner last wrote them, and the checkpoint that they reflect.

    Rows follow from the log, so they are true where the checkpoint stands where this runner left
    it, and nowhere else: another process may have gone on from there, or have started anew. That
    it still stands there when the next rows are written, the compare-and-set finds out; whatever
    goes wrong, forget them all.
    """

    _rows: dict[str, dict[Key, Any]] = field(default_factory=dict)
    _reflecting: dict[str, int] = field(default_factory=dict)

    def known(self, projection: str, position: int, keys: Iterable[Key]) -> dict[Key, Any]:
        """Return those of the rows that are remembered from a checkpoint."""
        rows = self._rows.get(projection, {})
        if self._reflecting.get(projection) != position:
            rows.clear()
        return {key: rows[key] for key in keys if key in rows}

    def taken(self, projection: str, position: int) -> dict[Key, Any]:
        """Return all rows that are remembered from a checkpoint, and forget them.

        For rows that change in place: what goes wrong meanwhile leaves none of them behind.
        """
        known = self._rows.pop(projection, {})
        return known if self._reflecting.get(projection) == position else {}

    def remember(self, projection: str, position: int, written: Mapping[Key, Any]) -> None:
        """Remember rows just read or written at a checkpoint; None: there is none."""
        self._reflecting[projection] = position
        rows = self._rows.setdefault(projection, {})
        if len(rows) > _MOST:
            rows.clear()
        for key, row in written.items():
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row

    def forget(self) -> None:
        """Forget every row."""
        self._rows.clear()
        self._reflecting.clear()


class Carrying(Protocol):
    """What carries a projection over one batch: begun, loaded, over its events, saved."""

    @property
    def projection(self) -> AnyProjection:
        """What is carried."""
        ...

    @property
    def parked(self) -> list[ParkedEvent]:
        """The events that could not be digested."""
        ...

    def begin(self, reads: Sequence[ReadEvent], cache: RowCache, position: int) -> bool:
        """Take what is remembered of a checkpoint; say whether anything must be loaded."""
        ...

    def load(self, connection: Connection) -> None:
        """Load what is not remembered."""
        ...

    async def over(self, reads: Iterable[ReadEvent], share: LoopShare) -> None:
        """Take in more events, in order; one that cannot be digested is parked."""
        ...

    def save(self, connection: Connection) -> None:
        """Write the rows that changed."""
        ...

    def remember(self, cache: RowCache, reached: Checkpoint) -> None:
        """Have the rows remembered that were just written and committed."""
        ...


def carrying(projection: AnyProjection) -> Carrying:
    """Return what carries a projection over a batch."""
    if isinstance(projection, Projection):
        return Evolving(projection)
    return projection.carrying()


@dataclass(slots=True)
class Evolving(Generic[Row]):
    """Rows before and after the part of a batch evolved so far; None: removed."""

    projection: Projection[Row]
    parked: list[ParkedEvent] = field(default_factory=list)
    _before: dict[Key, Row] = field(default_factory=dict)
    _after: dict[Key, Row | None] = field(default_factory=dict)
    _missing: set[Key] = field(default_factory=set)
    _touches: dict[int, Collection[Key]] = field(default_factory=dict)  # by position
    _versions: dict[Key, rows.Columns] = field(default_factory=dict)  # by key and position

    def begin(self, reads: Sequence[ReadEvent], cache: RowCache, position: int) -> bool:
        """Note the keys that each event may change, and take the rows that are remembered."""
        for read in reads:
            try:
                self._touches[read.event.position] = self.projection.touches(read)
            except Exception as error:  # noqa: BLE001 (whatever it is: parked, shown, and on)
                self._park(read, error)
        if self.projection.append_only:
            return False
        keys = {key for touched in self._touches.values() for key in touched}
        self._before = cache.known(self.projection.name, position, keys)
        self._missing = keys - self._before.keys()
        return bool(self._missing)

    def load(self, connection: Connection) -> None:
        """Load the rows that are not remembered."""
        self._before |= rows.load(connection, self.projection, self._missing)

    async def over(self, reads: Iterable[ReadEvent], share: LoopShare) -> None:
        """Evolve over more events, in order; one that cannot be digested is parked.

        An event changes all the rows that it touches or, by raising, none.
        """
        for read in reads:
            keys = self._touches.get(read.event.position)
            if not keys:
                continue
            try:
                self._take(keys, read)
            except Exception as error:  # noqa: BLE001 (likewise)
                self._park(read, error)
        await share.offer()

    def save(self, connection: Connection) -> None:
        """Write the rows that changed."""
        rows.save(connection, self.projection, self._before, self._after)
        if self.projection.versions is not None:
            rows.save_columns(connection, self.projection.versions.table, self._versions)

    def remember(self, cache: RowCache, reached: Checkpoint) -> None:
        """Have the rows remembered, save those that nothing reads back."""
        if not self.projection.append_only:
            written = {**self._before, **self._after}
            cache.remember(self.projection.name, reached.position, written)

    def _take(self, keys: Collection[Key], read: ReadEvent) -> None:
        evolve = self.projection.evolve
        after = [(key, evolve(self._row(key), key, read)) for key in keys]
        if self.projection.versions is not None:
            self._keep(self.projection.versions, after, read.event.position)
        self._after.update(after)

    def _keep(
        self, versions: Versions[Row], after: Iterable[tuple[Key, Row | None]], position: int
    ) -> None:
        """Keep how rows are from a position on, of those that differ by what is kept."""
        for key, row in after:
            if row is not None and versions.differ(self._row(key), row):
                known = {**vars(row), "position": position}
                kept = {name: known[name] for name in versions.table.columns.keys()}  # noqa: SIM118 (a collection of columns)
                self._versions[(*key, position)] = kept

    def _row(self, key: Key) -> Row | None:
        return self._after[key] if key in self._after else self._before.get(key)

    def _park(self, read: ReadEvent, error: Exception) -> None:
        self.parked.append(describe(self.projection.name, read.event.position, error))
