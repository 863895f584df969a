"""How far each projection has read the log; moved only by compare-and-set."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.table import BIG_INTEGER, table_of
from projections.engine.projection import AnyProjection


class CheckpointRow(SQLModel, table=True):
    """The position up to which a projection's rows reflect the log, and its version."""

    __tablename__ = "projection_checkpoints"

    name: str = Field(primary_key=True)
    version: int
    position: int = Field(sa_type=BIG_INTEGER)


_checkpoints = table_of(CheckpointRow)


# Built once: every batch runs both.
_CHECKPOINTS = select(_checkpoints)
_ADVANCE = (
    update(_checkpoints)
    .where(
        tuple_(_checkpoints.c.name, _checkpoints.c.version).in_(
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
    return {row.name: Checkpoint(row.version, row.position) for row in found}


def positions(connection: Connection) -> dict[str, int]:
    """Return every projection's position."""
    return {name: each.position for name, each in checkpoints(connection).items()}


def position(connection: Connection, name: str) -> int:
    """Return one projection's position, 0 before its first batch."""
    query = select(_checkpoints.c.position).where(_checkpoints.c.name == name)
    return connection.scalar(query) or 0


def advance(
    connection: Connection, group: Collection[AnyProjection], before: int, after: int
) -> None:
    """Move the checkpoints of projections from ``before`` to ``after``, all of them or none.

    Raises CheckpointMoved where one stands elsewhere or is another version's; the transaction is
    then to be given up.
    """
    versions = [(projection.name, projection.version) for projection in group]
    values = {"projections": versions, "before": before, "after": after}
    if connection.execute(_ADVANCE, values).rowcount != len(group):
        names = ", ".join(projection.name for projection in group)
        raise CheckpointMoved(f"not all of {names} are still at {before}")


def outdated(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections whose rows were made by an older version, or never."""
    known = checkpoints(connection)
    return [p for p in projections if p.name not in known or known[p.name].version < p.version]


def newer(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections whose rows a newer release makes."""
    known = checkpoints(connection)
    return [p for p in projections if p.name in known and known[p.name].is_newer(p)]


def restart(connection: Connection, projection: AnyProjection) -> None:
    """Set a projection's checkpoint to the beginning of the log; raises NewerRows."""
    ours = _checkpoints.c.version <= projection.version
    connection.execute(_checkpoints.delete().where(_checkpoints.c.name == projection.name, ours))
    if newer(connection, [projection]):
        raise NewerRows(
            f"a newer release makes the rows of {projection.name}; start them anew with that one"
        )
    fresh = {"name": projection.name, "version": projection.version, "position": 0}
    connection.execute(insert(_checkpoints).values(fresh))
