"""Comparing a projection's rows with what the log says they should be."""

from collections.abc import AsyncIterator, Iterator, Sequence
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
from projections import checkpoints, rows
from projections.projection import AnyProjection, Key
from projections.runner import Runner
from runtime.database import Database, open_database
from runtime.replay import Progress

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as a replay makes it; None where there is none."""

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
    async with _scratch() as scratch:
        runner = Runner(projections, live, scratch, batch=batch)
        await runner.prepare()
        standing = await live.read(checkpoints.positions)
        end = min(standing.get(projection.name, 0) for projection in projections)
        while reached := await runner.step(end):
            progress(reached, end)
        for projection in projections:
            async for difference in _compare(live, scratch, projection, batch):
                yield difference


@asynccontextmanager
async def _scratch() -> AsyncIterator[Database]:
    with TemporaryDirectory(prefix="replay-check-") as folder:
        database = open_database(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}")
        try:
            await database.write(SQLModel.metadata.create_all)
            yield database
        finally:
            await database.close()


async def _compare(
    live: Store, scratch: Store, projection: AnyProjection, batch: int
) -> AsyncIterator[Difference]:
    alone = Runner([projection], live, scratch, batch=batch)
    after: Key | None = None
    while True:
        chunk = partial(_chunk, projection=projection, after=after)
        position, ours = await live.read(chunk)
        while await alone.step(position):
            pass
        reached, rebuilt = await scratch.read(chunk)
        if reached != position:
            raise MovedBack(f"{projection.name} was started anew meanwhile; check again")
        last = _last_of_both(ours, rebuilt)
        for difference in _differences(projection, _upto(last, ours), _upto(last, rebuilt)):
            yield difference
        if last is None:
            break
        after = last


Rows = dict[Key, dict[str, object]]


def _chunk(
    connection: Connection, projection: AnyProjection, after: Key | None
) -> tuple[int, Rows]:
    """Return the checkpoint and a chunk of the rows behind a key."""
    names = rows.key_columns(projection.table)
    key = _bytewise(connection, projection.table)
    query = select(projection.table).order_by(*key).limit(_CHUNK)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    found = connection.execute(query).mappings()
    by_key = {tuple(row[name] for name in names): dict(row) for row in found}
    return checkpoints.position(connection, projection.name), by_key


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


def _differences(projection: AnyProjection, live: Rows, rebuilt: Rows) -> Iterator[Difference]:
    for key in sorted(live.keys() | rebuilt.keys(), key=str):
        if live.get(key) != rebuilt.get(key):
            shown = tuple(str(part) for part in key)
            yield Difference(projection.name, shown, live.get(key), rebuilt.get(key))
