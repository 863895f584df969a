"""How far each projection has read the log; moved only by compare-and-set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, text, tuple_, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.table import BIG_INTEGER, table_of
from projections.engine.projection import AnyProjection


class CheckpointRow(SQLModel, table=True):
    """The position up to which a projection's rows reflect the log, and its version.

    ``generation`` counts how often they were built beside others and took their place.
    """

    __tablename__ = "projection_checkpoints"

    name: str = Field(primary_key=True)
    version: int
    position: int = Field(sa_type=BIG_INTEGER)
    generation: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


_checkpoints = table_of(CheckpointRow)


# Built once: every batch runs both.
_CHECKPOINTS = select(_checkpoints)
_ADVANCE = (
    update(_checkpoints)
    .where(
        tuple_(_checkpoints.c.name, _checkpoints.c.version, _checkpoints.c.generation).in_(
            bindparam("projections", expanding=True)
        ),
        _checkpoints.c.position == bindparam("before"),
    )
    .values(position=bindparam("after"))
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which version of a projection made its rows, and up to where they reflect the log."""

    version: int
    position: int
    generation: int = 0

    def is_newer(self, projection: AnyProjection) -> bool:
        """Tell whether a newer release made the rows: they are its own to go on with."""
        return self.version > projection.version


class CheckpointMoved(OrchestratorError):
    """Somebody else moved the checkpoint or took the lease; the rows made meanwhile are void."""


class NewerRows(OrchestratorError):
    """A newer release builds these rows; an older one never starts them anew."""


def checkpoints(connection: Connection) -> dict[str, Checkpoint]:
    """Return every projection's checkpoint that there is."""
    found = connection.execute(_CHECKPOINTS)
    return {row.name: Checkpoint(row.version, row.position, row.generation) for row in found}


def positions(connection: Connection) -> dict[str, int]:
    """Return every projection's position."""
    return {name: each.position for name, each in checkpoints(connection).items()}


def checkpoint(connection: Connection, name: str) -> Checkpoint:
    """Return one projection's checkpoint, at 0 before its first batch."""
    row = connection.execute(_CHECKPOINTS.where(_checkpoints.c.name == name)).one_or_none()
    return Checkpoint(row.version, row.position, row.generation) if row else Checkpoint(0, 0)


def position(connection: Connection, name: str) -> int:
    """Return one projection's position, 0 before its first batch."""
    query = select(_checkpoints.c.position).where(_checkpoints.c.name == name)
    return connection.scalar(query) or 0


def advance(connection: Connection, standing: Mapping[str, Checkpoint], after: int) -> None:
    """Move the checkpoints of projections that stand together to ``after``, all of them or none.

    Raises CheckpointMoved where one stands elsewhere by now, or its rows are others; the
    transaction is then to be given up.
    """
    rows = [(name, each.version, each.generation) for name, each in standing.items()]
    before = max(each.position for each in standing.values())
    values = {"projections": rows, "before": before, "after": after}
    if connection.execute(_ADVANCE, values).rowcount != len(rows):
        raise CheckpointMoved(f"not all of {', '.join(standing)} are still at {before}")


def missing(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections that have no rows yet, of whichever version."""
    known = checkpoints(connection)
    return [projection for projection in projections if projection.name not in known]


def newer(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections whose rows a newer release makes."""
    known = checkpoints(connection)
    return [p for p in projections if p.name in known and known[p.name].is_newer(p)]


def restart(connection: Connection, projection: AnyProjection) -> None:
    """Set a projection's checkpoint to the beginning of the log; raises NewerRows."""
    refuse_newer(connection, [projection])
    generation = checkpoint(connection, projection.name).generation
    put(connection, projection, 0, generation)


def refuse_newer(connection: Connection, projections: Iterable[AnyProjection]) -> None:
    """Raise NewerRows where a newer release makes the rows of a projection."""
    if found := newer(connection, projections):
        names = ", ".join(projection.name for projection in found)
        raise NewerRows(f"a newer release makes the rows of {names}; start them anew with that one")


def put(connection: Connection, projection: AnyProjection, position: int, generation: int) -> None:
    """Have a projection's checkpoint say that its rows are of this version, and up to where."""
    name = projection.name
    connection.execute(_checkpoints.delete().where(_checkpoints.c.name == name))
    row = {"name": name, "version": projection.version}
    connection.execute(insert(_checkpoints).values(**row, position=position, generation=generation))
