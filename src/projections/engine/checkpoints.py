"""How far each projection has read the log; moved only by compare-and-set."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update
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


class CheckpointMoved(OrchestratorError):
    """Somebody else moved the checkpoint or took the lease; the rows made meanwhile are void."""


def positions(connection: Connection) -> dict[str, int]:
    """Return every projection's position."""
    return {row.name: row.position for row in connection.execute(select(_checkpoints))}


def position(connection: Connection, name: str) -> int:
    """Return one projection's position, 0 before its first batch."""
    query = select(_checkpoints.c.position).where(_checkpoints.c.name == name)
    return connection.scalar(query) or 0


def advance(connection: Connection, name: str, before: int, after: int) -> None:
    """Move a checkpoint from ``before`` to ``after``; raises CheckpointMoved otherwise."""
    there = (_checkpoints.c.name == name, _checkpoints.c.position == before)
    moved = connection.execute(update(_checkpoints).where(*there).values(position=after))
    if moved.rowcount != 1:
        raise CheckpointMoved(f"{name} is no longer at {before}")


def outdated(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections whose rows were made by another version, or never."""
    versions = {row.name: row.version for row in connection.execute(select(_checkpoints))}
    return [wanted for wanted in projections if versions.get(wanted.name) != wanted.version]


def restart(connection: Connection, projection: AnyProjection) -> None:
    """Set a projection's checkpoint to the beginning of the log."""
    connection.execute(_checkpoints.delete().where(_checkpoints.c.name == projection.name))
    fresh = {"name": projection.name, "version": projection.version, "position": 0}
    connection.execute(insert(_checkpoints).values(fresh))
