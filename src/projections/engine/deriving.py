"""Carrying rows forward together with their context and with what follows from each step."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table

from projections.engine.evolve import AnyEvolving, Evolving
from projections.engine.projection import (
    EVERY_ROW,
    AnyProjection,
    Derivation,
    Key,
    ReadEvent,
    Row,
    Step,
)
from projections.engine.rows import key_columns


def evolving(projection: AnyProjection) -> AnyEvolving:
    """Return what carries a projection's rows over a batch; most need no more than the rows."""
    if projection.derive is None and projection.context is None:
        return Evolving(projection)
    return Deriving(projection)


@dataclass
class Deriving(Evolving[Row]):
    """Rows of which one may be the context of all others, and rows of derived tables."""

    def __post_init__(self) -> None:
        self.derived = {table: {} for table in self.projection.derived}

    def touch(self, reads: Iterable[ReadEvent]) -> set[Key]:
        """Note the keys that each event may change; return those whose rows must be loaded."""
        keys = super().touch(reads)
        self.every_row = EVERY_ROW in keys
        if keys and self.projection.context is not None:
            keys.add(self.projection.context)
        return keys - {EVERY_ROW}

    def _take(self, keys: Collection[Key], read: ReadEvent) -> None:
        before = {key: self._row(key) for key in self._in_order(keys)}
        after = {key: self.projection.evolve(row, key, read) for key, row in before.items()}
        derivations = self._derivations(before, after, read)
        derived = [(self.derived[each.table], each.key, _whole(each)) for each in derivations]
        # Nothing raises from here on: an event leaves all of its traces or none.
        self.after.update(after)
        for rows, key, row in derived:
            rows[key] = row

    def _in_order(self, keys: Collection[Key]) -> list[Key]:
        """Return the keys of the rows touched, in an order that hangs on nothing but the keys."""
        context = self.projection.context
        touched = set(keys)
        if EVERY_ROW in touched:
            if context is None:
                raise ValueError("what touches every row touches a context")
            touched.remove(EVERY_ROW)
            touched.update([context], self._existing())
        first = [key for key in touched if key == context]
        return [*first, *sorted(touched.difference(first))]

    def _existing(self) -> Iterator[Key]:
        yield from (key for key in self.before if key not in self.after)
        yield from (key for key, row in self.after.items() if row is not None)

    def _derivations(
        self,
        before: Mapping[Key, Row | None],
        after: Mapping[Key, Row | None],
        read: ReadEvent,
    ) -> Iterator[Derivation]:
        derive, context = self.projection.derive, self.projection.context
        if derive is None:
            return
        was = None if context is None else self._row(context)
        now = was if context is None else after.get(context, was)
        for key, row in after.items():
            if row is not before[key] or now is not was:
                yield from derive(Step(key, before[key], row, was, now, read))


def _whole(derivation: Derivation) -> dict[str, Any] | None:
    """Return every column's value, so that rows written in one statement are alike."""
    names, columns = _columns(derivation.table)
    key = dict(zip(names, derivation.key, strict=True))
    if derivation.values is None:
        return None
    row = {**derivation.values, **key}
    if row.keys() != columns:
        raise ValueError(f"{derivation.table.name} has other columns: {row.keys() ^ columns}")
    return row


@cache
def _columns(table: Table) -> tuple[list[str], frozenset[str]]:
    return key_columns(table), frozenset(column.name for column in table.columns)
