"""Loading and saving a projection's rows in bulk."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from projections.projection import Key, Projection, Row

_KEYS_AT_ONCE = 500  # a statement takes some 32,000 parameters at most


def key_columns(table: Table) -> list[str]:
    """Return the names of a table's primary key columns, in order."""
    return [column.name for column in table.primary_key]


def load(
    connection: Connection, projection: Projection[Row], keys: Collection[Key]
) -> dict[Key, Row]:
    """Return those rows of the given keys that exist."""
    names = key_columns(projection.table)
    found: dict[Key, Any] = {}
    for some in _chunks(list(keys)):
        condition = _among(projection.table, some)
        for row in connection.execute(select(projection.table).where(condition)).mappings():
            key = tuple(row[name] for name in names)
            found[key] = _built(projection.model, row)
    return found


def save(
    connection: Connection,
    projection: Projection[Row],
    before: Mapping[Key, Row],
    after: Mapping[Key, Row | None],
) -> None:
    """Write the rows that changed, in one statement for those that stay and one for those gone."""
    changed = [row for key, row in after.items() if row is not None and row is not before.get(key)]
    gone = [key for key, row in after.items() if row is None and key in before]
    if changed:
        statement = _upsert(connection, projection.table)
        connection.execute(statement, [_values(row) for row in changed])
    for some in _chunks(gone):
        connection.execute(projection.table.delete().where(_among(projection.table, some)))


def clear(connection: Connection, projection: Projection[Row]) -> None:
    """Remove every row."""
    connection.execute(projection.table.delete())


def _among(table: Table, keys: list[Key]) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


def _built(model: type[Row], columns: RowMapping) -> Row:
    build = model.model_construct if issubclass(model, SQLModel) else model
    return cast("Row", build(**columns))


def _values(row: SQLModel | dict[str, Any]) -> dict[str, Any]:
    return row if isinstance(row, dict) else dict(row.__dict__)


def _upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    names = key_columns(table)
    others = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in names
    }
    return statement.on_conflict_do_update(index_elements=names, set_=others)


def _chunks(keys: list[Key]) -> Iterator[list[Key]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]
