"""How far each projection has read the log; moved only by compare-and-set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, text, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.statement import Statement
from events.table import BIG_INTEGER, table_of
from projections.engine.projection import AnyProjection, release_of


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


_CHECKPOINTS = Statement(select(_checkpoints))
_CHECKPOINT = Statement(select(_checkpoints).where(_checkpoints.c.name == bindparam("projection")))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which version of a projection made its rows, and up to where they reflect the log."""

    version: int
    position: int
    generation: int = 0

    def is_newer(self, projection: AnyProjection) -> bool:
        """Tell whether a newer release made the rows: they are its own to go on with."""
        return release_of(self.version) > release_of(projection.version)

    def is_outdated(self, projection: AnyProjection) -> bool:
        """Tell whether others are to be built: an older release made them, or another reading."""
        return self.version != projection.version and not self.is_newer(projection)


class CheckpointMoved(OrchestratorError):
    """Somebody else moved the checkpoint or took the lease; the rows made meanwhile are void."""


class NewerRows(OrchestratorError):
    """A newer release builds these rows; an older one never starts them anew."""


def checkpoints(connection: Connection) -> dict[str, Checkpoint]:
    """Return every projection's checkpoint that there is."""
    found = _CHECKPOINTS.mappings(connection)
    return {row["name"]: _of(row) for row in found}


def positions(connection: Connection) -> dict[str, int]:
    """Return every projection's position."""
    return {name: each.position for name, each in checkpoints(connection).items()}


def checkpoint(connection: Connection, name: str) -> Checkpoint:
    """Return one projection's checkpoint, at 0 before its first batch."""
    found = _CHECKPOINT.mappings(connection, {"projection": name})
    return _of(found[0]) if found else Checkpoint(0, 0)


def _of(row: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(row["version"], row["position"], row["generation"])


def position(connection: Connection, name: str) -> int:
    """Return one projection's position, 0 before its first batch."""
    return checkpoint(connection, name).position


def advance(connection: Connection, standing: Mapping[str, Checkpoint], after: int) -> None:
    """Move the checkpoints of projections that stand together to ``after``, all of them or none.

    Raises CheckpointMoved where one stands elsewhere by now, or its rows are others; the
    transaction is then to be given up.
    """
    before = max(each.position for each in standing.values())
    values: dict[str, Any] = {"before": before, "after": after}
    for number, (name, each) in enumerate(standing.items()):
        values |= {
            f"name_{number}": name,
            f"version_{number}": each.version,
            f"generation_{number}": each.generation,
        }
    if _advanced(len(standing)).run(connection, values) != len(standing):
        raise CheckpointMoved(f"not all of {', '.join(standing)} are still at {before}")


@cache
def _advanced(projections: int) -> Statement:
    """Return what moves so many checkpoints: one statement for all that stand together."""
    named = (
        (_checkpoints.c.name == bindparam(f"name_{number}"))
        & (_checkpoints.c.version == bindparam(f"version_{number}"))
        & (_checkpoints.c.generation == bindparam(f"generation_{number}"))
        for number in range(projections)
    )
    here = _checkpoints.c.position == bindparam("before")
    return Statement(
        update(_checkpoints).where(or_(*named), here).values(position=bindparam("after"))
    )


def missing(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections that have no rows yet, of whichever version."""
    known = checkpoints(connection)
    return [projection for projection in projections if projection.name not in known]


def newer(connection: Connection, projections: Iterable[AnyProjection]) -> list[AnyProjection]:
    """Return the projections whose rows a newer release makes."""
    known = checkpoints(connection)
    return [p for p in projections if p.name in known and known[p.name].is_newer(p)]


def restart(connection: Connection, projections: Sequence[AnyProjection]) -> None:
    """Set checkpoints of projections to the beginning of the log; raises NewerRows."""
    refuse_newer(connection, projections)
    known = checkpoints(connection)
    for projection in projections:
        at = known.get(projection.name)
        put(connection, projection, 0, at.generation if at else 0)


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
