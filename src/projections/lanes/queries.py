"""Queries over lanes, and over what holds around all of them, as they are folded.

Rows are lanes as they are stored: a large one takes a while to unpack, and no transaction waits.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, select

from aggregates.lane import Lane
from aggregates.scope import Scope as AroundLanes
from events.table import events, table_of
from projections.access import EVERYTHING, Access
from projections.engine import checkpoints
from projections.engine.parked import ParkedEventRow
from projections.lanes.fold import LANES
from projections.lanes.model import SCOPES, LaneRow, unpacked

_lanes = table_of(LaneRow)
_parked = table_of(ParkedEventRow)


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


def lane_row(connection: Connection, repository_id: int) -> Mapping[str, Any] | None:
    """Return a repository's lane as it is stored; None before its first event."""
    return None if repository_id == SCOPES[0] else _row(connection, EVERYTHING, repository_id)


def changed_lanes(
    connection: Connection, after: int | None, share: int, shares: int
) -> Sequence[Mapping[str, Any]]:
    """Return, as they are stored, those lanes that changed behind a position; None: every lane.

    Of all lanes only a share: where the repository's id, divided by ``shares``, leaves it.
    """
    remainder: ColumnElement[int] = _lanes.c.repository_id % shares
    query = select(_lanes).where(_lanes.c.repository_id != SCOPES[0], remainder == share)
    if after is not None:
        query = query.where(_lanes.c.position > after)
    rows = connection.execute(query).mappings().all()
    return cast("Sequence[Mapping[str, Any]]", rows)


def parked_lanes(connection: Connection) -> dict[int, str]:
    """Return the repositories of which an event could not be folded, with the first error."""
    joined = _parked.join(events, events.c.position == _parked.c.position)
    query = (
        select(events.c.repository_id, _parked.c.position, _parked.c.error)
        .select_from(joined)
        .where(_parked.c.projection == LANES.name, events.c.repository_id.is_not(None))
        .order_by(_parked.c.position.desc())
    )
    return {
        row.repository_id: f"event {row.position}: {row.error}" for row in connection.execute(query)
    }


def folded(connection: Connection) -> int:
    """Return the position up to which lanes, and what holds around them, reflect the log."""
    return checkpoints.position(connection, LANES.name)


def _row(connection: Connection, access: Access, key: int) -> Mapping[str, Any] | None:
    within = access.condition(_lanes.c.installation_id)
    query = select(_lanes).where(_lanes.c.repository_id == key, within)
    row = connection.execute(query).mappings().one_or_none()
    return cast("Mapping[str, Any] | None", row)
