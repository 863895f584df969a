"""Comparing a projection's rows with what the log says they should be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Table, select, tuple_

from events.store import Store
from projections.engine import checkpoints, rows
from projections.engine.projection import AnyProjection, Key
from projections.engine.runner import Runner
from runtime.frozen import Frozen, frozen, scratch
from runtime.replay import LogIncomplete, Progress

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as a replay makes it; None where there is none.

    ``projection`` is its name; of a derived table's row followed by a dot and the table's name.
    """

    projection: str
    key: tuple[str, ...]
    live: dict[str, object] | None
    rebuilt: dict[str, object] | None

    @property
    def columns(self) -> list[str]:
        """Return those that differ, in order; none where either has no such row."""
        if self.live is None or self.rebuilt is None:
            return []
        return [name for name, value in self.live.items() if value != self.rebuilt.get(name)]


async def check(
    live: Store, projections: Sequence[AnyProjection], batch: int, progress: Progress
) -> AsyncIterator[Difference]:
    """Yield every difference between live rows, as they are now, and rows rebuilt from the log.

    Raises NothingReflected, OtherRelease, or LogIncomplete.
    """
    async with frozen(live, projections) as copy:
        async for difference in compared(copy, live, projections, batch, progress):
            yield difference


async def compared(
    copy: Frozen,
    log: Store,
    projections: Sequence[AnyProjection],
    batch: int,
    progress: Progress,
) -> AsyncIterator[Difference]:
    """Yield every difference between copied rows and rows built up to where the copied are.

    So nothing that came since is one, and a running service need not stop. Raises LogIncomplete.
    """
    tables = [table for projection in projections for table in projection.tables]
    async with scratch(tables) as rebuilt:
        await _build(copy, log, rebuilt, projections, batch, progress)
        for projection in projections:
            for table in projection.tables:
                async for difference in _compare(copy.rows, rebuilt, _Part(projection, table)):
                    yield difference


async def _build(  # noqa: PLR0913 (what is built from where, to where, and how)
    copy: Frozen,
    log: Store,
    into: Store,
    projections: Sequence[AnyProjection],
    batch: int,
    progress: Progress,
) -> None:
    """Build all together up to where the first of them ends, the others on from there."""
    ends = sorted({*copy.positions.values()})
    for end in ends:
        going_on = [each for each in projections if copy.positions[each.name] >= end]
        runner = Runner(going_on, log, into, batch=batch)
        await runner.prepare()
        while reached := await runner.step(end):
            progress(reached, ends[-1])
    if await into.read(checkpoints.positions) != copy.positions:
        raise LogIncomplete(f"the log does not reach position {ends[-1]}; run verify")


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the tables that a projection writes."""

    projection: AnyProjection
    table: Table

    @property
    def name(self) -> str:
        """The projection's name; of a derived table followed by the table's."""
        own = self.table is self.projection.tables[0]
        return self.projection.name if own else f"{self.projection.name}.{self.table.name}"


async def _compare(copy: Store, rebuilt: Store, part: _Part) -> AsyncIterator[Difference]:
    after: Key | None = None
    while True:
        chunk = partial(_chunk, table=part.table, after=after)
        live, made = await copy.read(chunk), await rebuilt.read(chunk)
        last = _last_of_both(live, made)
        for difference in _differences(part.name, _upto(last, live), _upto(last, made)):
            yield difference
        if last is None:
            break
        after = last


Rows = dict[Key, dict[str, object]]


def _chunk(connection: Connection, table: Table, after: Key | None) -> Rows:
    """Return a chunk of the rows behind a key, in SQLite's order of keys, which is Python's."""
    names, key = rows.key_columns(table), list(table.primary_key)
    query = select(table).order_by(*key).limit(_CHUNK)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    found = connection.execute(query).mappings()
    return {tuple(row[name] for name in names): dict(row) for row in found}


def _last_of_both(*chunks: Rows) -> Key | None:
    """Return the key up to which all chunks are whole, None when nothing comes behind them."""
    return min((list(chunk)[-1] for chunk in chunks if len(chunk) == _CHUNK), default=None)


def _upto(last: Key | None, chunk: Rows) -> Rows:
    return {key: row for key, row in chunk.items() if last is None or key <= last}


def _differences(part: str, live: Rows, rebuilt: Rows) -> Iterator[Difference]:
    for key in sorted(live.keys() | rebuilt.keys(), key=str):
        if live.get(key) != rebuilt.get(key):
            shown = tuple(str(part) for part in key)
            yield Difference(part, shown, live.get(key), rebuilt.get(key))
