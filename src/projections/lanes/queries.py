"""Queries over lanes, and over what holds around all of them, as they are folded."""

from sqlalchemy import Connection

from aggregates.lane import Lane
from aggregates.surroundings import Surroundings
from projections.access import Access
from projections.engine import checkpoints
from projections.lanes.model import lanes, unpacked, unpacked_surroundings
from projections.lanes.rows import LANES_NAME, lane_rows, subject_rows, surroundings_row


def find_lane(connection: Connection, access: Access, repository_id: int) -> Lane | None:
    """Return a repository's lane; None before its first event, or beyond reach."""
    within = access.condition(lanes.c.installation_id)
    found = lane_rows(connection, (lanes.c.repository_id == repository_id) & within)
    return unpacked(found[0], subject_rows(connection, repository_id)).lane if found else None


def around_lanes(connection: Connection) -> Surroundings:
    """Return what holds around all lanes, of whichever installation."""
    row = surroundings_row(connection)
    return Surroundings() if row is None else unpacked_surroundings(row)


def folded(connection: Connection) -> int:
    """Return the position up to which lanes, and what holds around them, reflect the log."""
    return checkpoints.position(connection, LANES_NAME)
