"""Carrying a projection's rows forward over a batch of events, in memory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Generic

from projections.parked import ParkedEvent, describe
from projections.projection import Key, Projection, ReadEvent, Row


@dataclass(slots=True)
class Evolving(Generic[Row]):
    """Rows before and after the part of a batch evolved so far; None: removed."""

    projection: Projection[Row]
    before: dict[Key, Row] = field(default_factory=dict)
    after: dict[Key, Row | None] = field(default_factory=dict)
    parked: list[ParkedEvent] = field(default_factory=list)
    _touches: dict[int, Collection[Key]] = field(default_factory=dict)

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
        """Evolve over more events, in order; one that cannot be digested is parked."""
        for read in reads:
            try:
                self.after.update(self._changes(read))
            except Exception as error:  # noqa: BLE001 (likewise)
                self._park(read, error)

    def _changes(self, read: ReadEvent) -> dict[Key, Row | None]:
        """Return the rows that an event changes, all of them or, by raising, none."""
        changes: dict[Key, Row | None] = {}
        for key in self._touches.get(read.event.position, ()):
            row = self.after[key] if key in self.after else self.before.get(key)
            changes[key] = self.projection.evolve(row, key, read)
        return changes

    def _park(self, read: ReadEvent, error: Exception) -> None:
        self.parked.append(describe(self.projection.name, read.event.position, error))
