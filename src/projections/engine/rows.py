"""Loading and saving a projection's rows in bulk."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Delete,
    Select,
    Table,
    bindparam,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from projections.engine.projection import AnyProjection, Key, Projection, Row

_KEYS_AT_ONCE = 500  # a statement takes some 32,000 parameters at most


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
    for some in _chunks(list(keys)):
        result = connection.execute(_selected(projection.table), _keys(names, some)).mappings()
        for row in cast("Iterable[Mapping[str, Any]]", result):
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
    connection: Connection, table: Table, written: Mapping[Key, Mapping[str, Any] | None]
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
    connection: Connection, table: Table, there: Sequence[Mapping[str, Any]], gone: Sequence[Key]
) -> None:
    """Write rows in one statement for those that are there and one for those gone."""
    for some in _chunks(gone):
        connection.execute(_deleted(table), _keys(key_columns(table), some))
    if there:
        connection.execute(_upserted(table, connection.dialect.name), there)


# A statement is built once for a table: to build it takes longer than to run it for one row.
@cache
def _selected(table: Table) -> Select[tuple[Any, ...]]:
    return select(table).where(_among(table))


@cache
def _deleted(table: Table) -> Delete:
    return table.delete().where(_among(table))


def _among(table: Table) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    keys: BindParameter[Any] = bindparam("keys", expanding=True)
    return columns[0].in_(keys) if len(columns) == 1 else tuple_(*columns).in_(keys)


def _keys(names: Sequence[str], keys: Sequence[Key]) -> dict[str, list[Any]]:
    return {"keys": [key[0] for key in keys] if len(names) == 1 else list(keys)}


def _unpacking(projection: Projection[Row]) -> Callable[[Mapping[str, Any]], Row]:
    model = projection.model
    build = model.model_construct if issubclass(model, SQLModel) else model
    return lambda columns: cast("Row", build(**columns))


def _columns(row: object) -> dict[str, Any]:
    return row if isinstance(row, dict) else dict(row.__dict__)


@cache
def _upserted(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    names = key_columns(table)
    others = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in names
    }
    return statement.on_conflict_do_update(index_elements=names, set_=others)


def _chunks(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]
