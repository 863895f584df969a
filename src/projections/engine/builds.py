"""Read models that are built beside those that are read, and how they take their place."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection, MetaData, Table, func, literal, select, text
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, table_of
from projections.engine import checkpoints, generations
from projections.engine.checkpoints import (
    Checkpoint,
    CheckpointMoved,
    CheckpointRow,
    NewerRows,
)
from projections.engine.parked import ParkedEventRow
from projections.engine.parts import WHOLE, Part
from projections.engine.projection import AnyProjection


class BuildRow(SQLModel, table=True):
    """A projection of which rows are built beside those that are read, and how far that is.

    Those of one generation belong together: they take their place at once. Where several processes
    share a build, there is a row for each part of it: its name is the projection's and the part's.
    """

    __tablename__ = "projection_builds"

    name: str = Field(primary_key=True)
    version: int
    position: int = Field(sa_type=BIG_INTEGER)
    generation: int


_builds = table_of(BuildRow)
_checkpoints = table_of(CheckpointRow)
_parked = table_of(ParkedEventRow)

_ONE_AT_A_TIME = text(f"LOCK TABLE {_builds.name} IN EXCLUSIVE MODE")
_LOCK_WAIT = text(
    "SET LOCAL lock_timeout = '250ms'"
)  # below that at which deadlocks are looked for


@dataclass(frozen=True, slots=True)
class Build:
    """A generation that is built: its projections, and the position that each part reflects."""

    generation: int
    projections: tuple[AnyProjection, ...]
    parts: Mapping[Part, int]

    @property
    def position(self) -> int:
        """The position that all of it reflects."""
        return min(self.parts.values())

    @property
    def is_whole(self) -> bool:
        """Whether it is built in one, or was united."""
        return self.parts.keys() == {WHOLE}

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it fills."""
        return tuple(table for each in self.projections for table in each.tables)


def known_builds(connection: Connection) -> dict[str, Checkpoint]:
    """Return how far each projection is that is built, of whichever release: all parts of it."""
    found: dict[str, Checkpoint] = {}
    for name, _, each in _rows(connection):
        found[name] = min(each, found.get(name, each), key=attrgetter("position"))
    return found


