"""Queries over lanes, and over what holds around all of them, as they are folded."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, select

from aggregates.lane import Lane
from aggregates.scope import Scope as AroundLanes
from events.table import table_of
from projections.access import EVERYTHING, Access
from projections.engine import checkpoints
from projections.lanes.fold import LANES
from projections.lanes.model import SCOPES, LaneRow, unpacked

_lanes = table_of(LaneRow)


def find_lane(connection: Connection, access: Access, repository_id: int) -> Lane | None:
    """Return a repository's lane; None before its first event, or beyond reach."""
    row = _row(connection, access, repository_id)
    lane = None if row is None else unpacked(row)
    return lane if isinstance(lane, Lane) else None


def around_lanes(connection: Connection) -> AroundLanes:
    """Return what holds around all lanes, of whichever installation."""
    row = _row(connection, EVERYTHING, SCOPES[0])
    around = None if row is None else unpacked(row)
    return around if isinstance(around, AroundLanes) else AroundLanes()


def folded(connection: Connection) -> int:
    """Return the position up to which lanes, and what holds around them, reflect the log."""
    return checkpoints.position(connection, LANES.name)


def _row(connection: Connection, access: Access, key: int) -> Mapping[str, Any] | None:
    within = access.condition(_lanes.c.installation_id)
    query = select(_lanes).where(_lanes.c.repository_id == key, within)
    row = connection.execute(query).mappings().one_or_none()
    return cast("Mapping[str, Any] | None", row)
