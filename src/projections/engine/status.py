"""How far the projections are, as health, metrics and the command line tell it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from events.read import Head, head
from projections.engine import checkpoints, parked
from projections.engine.checkpoints import Checkpoint
from projections.engine.projection import AnyProjection


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """One projection's position, the events it lags behind the head, and those it parked.

    ``newer``: a newer release makes its rows, and this one leaves them alone.
    """

    name: str
    position: int
    lag: int
    parked: int
    newer: bool


@dataclass(frozen=True, slots=True)
class LogStatus:
    """The head of the log and how far each projection reflects it."""

    head: Head
    projections: list[ProjectionStatus]


def status(connection: Connection, projections: Iterable[AnyProjection]) -> LogStatus:
    """Read head, checkpoints and parked counts in one snapshot."""
    newest = head(connection)
    known = checkpoints.checkpoints(connection)
    parked_counts = parked.counts(connection)
    none = Checkpoint(0, 0)
    reached = [(projection, known.get(projection.name, none)) for projection in projections]
    return LogStatus(
        newest,
        [
            ProjectionStatus(
                name=projection.name,
                position=checkpoint.position,
                lag=newest.position - checkpoint.position,
                parked=parked_counts.get(projection.name, 0),
                newer=checkpoint.is_newer(projection),
            )
            for projection, checkpoint in reached
        ],
    )
