"""Where a runner's rows go, and those it need not read back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from events.store import Store
from projections.engine.evolve import AnyEvolving
from projections.engine.projection import Key

Guard = Callable[[Connection], None]

_MOST_ROWS = 20_000


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

    def known(self, projection: str, position: int, keys: Iterable[Key] | None) -> dict[Key, Any]:
        """Return those of the rows that are remembered from a checkpoint; None: all of them."""
        if self._reflecting.get(projection) != position:
            self._rows.pop(projection, None)
        rows = self._rows.get(projection, {})
        return {key: rows[key] for key in (rows if keys is None else keys) if key in rows}

    def remember(self, written: Iterable[AnyEvolving], position: int) -> None:
        """Remember rows just read or written at a checkpoint, save those nothing reads back."""
        for each in written:
            if each.projection.append_only:
                continue
            self._reflecting[each.projection.name] = position
            rows = self._rows.setdefault(each.projection.name, {})
            if len(rows) > _MOST_ROWS:
                rows.clear()
            rows.update(each.before)  # a context, for one, is read much and seldom written
            for key, row in each.after.items():
                if row is None:
                    rows.pop(key, None)
                else:
                    rows[key] = row

    def forget(self) -> None:
        """Forget every row."""
        self._rows.clear()
        self._reflecting.clear()


@dataclass(frozen=True, slots=True)
class Target:
    """The database that rows and checkpoints live in, and who may write to it.

    ``guard`` runs in every writing transaction and raises CheckpointMoved when this process should
    not be projecting.
    """

    store: Store
    guard: Guard
    cache: RowCache = field(default_factory=RowCache)
