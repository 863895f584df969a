"""Loading and saving a projection's rows in bulk.

A statement is built once for each table and shape: to build one takes longer than to run it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from operator import eq
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from events.statement import Statement, chunks
from projections.engine.projection import AnyProjection, Key, Projection, Row

Columns: TypeAlias = Mapping[str, Any]


def key_columns(table: Table) -> list[str]:
    """Return the names of a table's primary key columns, in order."""
    return [column.name for column in table.primary_key]


def load(
    connection: Connection, projection: Projection[Row], keys: Collection[Key]
) -> dict[Key, Row]:
    """Return those rows of the given keys that exist."""
    names = key_columns(projection.table)
    unpack = _unpacking(projection)
    found: dict[Key, Row] = {}
    for some in chunks(keys):
        selected, values = _selected(projection.table, len(some)), _values(some)
        for row in selected.mappings(connection, values):
            found[tuple(row[name] for name in names)] = unpack(row)
    return found


def save(
    connection: Connection,
    projection: Projection[Row],
    before: Mapping[Key, Row],
    after: Mapping[Key, Row | None],
) -> None:
    """Write the rows that changed: those that are not the same object as before."""
    changed = [row for key, row in after.items() if row is not None and row is not before.get(key)]
    gone = [key for key, row in after.items() if row is None and key in before]
    _write(connection, projection.table, [_columns(row) for row in changed], gone)


def save_columns(
    connection: Connection, table: Table, written: Mapping[Key, Columns | None]
) -> None:
    """Write rows given as all their columns; None: there is to be none, if there was."""
    there = [row for row in written.values() if row is not None]
    gone = [key for key, row in written.items() if row is None]
    _write(connection, table, there, gone)


def clear(connection: Connection, projection: AnyProjection) -> None:
    """Remove every row of every table that a projection writes."""
    for table in projection.tables:
        connection.execute(table.delete())


def _write(
    connection: Connection, table: Table, there: Sequence[Columns], gone: Sequence[Key]
) -> None:
    """Write rows in one statement for those that are there and one for those gone."""
    for some in chunks(gone):
        _deleted(table, len(some)).run(connection, _values(some))
    if there:
        _upserted(table, connection.dialect.name).run_each(connection, there)


@cache
def _selected(table: Table, keys: int) -> Statement:
    return Statement(select(table).where(_among(table, keys)))


@cache
def _deleted(table: Table, keys: int) -> Statement:
    return Statement(table.delete().where(_among(table, keys)))


def _among(table: Table, keys: int) -> ColumnElement[bool]:
    """Say that a row has one of so many keys."""
    columns = list(table.primary_key)
    wanted = [
        [bindparam(_name(number, place), type_=column.type) for place, column in enumerate(columns)]
        for number in range(keys)
    ]
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in wanted])
    each = (and_(*map(eq, columns, key)) for key in wanted)
    return or_(*each)


def _values(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        _name(number, place): value
        for number, key in enumerate(keys)
        for place, value in enumerate(key)
    }


def _name(number: int, place: int) -> str:
    return f"key_{number}_{place}"


def _unpacking(projection: Projection[Row]) -> Callable[[Columns], Row]:
    model = projection.model
    build = model.model_construct if issubclass(model, SQLModel) else model
    return lambda columns: cast("Row", build(**columns))


def _columns(row: object) -> Columns:
    return row if isinstance(row, dict) else row.__dict__


@cache
def _upserted(table: Table, dialect: str) -> Statement:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    names = key_columns(table)
    every = [column.name for column in table.columns]
    others = {name: statement.excluded[name] for name in every if name not in names}
    return Statement(statement.on_conflict_do_update(index_elements=names, set_=others), every)
