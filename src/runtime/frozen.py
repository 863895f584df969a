"""Live rows as they are at one moment, copied to where nobody changes them."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Table, select, text
from sqlmodel import SQLModel

from events.errors import OrchestratorError
from events.read import head
from events.store import Store
from projections.engine import checkpoints
from projections.engine.projection import AnyProjection
from runtime.database import Database, open_database
from runtime.database.sqlite import writing_engine

_AT_ONCE = 1000  # rows

# Before the snapshot is taken, so that tables are those that the checkpoints speak of: else readers
# could change over between. Theirs is put off for as long as rows are copied.
_NO_CHANGE_OVER = "LOCK TABLE {} IN ACCESS SHARE MODE"


class NothingReflected(OrchestratorError):
    """There is nothing to compare: a projection has not begun to read the log."""


class OtherRelease(OrchestratorError):
    """The live rows are another release's, which makes them otherwise."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The database that holds the copy, and the position that each projection's rows reflect.

    ``head`` is how far the log itself was.
    """

    rows: Database
    positions: Mapping[str, int]
    head: int

    @property
    def position(self) -> int:
        """The position that every row reflects at the least."""
        return min(self.positions.values())


@asynccontextmanager
async def frozen(live: Store, projections: Sequence[AnyProjection]) -> AsyncIterator[Frozen]:
    """Copy the rows of projections as one snapshot has them, for as long as the block lasts.

    Raises NothingReflected, or OtherRelease.
    """
    tables = [table for projection in projections for table in projection.tables]
    async with scratch(tables) as copy:
        engine = writing_engine(copy.url)

        def work(connection: Connection) -> Frozen:
            if connection.dialect.name == "postgresql":
                names = ", ".join(table.name for table in tables)
                connection.execute(text(_NO_CHANGE_OVER.format(names)))
            end = head(connection).position
            positions = _positions(connection, projections, end)
            for table in tables:
                _copy(connection, engine, table)
            return Frozen(copy, positions, end)

        try:
            taken = await live.read(work)
        finally:
            engine.dispose()
        yield taken


@asynccontextmanager
async def scratch(tables: Iterable[Table]) -> AsyncIterator[Database]:
    """Make a database with these tables that is gone after the block."""

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


def _positions(
    connection: Connection, projections: Iterable[AnyProjection], end: int
) -> dict[str, int]:
    known = checkpoints.checkpoints(connection)
    none = checkpoints.Checkpoint(0, 0)
    standing = [(each, known.get(each.name, none)) for each in projections]
    if behind := [each.name for each, found in standing if end and not found.position]:
        reflect = "reflects" if len(behind) == 1 else "reflect"
        raise NothingReflected(
            f"{', '.join(behind)} {reflect} nothing of the log yet; "
            "start the service, or run replay"
        )
    if others := [each.name for each, found in standing if end and found.version != each.version]:
        raise OtherRelease(
            f"the rows of {', '.join(others)} are another release's, which makes them otherwise; "
            "check with that one, or when this one's are shown"
        )
    return {each.name: found.position for each, found in standing}


def _copy(connection: Connection, engine: Engine, table: Table) -> None:
    found = connection.execute(select(table).execution_options(yield_per=_AT_ONCE)).mappings()
    for rows in found.partitions():
        with engine.begin() as copy:
            copy.execute(table.insert(), [dict(row) for row in rows])
