"""Where a runner's rows go, and those it need not read back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlmodel import SQLModel

from events.store import Store
from projections.evolve import Evolving
from projections.projection import Key

Guard = Callable[[Connection], None]

_MOST_ROWS = 20_000


@dataclass(slots=True)
class RowCache:
    """Rows as this runner last wrote them.

    They are true for as long as nobody else moves the checkpoint, which the compare-and-set of the
    next write finds out; whatever goes wrong, forget them all.
    """

    _rows: dict[str, dict[Key, SQLModel]] = field(default_factory=dict)

    def known(self, projection: str, keys: Iterable[Key]) -> dict[Key, SQLModel]:
        """Return those of the rows that are remembered."""
        rows = self._rows.get(projection, {})
        return {key: rows[key] for key in keys if key in rows}

    def remember(self, written: Iterable[Evolving[SQLModel]]) -> None:
        """Remember rows just written, save those that nothing reads back."""
        for each in written:
            if each.projection.append_only:
                continue
            rows = self._rows.setdefault(each.projection.name, {})
            if len(rows) > _MOST_ROWS:
                rows.clear()
            for key, row in each.after.items():
                if row is None:
                    rows.pop(key, None)
                else:
                    rows[key] = row

    def forget(self) -> None:
        """Forget every row."""
        self._rows.clear()


@dataclass(frozen=True, slots=True)
class Target:
    """The database that rows and checkpoints live in, and who may write to it.

    ``guard`` runs in every writing transaction and raises CheckpointMoved when this process should
    not be projecting.
    """

    store: Store
    guard: Guard
    cache: RowCache = field(default_factory=RowCache)
