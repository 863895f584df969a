"""What a projection is: a value that says how rows follow from events."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, Self, TypeAlias, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Table

from events.envelope import Event
from events.github import Fact, Problem
from projections.engine.parts import Part

if TYPE_CHECKING:
    from projections.engine.evolve import Carrying

# Values of the primary key's columns, in order; each projection knows their types.
Key: TypeAlias = tuple[Any, ...]
# A row that pages show is an instance of the SQLModel they share. One that only filters read may be
# a plain mapping of its columns, which costs a quarter.
Row = TypeVar("Row")
Model = TypeVar("Model", bound=BaseModel)


_NONE: set[str] = set()  # nobody asks which fields were set


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event with what could be read in it."""

    event: Event
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions(Generic[Row]):
    """How a projection's rows were: a table of some of their columns, and from which position on.

    ``differ`` says, of a row before and after an event, whether it is kept as it is from then on.
    """

    table: Table
    differ: Callable[[Row | None, Row], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection(Generic[Row]):
    """One table of rows that follow from the log.

    ``touches`` names the primary keys of the rows that an event may change; ``evolve`` is pure and
    returns the row as it is after the event (the same object: unchanged; None: no row). A new
    ``version`` makes the service build the rows again (``version_of``: also where one release reads
    otherwise). ``append_only``: each row comes from one
    event and never changes, so none has to be looked up first.

    Rows ``belong`` to the repository of the event that makes them, to the one whose id their key
    begins with, or to none, where an envelope says all that an event in a repository tells of them.

    A row is an instance of ``model``, a SQLModel or dict; of a SQLModel ``versions`` may be kept.
    """

    name: str
    version: int
    table: Table
    touches: Callable[[ReadEvent], Collection[Key]]
    evolve: Callable[[Row | None, Key, ReadEvent], Row | None]
    model: type[Row]
    append_only: bool = False
    versions: Versions[Row] | None = None
    belong: Literal["event", "key", "none"] = "event"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it writes."""
        return (self.table,) if self.versions is None else (self.table, self.versions.table)

    def of_part(self, part: Part) -> Self:
        """Return what writes the rows of one part alone, under a checkpoint of its own."""
        return replace(self, name=part.called(self.name), touches=self._touches_of(part))

    def unite(self, connection: Connection) -> None:
        """Make one of what parts wrote: each row is one part's."""

    def _touches_of(self, part: Part) -> Callable[[ReadEvent], Collection[Key]]:
        touches = self.touches

        def of_event(read: ReadEvent) -> Collection[Key]:
            return touches(read) if part.owns(read.event.repository_id) else ()

        def of_key(read: ReadEvent) -> Collection[Key]:
            return [k for k in touches(read) if part.owns(k[0])] if part.reads(read.event) else ()

        def of_first(read: ReadEvent) -> Collection[Key]:
            return touches(read) if part.owns(None) else ()

        return {"event": of_event, "key": of_key, "none": of_first}[self.belong]


class Carried(Protocol):
    """A projection of several tables, which brings along what carries it over a batch."""

    @property
    def name(self) -> str:
        """What its checkpoint is called."""
        ...

    @property
    def version(self) -> int:
        """What is raised where its rows are to be built again."""
        ...

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it writes."""
        ...

    def carrying(self) -> "Carrying":
        """Return what carries it over one batch."""
        ...

    def of_part(self, part: Part) -> "Carried":
        """Return what writes the rows of one part alone, under a checkpoint of its own."""
        ...

    def unite(self, connection: Connection) -> None:
        """Make one of what parts wrote that all of them need."""
        ...


AnyProjection: TypeAlias = Projection[Any] | Carried

_RELEASES = 1_000  # versions of one read model; a reading is below 2,000,000, and all 31 bits


def version_of(release: int, reading: int) -> int:
    """Return the version of rows that a release makes by a reading, 0 the built-in one.

    It is one number, so that an older release, which knows no reading but its own, takes the rows
    of another one for a newer release's, and leaves them alone.
    """
    return reading * _RELEASES + release


def release_of(version: int) -> int:
    """Return by which release rows of a version are made."""
    return version % _RELEASES


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
