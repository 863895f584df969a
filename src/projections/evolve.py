"""Carrying a projection's rows forward over a batch of events, in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic

from projections.parked import ParkedEvent, describe
from projections.projection import Key, Projection, ReadEvent, Row


@dataclass(slots=True)
class Evolving(Generic[Row]):
    """Rows before and after the part of a batch evolved so far; None: removed."""

    projection: Projection[Row]
    before: dict[Key, Row]
    after: dict[Key, Row | None] = field(default_factory=dict)
    parked: list[ParkedEvent] = field(default_factory=list)

    def over(self, reads: Iterable[ReadEvent]) -> None:
        """Evolve over more events, in order; one that cannot be digested is parked."""
        for read in reads:
            try:
                self.after.update(self._changes(read))
            except Exception as error:  # noqa: BLE001 (whatever it is: parked, shown, and on)
                self.parked.append(describe(self.projection.name, read.event.position, error))

    def _changes(self, read: ReadEvent) -> dict[Key, Row | None]:
        """Return the rows that an event changes, all of them or, by raising, none."""
        changes: dict[Key, Row | None] = {}
        for key in self.projection.touches(read):
            row = self.after[key] if key in self.after else self.before.get(key)
            changes[key] = self.projection.evolve(row, key, read)
        return changes


def touched(projection: Projection[Row], reads: Iterable[ReadEvent]) -> set[Key]:
    """Return the keys of the rows that a batch may change and that must be loaded for it."""
    if projection.append_only:
        return set()
    keys: set[Key] = set()
    for read in reads:
        try:
            keys.update(projection.touches(read))
        except Exception:  # noqa: BLE001, S112 (``over`` meets it again and parks the event)
            continue
    return keys