def mean_position(connection: Connection, names: Collection[str]) -> int | None:
    """Return how far projections are that are built, on an average of their parts; None: none is.

    Of several builds, the one that is least far.
    """
    built: dict[int, list[int]] = {}
    for name, _, each in _rows(connection):
        if name in names:
            built.setdefault(each.generation, []).append(each.position)
    return min((sum(places) // len(places) for places in built.values()), default=None)


def _rows(connection: Connection) -> Iterator[tuple[str, Part, Checkpoint]]:
    for row in connection.execute(select(_builds)):
        yield *Part.from_name(row.name), Checkpoint(row.version, row.position, row.generation)


def builds_of(connection: Connection, projections: Iterable[AnyProjection]) -> list[Build]:
    """Return what this release builds, the oldest first; what others build is not its own."""
    rows = list(_rows(connection))
    versions = {p.name: p.version for p in projections}
    mine = [row for row in rows if versions.get(row[0]) == row[2].version]
    found = []
    for number in sorted({each.generation for _, _, each in mine}):
        reached: dict[Part, int] = {}
        for _, part, each in (row for row in mine if row[2].generation == number):
            reached[part] = min(each.position, reached.get(part, each.position))
        names = {name for name, _, each in mine if each.generation == number}
        group = tuple(p for p in projections if p.name in names)
        found.append(Build(number, group, dict(sorted(reached.items()))))
    return found


def plan(
    connection: Connection, projections: Sequence[AnyProjection], among: Sequence[Part] = (WHOLE,)
) -> list[str]:
    """Have what this release would make otherwise be built, and name it.

    Where there are no read models at all they begin at once, since there is nothing to be shown
    meanwhile. What a newer release made, or builds, is left alone.
    """
    known = checkpoints.checkpoints(connection)
    if not known and not known_builds(connection):
        for projection in projections:
            checkpoints.put(connection, projection, 0, 0)
        return []
    outdated = [p for p in projections if p.name not in known or known[p.name].is_outdated(p)]
    broken = [
        each
        for build in builds_of(connection, projections)
        if not generations.fits(connection, build.tables, build.generation)
        for each in build.projections
    ]
    return begin(connection, [p for p in projections if p in outdated or p in broken], among)


def ask_for(
    connection: Connection, projections: Sequence[AnyProjection], among: Sequence[Part] = (WHOLE,)
) -> list[str]:
    """Have projections be built, though their rows are of this version; raises NewerRows.

    What is under way already is gone on with. Returns the names of the others.
    """
    checkpoints.refuse_newer(connection, projections)
    building = known_builds(connection)
    for each in projections:
        if each.name in building and building[each.name].is_newer(each):
            raise NewerRows(f"a newer release builds {each.name}; start it anew with that one")
    return begin(connection, projections, among)


def begin(
    connection: Connection, projections: Sequence[AnyProjection], among: Sequence[Part] = (WHOLE,)
) -> list[str]:
    """Have projections be built together, and name those that were not under way already.

    In such parts, at each of which a process can be; it stays so until these are united.
    """
    if not projections:
        return []
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    building = known_builds(connection)
    begun = [p for p in projections if not _goes_on(connection, p, building.get(p.name))]
    if not begun:
        return []
    abandon(connection, begun)
    generation = generations.next_number(connection, _least(connection))
    generations.create(connection, _tables(begun), generation)
    rows = [
        {
            "name": part.called(p.name),
            "version": p.version,
            "position": 0,
            "generation": generation,
        }
        for part in among
        for p in begun
    ]
    connection.execute(_builds.insert(), rows)
    return [projection.name for projection in begun]


def abandon(connection: Connection, projections: Iterable[AnyProjection]) -> None:
    """Give up what is built of projections."""
    building = known_builds(connection)
    for projection in projections:
        if (build := building.get(projection.name)) is not None:
            _end(connection, projection)
            generations.drop(connection, projection.tables, build.generation)


def _end(connection: Connection, projection: AnyProjection) -> None:
    names = [
        name for name in connection.scalars(select(_builds.c.name)) if _is_of(name, projection)
    ]
    connection.execute(_builds.delete().where(_builds.c.name.in_(names)))


def _is_of(name: str, projection: AnyProjection) -> bool:
    return Part.from_name(name)[0] == projection.name


def unite(connection: Connection, build: Build) -> None:
    """Make a build in one of one in parts, which all stand where it does; raises CheckpointMoved.

    Within what renames the generation's tables (``Beside``).
    """
    for projection in build.projections:
        names = [part.called(projection.name) for part in build.parts]
        here = (_builds.c.position == build.position, _builds.c.generation == build.generation)
        there = _builds.delete().where(_builds.c.name.in_(names), *here)
        if connection.execute(there).rowcount != len(names):
            raise CheckpointMoved(f"not all parts of {projection.name} are at {build.position}")
        row = {"version": projection.version, "generation": build.generation}
        connection.execute(
            _builds.insert().values(name=projection.name, position=build.position, **row)
        )
        _unite_parked(connection, projection.name, names)
        projection.unite(connection)


def _unite_parked(connection: Connection, name: str, names: Sequence[str]) -> None:
    """Show once what several parts could not digest."""
    first = select(literal(name), _parked.c.position, func.min(_parked.c.error)).group_by(
        _parked.c.position
    )
    of_parts = _parked.c.projection.in_(names)
    columns = ["projection", "position", "error"]
    connection.execute(_parked.insert().from_select(columns, first.where(of_parts)))
    connection.execute(_parked.delete().where(of_parts))


def change_over(connection: Connection, build: Build) -> int:
    """Have readers read what was built, and return the position that it reflects.

    Raises CheckpointMoved where it is not as far as what it is to replace, or where either is
    another by now; the transaction is then to be given up.
    """
    names = [projection.name for projection in build.projections]
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_WAIT)
    live, built = _locked(connection, names)
    if {name for name, each in built.items() if each.generation == build.generation} != {*names}:
        raise CheckpointMoved(f"generation {build.generation} is built no more")
    checkpoints.refuse_newer(connection, build.projections)
    for name, each in live.items():
        if each.position > built[name].position:
            raise CheckpointMoved(f"{name} is at {each.position} already")
    for projection in build.projections:
        was = live.get(projection.name, Checkpoint(0, 0)).generation
        generations.promote(connection, projection.tables, was, build.generation)
        place = built[projection.name].position
        checkpoints.put(connection, projection, place, build.generation)
    _take_parked(connection, names, build.generation)
    connection.execute(_builds.delete().where(_builds.c.generation == build.generation))
    return min(each.position for each in built.values())


def is_untidy(connection: Connection, projections: Sequence[AnyProjection]) -> bool:
    """Tell whether there are tables that nobody reads and nobody builds."""
    kept = {each.generation for each in known_builds(connection).values()}
    return bool(generations.leftover(connection, _tables(projections), kept))


def sweep(connection: Connection, projections: Sequence[AnyProjection]) -> bool:
    """Remove a slice of tables that nobody reads and nobody builds; tell whether there is more."""
    kept = {each.generation for each in known_builds(connection).values()}
    return generations.sweep(connection, _tables(projections), kept)


def _goes_on(connection: Connection, projection: AnyProjection, build: Checkpoint | None) -> bool:
    """Tell whether a build is to be gone on with, or left to whoever began it."""
    if build is None or build.is_outdated(projection):
        return False
    return build.is_newer(projection) or generations.fits(
        connection, projection.tables, build.generation
    )


def _least(connection: Connection) -> int:
    known = [*checkpoints.checkpoints(connection).values(), *known_builds(connection).values()]
    return max((each.generation for each in known), default=0) + 1


def _tables(projections: Iterable[AnyProjection]) -> list[Table]:
    return [table for projection in projections for table in projection.tables]


def _locked(
    connection: Connection, names: Collection[str]
) -> tuple[Mapping[str, Checkpoint], Mapping[str, Checkpoint]]:
    """Return the checkpoints of what is read and of what is built, which nobody moves from now."""
    live, built = (
        {
            row.name: Checkpoint(row.version, row.position, row.generation)
            for row in connection.execute(
                select(table).where(table.c.name.in_(names)).with_for_update()
            )
        }
        for table in (_checkpoints, _builds)
    )
    return live, built


def _take_parked(connection: Connection, names: Collection[str], generation: int) -> None:
    """Have those events be shown that could not be digested in the build."""
    connection.execute(_parked.delete().where(_parked.c.projection.in_(names)))
    built = _parked.to_metadata(MetaData(), name=generations.beside(_parked, generation))
    columns = [column.name for column in _parked.columns]
    connection.execute(_parked.insert().from_select(columns, select(built)))
