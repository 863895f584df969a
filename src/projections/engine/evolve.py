"""Carrying a projection's rows forward over a batch of events, in memory."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias

from sqlalchemy import Table

from projections.engine.parked import ParkedEvent, describe
from projections.engine.projection import Key, Projection, ReadEvent, Row

DerivedRows: TypeAlias = dict[Key, Mapping[str, Any] | None]


@dataclass(slots=True)
class Evolving(Generic[Row]):
    """Rows before and after the part of a batch evolved so far; None: removed.

    ``every_row``: an event of the batch touches whatever rows there are. ``derived`` are the rows
    of other tables as they are to be written.
    """

    projection: Projection[Row]
    before: dict[Key, Row] = field(default_factory=dict)
    after: dict[Key, Row | None] = field(default_factory=dict)
    parked: list[ParkedEvent] = field(default_factory=list)
    every_row: bool = False
    derived: dict[Table, DerivedRows] = field(default_factory=dict)
    _touches: dict[int, Collection[Key]] = field(default_factory=dict)  # by position

    def touch(self, reads: Iterable[ReadEvent]) -> set[Key]:
        """Note the keys that each event may change; return those whose rows must be loaded."""
        for read in reads:
            try:
                self._touches[read.event.position] = self.projection.touches(read)
            except Exception as error:  # noqa: BLE001 (whatever it is: parked, shown, and on)
                self._park(read, error)
        if self.projection.append_only:
            return set()
        return {key for keys in self._touches.values() for key in keys}

    def over(self, reads: Iterable[ReadEvent]) -> None:
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

    def _take(self, keys: Collection[Key], read: ReadEvent) -> None:
        evolve = self.projection.evolve
        self.after.update([(key, evolve(self._row(key), key, read)) for key in keys])

    def _row(self, key: Key) -> Row | None:
        return self.after[key] if key in self.after else self.before.get(key)

    def _park(self, read: ReadEvent, error: Exception) -> None:
        self.parked.append(describe(self.projection.name, read.event.position, error))


AnyEvolving: TypeAlias = Evolving[Any]
