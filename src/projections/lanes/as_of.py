"""A lane as it was at a position: from the newest snapshot before, and the events behind it."""

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from aggregates.lane import Lane, assembled, evolve, initial_state
from events.envelope import GITHUB, Event
from events.github.registry import READERS
from events.read import read
from events.reading import read_facts
from events.table import events, table_of
from projections.engine.parked import ParkedEventRow
from projections.lanes.packing import unpacked_head, with_subjects
from projections.lanes.queries import LANES_NAME
from projections.lanes.snapshots import snapshot_before

_AT_ONCE = 200  # events

_parked = table_of(ParkedEventRow)


def lane_as_of(connection: Connection, repository_id: int, as_of: int) -> Lane:
    """Return a repository's lane as it was folded up to a position."""
    found = snapshot_before(connection, repository_id, as_of)
    if found is None:
        lane = initial_state(repository_id)
    else:
        lane = assembled(with_subjects(unpacked_head(found.head), found.subjects))
    for event in _behind(connection, lane, as_of):
        lane = evolve(lane, event, read_facts(event).facts)
    return lane


def _behind(connection: Connection, lane: Lane, as_of: int) -> Iterator[Event]:
    """Yield what may have changed a lane behind where it is, less what could not be folded."""
    number, after = lane.repository_id, lane.position
    parked = select(_parked.c.position).where(
        _parked.c.projection == LANES_NAME, _parked.c.position.between(after, as_of)
    )
    left_out = {*connection.scalars(parked)}
    which = (
        events.c.repository_id == number,
        events.c.position <= as_of,
        or_(events.c.source != GITHUB, events.c.type.in_(READERS)),
    )
    while some := read(connection, after, _AT_ONCE, *which, whole=True):
        yield from (event for event in some if event.position not in left_out)
        after = some[-1].position
