"""What a command meets: the state that it would change, read in one snapshot."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from aggregates.lane import Lane
from aggregates.surroundings import Surroundings as AroundLanes
from events import read
from events.catalogue import About
from events.envelope import Event
from projections.access import Access
from projections.engine import checkpoints
from projections.installations import INSTALLATIONS, knows_installation
from projections.lanes.fold import LANES
from projections.lanes.queries import around_lanes, find_lane
from projections.repositories.fold import REPOSITORIES
from projections.repositories.queries import find_repository

_READ = (LANES.name, REPOSITORIES.name, INSTALLATIONS.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTarget:
    """What is known where a command arrives; ``recorded`` is the command itself, of an earlier try.

    ``known``: the access reaches such a repository or installation. ``installation_id`` is the
    repository's.
    ``position`` is how far this is folded, ``current``: up to where the log was.
    """

    recorded: Event | None
    known: bool
    installation_id: int | None
    lane: Lane | None
    around: AroundLanes
    position: int
    head: int
    current: bool = False


def stand(event_id: UUID, about: About, access: Access) -> Callable[[Connection], CommandTarget]:
    """Return the query for what a command with this id meets within an access."""

    def look(connection: Connection) -> CommandTarget:
        reached = checkpoints.positions(connection)
        lane, installation_id, known = _target(connection, about, access)
        return CommandTarget(
            recorded=read.of_id(connection, event_id),
            known=known,
            installation_id=installation_id,
            lane=lane,
            around=around_lanes(connection),
            position=min(reached.get(name, 0) for name in _READ),
            head=read.head(connection).position,
        )

    return look


def _target(
    connection: Connection, about: About, access: Access
) -> tuple[Lane | None, int | None, bool]:
    """Return lane and installation of a repository, and whether what is addressed is known."""
    if about.repository_id is None:
        whose = about.installation_id
        everything = whose is None and access.allows(None)
        known = whose is not None and knows_installation(connection, access, whose)
        return None, None, everything or known
    lane = find_lane(connection, access, about.repository_id)
    item = find_repository(connection, access, about.repository_id)
    of_item = item.installation_id if item else None
    of_lane = lane.installation_id if lane else None
    return lane, of_lane or of_item, lane is not None or item is not None
