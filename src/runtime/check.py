"""Comparing a projection's rows with what the log says they should be."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, select, tuple_
from sqlmodel import SQLModel

from events.errors import OrchestratorError
from events.store import Store
from projections.engine import checkpoints, rows
from projections.engine.projection import AnyProjection, Key
from projections.engine.runner import Runner
from runtime.database import Database, open_database
from runtime.replay import Progress

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


class MovedBack(OrchestratorError):
    """A projection was started anew while it was being checked."""


async def check(
    live: Store, projections: Sequence[AnyProjection], batch: int, progress: Progress
) -> AsyncIterator[Difference]:
    """Yield every difference between live rows and rows rebuilt from the log.

    The rebuilt rows go into a scratch database. Rows are compared a chunk at a time, each at the
    position that the live rows then reflect, so a running service need not stop.
    """
    tables = [table for projection in projections for table in projection.tables]
    async with _scratch(tables) as scratch:
        runner = Runner(projections, live, scratch, batch=batch)
        await runner.prepare()
        standing = await live.read(checkpoints.positions)
        end = min(standing.get(projection.name, 0) for projection in projections)
        while reached := await runner.step(end):
            progress(reached, end)
        for projection in projections:
            alone = Runner([projection], live, scratch, batch=batch)
            for table in projection.tables:
                async for difference in _compare(live, scratch, alone, _Part(projection, table)):
                    yield difference


@asynccontextmanager
async def _scratch(tables: Iterable[Table]) -> AsyncIterator[Database]:
    def create(connection: Connection) -> None:
        SQLModel.metadata.create_all(connection)
        for table in tables:
            table.create(connection, checkfirst=True)

    with TemporaryDirectory(prefix="replay-check-") as folder:
        database = open_database(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}")
        try:
            await database.write(create)
            yield database
        finally:
            await database.close()


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


async def _compare(
    live: Store, scratch: Store, alone: Runner, part: _Part
) -> AsyncIterator[Difference]:
    after: Key | None = None
    while True:
        chunk = partial(_chunk, part=part, after=after)
        position, ours = await live.read(chunk)
        while await alone.step(position):
            pass
        reached, rebuilt = await scratch.read(chunk)
        if reached != position:
            raise MovedBack(f"{part.projection.name} was started anew meanwhile; check again")
        last = _last_of_both(ours, rebuilt)
        for difference in _differences(part.name, _upto(last, ours), _upto(last, rebuilt)):
            yield difference
        if last is None:
            break
        after = last


Rows = dict[Key, dict[str, object]]


def _chunk(connection: Connection, part: _Part, after: Key | None) -> tuple[int, Rows]:
    """Return the checkpoint and a chunk of the rows behind a key."""
    names = rows.key_columns(part.table)
    key = _bytewise(connection, part.table)
    query = select(part.table).order_by(*key).limit(_CHUNK)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    found = connection.execute(query).mappings()
    by_key = {tuple(row[name] for name in names): dict(row) for row in found}
    return checkpoints.position(connection, part.projection.name), by_key


def _bytewise(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """Return the key's columns in an order that both databases and Python agree on."""
    return [
        column.collate("C")
        if connection.dialect.name == "postgresql" and isinstance(column.type, String)
        else column
        for column in table.primary_key
    ]


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
