"""Carrying a projection's rows forward over a batch of events, in memory."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol

from sqlalchemy import Connection

from projections.engine import rows
from projections.engine.cache import RowCache
from projections.engine.parked import ParkedEvent, describe
from projections.engine.projection import AnyProjection, Key, Projection, ReadEvent, Row
from projections.engine.share import LoopShare


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

    def remember(self, cache: RowCache, position: int) -> None:
        """Have the rows remembered that were just written."""
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

    def remember(self, cache: RowCache, position: int) -> None:
        """Have the rows remembered, save those that nothing reads back."""
        if not self.projection.append_only:
            cache.remember(self.projection.name, position, {**self._before, **self._after})

    def _take(self, keys: Collection[Key], read: ReadEvent) -> None:
        evolve = self.projection.evolve
        self._after.update([(key, evolve(self._row(key), key, read)) for key in keys])

    def _row(self, key: Key) -> Row | None:
        return self._after[key] if key in self._after else self._before.get(key)

    def _park(self, read: ReadEvent, error: Exception) -> None:
        self.parked.append(describe(self.projection.name, read.event.position, error))
