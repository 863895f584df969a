"""What a projection is: a value that says how rows follow from events."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypeVar

from pydantic import BaseModel
from sqlalchemy import Table

from events.envelope import Event
from events.github import Fact, Problem

# Values of the primary key's columns, in order; each projection knows their types.
Key: TypeAlias = tuple[Any, ...]
# A row that pages show is an instance of the SQLModel they share. One that only filters read may be
# a plain mapping of its columns, which costs a quarter. Any other immutable object will do where
# the projection says how it becomes columns and how it is made of them.
Row = TypeVar("Row")
Model = TypeVar("Model", bound=BaseModel)


_NONE: set[str] = set()  # nobody asks which fields were set


class _Rows(Enum):
    EVERY = "every row"


# Among the keys that an event touches: the context row and every other row there is by then.
EVERY_ROW: Final[Key] = (_Rows.EVERY,)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event with what could be read in it."""

    event: Event
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Step(Generic[Row]):
    """What one event did to one row; the context is the projection's context row.

    The context row has steps of its own, in which it is row and context at once.
    """

    key: Key
    before: Row | None
    after: Row | None
    context_before: Row | None
    context_after: Row | None
    read: ReadEvent


@dataclass(frozen=True, slots=True)
class Derivation:
    """A row of a derived table as it is from now on; None: there is none.

    ``values`` names every column of the table; those of the key may be left out.
    """

    table: Table
    key: Key
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection(Generic[Row]):
    """One table of rows that follow from the log, and tables that follow from those rows.

    ``touches`` names the primary keys of the rows that an event may change; ``evolve`` is pure and
    returns the row as it is after the event (the same object: unchanged; None: no row). A new
    ``version`` makes the service build the rows again. ``append_only``: each row comes from one
    event and never changes, so none has to be looked up first.

    ``pack`` and ``unpack`` turn a row into the values of all its columns and back without loss;
    without them a row is an instance of ``model``, a SQLModel or dict.

    ``context`` is the key of a row that concerns all others: it is known with every event, and
    what touches EVERY_ROW touches it and all of them. ``derive`` is pure too: once an event has
    evolved all its rows, it is asked about each of them if it or the context became another
    object, and what it answers is written into the ``derived`` tables, from which nothing is read
    back. Steps come in the order of their keys, the context's first; of several answers about one
    derived row the last holds.
    """

    name: str
    version: int
    table: Table
    touches: Callable[[ReadEvent], Collection[Key]]
    evolve: Callable[[Row | None, Key, ReadEvent], Row | None]
    model: type[Row] | None = None
    pack: Callable[[Row], dict[str, Any]] | None = None
    unpack: Callable[[Mapping[str, Any]], Row] | None = None
    append_only: bool = False
    context: Key | None = None
    derived: tuple[Table, ...] = ()
    derive: Callable[[Step[Row]], Iterable[Derivation]] | None = None

    def __post_init__(self) -> None:
        if self.append_only and self.context is not None:
            raise ValueError(f"{self.name}: rows that are not looked up have no context")
        if self.model is None and (self.pack is None or self.unpack is None):
            raise ValueError(f"{self.name}: rows without a model need both pack and unpack")

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that the projection writes: its rows' own first."""
        return (self.table, *self.derived)


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
    return built(type(row), {**row.__dict__, **values})


def built(model: type[Model], values: dict[str, Any]) -> Model:
    """Return a model of values for all of its fields, taken as they are.

    ``model_construct`` looks at every field, which takes four times as long.
    """
    made = object.__new__(model)
    fill = object.__setattr__
    fill(made, "__dict__", values)
    fill(made, "__pydantic_fields_set__", _NONE)
    fill(made, "__pydantic_extra__", None)
    fill(made, "__pydantic_private__", None)
    return made
