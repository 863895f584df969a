"""How far the projections are, as health, metrics and the command line tell it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from events.read import Head, head
from projections.engine import builds, checkpoints, parked
from projections.engine.checkpoints import Checkpoint
from projections.engine.projection import AnyProjection


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """One projection's position, the events it lags behind the head, and those it parked.

    ``newer``: a newer release makes its rows, and this one leaves them alone. ``building``: up to
    where others are built beside them; None: there are none.
    """

    name: str
    position: int
    lag: int
    parked: int
    newer: bool
    building: int | None = None


@dataclass(frozen=True, slots=True)
class LogStatus:
    """The head of the log and how far each projection reflects it."""

    head: Head
    projections: list[ProjectionStatus]


def status(connection: Connection, projections: Iterable[AnyProjection]) -> LogStatus:
    """Read head, checkpoints and parked counts in one snapshot."""
    newest = head(connection)
    known = checkpoints.checkpoints(connection)
    building = builds.known_builds(connection)
    parked_counts = parked.counts(connection)
    none = Checkpoint(0, 0)
    shown = {**building, **known}  # of one that is new, how far the first one is built
    reached = [(projection, shown.get(projection.name, none)) for projection in projections]
    return LogStatus(
        newest,
        [
            ProjectionStatus(
                name=projection.name,
                position=checkpoint.position,
                lag=newest.position - checkpoint.position,
                parked=parked_counts.get(projection.name, 0),
                newer=checkpoint.is_newer(projection),
                building=building[projection.name].position
                if projection.name in building
                else None,
            )
            for projection, checkpoint in reached
        ],
    )
