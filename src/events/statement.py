"""Statements that run with every event or page: compiled once, their parameters by name.

To find a compiled statement takes Core some 100 µs each time, and 300 where it is built anew as
well; the driver needs ten. What runs seldom, or is of another shape each time, is Core's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Update,
    bindparam,
    literal,
)
from sqlalchemy.sql.compiler import SQLCompiler

from events.driver import DriverCursor, implemented

Query: TypeAlias = Select[Any] | CompoundSelect[Any]
Clause: TypeAlias = Query | Insert | Update | Delete
Values: TypeAlias = Mapping[str, Any]
NOTHING: Values = {}
RENAMED = "renamed"  # in a connection's ``info``: what changes the names in a statement's text

_AT_ONCE = 256  # values in a statement, which takes some 32,000 parameters at most
_Value = TypeVar("_Value")

_Processor: TypeAlias = Callable[[Any], Any] | None


def one_of(column: Column[Any], number: int) -> ColumnElement[bool]:
    """Say that a column has one of so many values, which ``named`` names."""
    return column.in_([bindparam(f"{column.name}_{at}", type_=column.type) for at in range(number)])


def named(column: Column[Any], values: Sequence[Any]) -> dict[str, Any]:
    """Return values as the parameters of ``one_of``."""
    return {f"{column.name}_{at}": value for at, value in enumerate(values)}


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Say that a column has one of these values; ``in_`` would write them out with each run."""
    return column.in_([literal(value, column.type) for value in values])


def chunks(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    """Share values out among statements of few shapes: the last repeats one up to its size."""
    every = list(values)
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        size = 1 << (len(some) - 1).bit_length()
        yield some + some[:1] * (size - len(some))


@dataclass(slots=True)
class Statement:
    """A statement with named parameters; ``columns`` are those that an insert or update sets.

    What the database raises comes out as Core would have it.
    """

    clause: Clause
    columns: Sequence[str] | None = None
    _compiled: "dict[str, _Compiled]" = field(default_factory=dict)  # by the database's name

    def rows(self, connection: Connection, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        """Run a query and return its rows, whose values are in the order of its columns."""
        compiled = self._for(connection.dialect)
        with DriverCursor(connection) as cursor:
            cursor.execute(_text(connection, compiled), compiled.bound(values))
            return [compiled.read(row) for row in cursor.fetchall()]

    def mappings(self, connection: Connection, values: Values = NOTHING) -> list[dict[str, Any]]:
        """Run a query and return each row as its values by their column's name."""
        names = self._for(connection.dialect).names
        return [dict(zip(names, row, strict=True)) for row in self.rows(connection, values)]

    def scalar(self, connection: Connection, values: Values = NOTHING) -> Any:  # noqa: ANN401 (of the column's type)
        """Run a query and return the first column of its first row, None where there is none."""
        found = self.rows(connection, values)
        return found[0][0] if found else None

    def run(self, connection: Connection, values: Values = NOTHING) -> int:
        """Run a change and return how many rows it met."""
        compiled = self._for(connection.dialect)
        with DriverCursor(connection) as cursor:
            cursor.execute(_text(connection, compiled), compiled.bound(values))
            return cursor.rowcount

    def run_each(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run a change once for each of some rows."""
        compiled = self._for(connection.dialect)
        with DriverCursor(connection) as cursor:
            cursor.executemany(_text(connection, compiled), [compiled.bound(row) for row in rows])

    def run_tuples(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run an insert or update once for each of some rows, their values in ``columns``' order.

        A column is bound at once, and a value once where rows that follow have the same: a batch
        of events has one time, whose binding takes 3 µs, and to look each value up takes 40 a row.
        """
        compiled = self._for(connection.dialect)
        assert [name for name, _ in compiled.binds] == self.columns  # noqa: S101 (values would go astray)
        with DriverCursor(connection) as cursor:
            cursor.executemany(_text(connection, compiled), compiled.bound_columns(rows))

    def _for(self, dialect: Dialect) -> "_Compiled":
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self.clause, self.columns, dialect)
        return known


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one database takes it.

    ``binds`` are its parameters in order, each with what makes the driver's value of it; those that
    it came with are ``constant``. ``reads`` make a column's value of the driver's, by its place.
    """

    text: str
    binds: tuple[tuple[str, _Processor], ...]
    constant: Mapping[str, Any]
    names: tuple[str, ...]
    reads: tuple[tuple[int, Callable[[Any], Any]], ...]

    def bound(self, values: Values) -> list[Any]:
        """Return the parameters as the driver takes them."""
        given = {**self.constant, **values} if self.constant else values
        return [
            given[name] if process is None else process(given[name]) for name, process in self.binds
        ]

    def bound_columns(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Return rows of values, in the order of the parameters, as the driver takes them."""
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, (_, process) in enumerate(self.binds):
            if process is not None:
                columns[place] = _each(columns[place], process)
        return list(zip(*columns, strict=True))

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return the values of a row."""
        if not self.reads:
            return tuple(row)
        found = list(row)
        for place, process in self.reads:
            found[place] = process(found[place])
        return tuple(found)


def _each(values: Iterable[Any], process: Callable[[Any], Any]) -> Iterator[Any]:
    last = processed = None
    for value in values:
        if value is None:
            yield None
            continue
        if value is not last:
            last, processed = value, process(value)
        yield processed


def _text(connection: Connection, compiled: _Compiled) -> str:
    renamed: Callable[[str], str] | None = connection.info.get(RENAMED)
    return compiled.text if renamed is None else renamed(compiled.text)


def _compile(clause: Clause, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    compiled = clause.compile(dialect=dialect, column_keys=columns)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 (for the type checker; it is no DDL)
    selected = list(clause.selected_columns) if isinstance(clause, Select | CompoundSelect) else []
    reading = [
        implemented(column.type, dialect).result_processor(dialect, None) for column in selected
    ]
    binds = compiled.binds
    return _Compiled(
        text=str(compiled),
        binds=tuple(
            (name, implemented(binds[name].type, dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ),
        constant={name: each.value for name, each in binds.items() if not each.required},
        names=tuple(str(column.key) for column in selected),
        reads=tuple((place, each) for place, each in enumerate(reading) if each is not None),
    )
