"""The lanes as they are projected, for the reactions that decide and act by them."""

from sqlalchemy import ColumnElement, Connection, select

from aggregates.lane import Lane
from aggregates.scope import Scope
from events.store import Store
from events.table import events, table_of
from projections.engine.parked import ParkedEventRow
from projections.lanes.fold import LANES
from projections.lanes.model import SCOPES, unpacked
from projections.lanes.queries import around_lanes, folded
from reactions.ports.lanes import Partition, Reflection, Stuck

_lanes = LANES.table
_parked = table_of(ParkedEventRow)
_A_LANE = _lanes.c.repository_id != SCOPES[0]


class ProjectedLanes:
    """Reads the rows of the ``lanes`` projection."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def position(self) -> int:
        """Return up to where the log is folded."""
        return await self._store.read(folded)

    async def changed(self, after: int, partition: Partition) -> Reflection:
        """Return the lanes of a partition that changed behind a position; all if the scope did."""

        def work(connection: Connection) -> Reflection:
            scope = around_lanes(connection)
            remainder: ColumnElement[int] = _lanes.c.repository_id % partition.of
            which = remainder == partition.number
            if scope.position <= after:
                which &= _lanes.c.position > after
            return _reflection(connection, scope, which)

        return await self._store.read(work)

    async def lane(self, repository_id: int) -> Reflection:
        """Return one lane with its scope; no lane where nothing was heard of the repository."""
        which = _lanes.c.repository_id == repository_id
        return await self._store.read(lambda c: _reflection(c, around_lanes(c), which))


def _reflection(connection: Connection, scope: Scope, which: ColumnElement[bool]) -> Reflection:
    rows = connection.execute(select(_lanes).where(_A_LANE, which)).mappings()
    lanes = [lane for row in rows if isinstance(lane := unpacked(dict(row)), Lane)]
    parked = _parked_lanes(connection)
    return Reflection(
        position=folded(connection),
        scope=scope,
        lanes=tuple(lane for lane in lanes if lane.repository_id not in parked),
        stuck=tuple(
            Stuck(lane.repository_id, parked[lane.repository_id])
            for lane in lanes
            if lane.repository_id in parked
        ),
    )


def _parked_lanes(connection: Connection) -> dict[int, str]:
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
