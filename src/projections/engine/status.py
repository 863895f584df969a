"""How far the projections are, as health, metrics and the command line tell it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from events.read import Head, head
from projections.engine import checkpoints, parked
from projections.engine.projection import AnyProjection


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """One projection's position, the events it lags behind the head, and those it parked."""

    name: str
    position: int
    lag: int
    parked: int


@dataclass(frozen=True, slots=True)
class LogStatus:
    """The head of the log and how far each projection reflects it."""

    head: Head
    projections: list[ProjectionStatus]


def status(connection: Connection, projections: Iterable[AnyProjection]) -> LogStatus:
    """Read head, checkpoints and parked counts in one snapshot."""
    newest = head(connection)
    reached = checkpoints.positions(connection)
    parked_counts = parked.counts(connection)
    return LogStatus(
        newest,
        [
            ProjectionStatus(
                name=projection.name,
                position=reached.get(projection.name, 0),
                lag=newest.position - reached.get(projection.name, 0),
                parked=parked_counts.get(projection.name, 0),
            )
            for projection in projections
        ],
    )
