"""Tables of one read model beside one another: those that are read have the plain name.

A generation is a set of tables that were built together. Its number stands behind the names of its
tables (``lanes__7``) for as long as it is built, and again once another took its place; the names
of its indexes keep it, since SQLite renames none.
"""

import re
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.sql import quoted_name

from events.table import table_of
from projections.engine.parked import ParkedEventRow

_NUMBERED = re.compile(r"(?P<name>\w+?)__(?P<number>\d+)$")
_SLICE = 2_000  # rows that are removed in some 20 ms, for which appends wait on SQLite

_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE '%\\_\\_%' ESCAPE '\\'",
    "postgresql": "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relname LIKE '%\\_\\_%'",
}
# Names that our own tables have: nothing in them needs to be quoted.
_RENAME = "ALTER TABLE {} RENAME TO {}"
_ANALYZE = "ANALYZE {}"
_LITTLE = "SELECT count(*) < 200 FROM (SELECT 1 FROM {} LIMIT 200)"
_REMOVE_SOME = "DELETE FROM {0} WHERE rowid IN (SELECT rowid FROM {0} LIMIT {1})"


def beside(table: Table, generation: int) -> str:
    """Return what a table is called while it is one of a generation that nobody reads."""
    return f"{table.name}__{generation}"


def number_of(name: str) -> int | None:
    """Return the generation in the name of a table or index, None where there is none."""
    found = _NUMBERED.fullmatch(name)
    return int(found["number"]) if found else None


def plain(name: str) -> str:
    """Return the name of a table or index without its generation."""
    found = _NUMBERED.fullmatch(name)
    return found["name"] if found else name


def next_number(connection: Connection, least: int) -> int:
    """Return a number, from ``least`` on, that no table and no index has."""
    numbers = (number_of(name) for name in _numbered(connection))
    return max([least, *(number + 1 for number in numbers if number is not None)])


def create(connection: Connection, tables: Iterable[Table], generation: int) -> None:
    """Create the tables of a generation, each with its indexes, those that are not there yet."""
    for table in [*tables, table_of(ParkedEventRow)]:
        copy = table.to_metadata(MetaData(), name=beside(table, generation))
        for index in copy.indexes:
            index.name = quoted_name(f"{index.name}__{generation}", quote=None)
        copy.create(connection, checkfirst=True)


def drop(connection: Connection, tables: Iterable[Table], generation: int) -> None:
    """Drop tables of a generation that nobody reads."""
    for table in tables:
        _drop(connection, beside(table, generation))


def fits(connection: Connection, tables: Iterable[Table], generation: int) -> bool:
    """Tell whether a generation's tables have every column that this release knows."""
    inspector = inspect(connection)
    for table in tables:
        name = beside(table, generation)
        if not inspector.has_table(name):
            return False
        columns = {column["name"] for column in inspector.get_columns(name)}
        if not {column.name for column in table.columns} <= columns:
            return False
    return True


def promote(connection: Connection, tables: Collection[Table], was: int, generation: int) -> None:
    """Give the plain names to a generation's tables; those that had them get its number or go."""
    inspector = inspect(connection)
    there = {table.name for table in tables if inspector.has_table(table.name)}
    for table in tables:
        if table.name in there:
            _drop(connection, beside(table, was))  # where a migration forgot which it was
            _set_aside(connection, table, was)
        connection.execute(text(_RENAME.format(beside(table, generation), table.name)))


def analyze(connection: Connection, tables: Iterable[Table], generation: int) -> None:
    """Have PostgreSQL know what is in tables before anybody reads them."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(_ANALYZE.format(beside(table, generation))))


def leftover(connection: Connection, tables: Iterable[Table], kept: Collection[int]) -> list[str]:
    """Return the names of tables that nobody reads and nobody builds."""
    ours = {table.name for table in tables} | {table_of(ParkedEventRow).name}
    return [
        name
        for name in _tables(connection)
        if plain(name) in ours and number_of(name) not in (None, *kept)
    ]


def sweep(connection: Connection, tables: Iterable[Table], kept: Collection[int]) -> bool:
    """Remove a slice of what nobody reads and nobody builds; tell whether there is more."""
    gone = leftover(connection, tables, kept)
    if not gone:
        return False
    name = min(gone)
    if connection.dialect.name == "sqlite":  # which reads a table to drop it
        removed = connection.execute(text(_REMOVE_SOME.format(name, _SLICE))).rowcount
        if removed == _SLICE:
            return True
    _drop(connection, name)
    return len(gone) > 1


def _set_aside(connection: Connection, table: Table, was: int) -> None:
    """Free a table's plain name: by its number, or at once where little is in it.

    SQLite reads its whole schema for each name that changes, and not to drop a table.
    """
    if connection.dialect.name == "sqlite" and connection.scalar(text(_LITTLE.format(table.name))):
        _drop(connection, table.name)
    else:
        connection.execute(text(_RENAME.format(table.name, beside(table, was))))


def _tables(connection: Connection) -> list[str]:
    there = inspect(connection).get_table_names()
    return [name for name in there if number_of(name) is not None]


def _numbered(connection: Connection) -> Iterable[str]:
    return connection.scalars(text(_NAMES[connection.dialect.name]))


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
