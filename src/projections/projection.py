"""What a projection is: a value that says how rows follow from events."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Table
from sqlmodel import SQLModel

from events.envelope import Event
from events.facts import Fact
from events.interpret import Problem

# Values of the primary key's columns, in order; each projection knows their types.
Key: TypeAlias = tuple[Any, ...]
# A row that pages show is an instance of the SQLModel they share. One that only filters read may be
# a plain mapping of its columns, which costs a quarter.
Row = TypeVar("Row", bound="SQLModel | dict[str, Any]")
Model = TypeVar("Model", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event with what could be read in it."""

    event: Event
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection(Generic[Row]):
    """One table of rows that follow from the log.

    ``touches`` names the primary keys of the rows that an event may change; ``evolve`` is pure and
    returns the row as it is after the event (the same object: unchanged; None: no row). A new
    ``version`` makes the service build the rows again. ``append_only``: each row comes from one
    event and never changes, so none has to be looked up first.
    """

    name: str
    version: int
    table: Table
    model: type[Row]
    touches: Callable[[ReadEvent], Collection[Key]]
    evolve: Callable[[Row | None, Key, ReadEvent], Row | None]
    append_only: bool = False


AnyProjection: TypeAlias = Projection[Any]


def changed(row: Model, values: Mapping[str, object]) -> Model:
    """Return a row with some values replaced, or the same row when they are its own already."""
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    return copied(row, values)


def copied(row: Model, values: Mapping[str, object]) -> Model:
    """Return a row with some values replaced: ``model_copy`` of a flat model, three times faster.

    Every event makes several of these.
    """
    copy = object.__new__(type(row))
    fill = object.__setattr__
    fill(copy, "__dict__", {**row.__dict__, **values})
    fill(copy, "__pydantic_fields_set__", row.__pydantic_fields_set__)
    fill(copy, "__pydantic_extra__", None)
    fill(copy, "__pydantic_private__", None)
    return copy
