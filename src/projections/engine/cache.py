"""Rows that a runner need not read back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from projections.engine.projection import Key

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
