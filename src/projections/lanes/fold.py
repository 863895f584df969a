"""How lanes, and the scopes that concern them, follow from the log; from them, all of the work."""

from aggregates.lane import Lane, evolve, initial_state
from aggregates.scope import Scope, concerns_scope, evolve_scope
from events.table import table_of
from projections.commands.model import applied_commands
from projections.engine.projection import EVERY_ROW, Key, Projection, ReadEvent
from projections.lanes.circumstances import lane_circumstances
from projections.lanes.confirmations import confirmations
from projections.lanes.model import SCOPES, Folded, LaneRow, packed, unpacked
from projections.lanes.steps import derive
from projections.workflows.model import WORKFLOW_TABLES


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    if concerns_scope(read.event):
        return (EVERY_ROW,)
    repository_id = read.event.repository_id
    return () if not repository_id or repository_id < 0 else ((repository_id,),)


def _evolve(row: Folded | None, key: Key, read: ReadEvent) -> Folded | None:
    if key == SCOPES:
        scope = row if isinstance(row, Scope) else Scope()
        return evolve_scope(scope, read.event, read.facts)
    known = row if isinstance(row, Lane) else None
    lane = known or initial_state(key[0])
    evolved = evolve(lane, read.event, read.facts)
    return known if evolved is lane else evolved


LANES: Projection[Folded] = Projection(
    name="lanes",
    version=5,
    table=table_of(LaneRow),
    touches=_touches,
    evolve=_evolve,
    pack=packed,
    unpack=unpacked,
    context=SCOPES,
    derived=(*WORKFLOW_TABLES, lane_circumstances, applied_commands, confirmations),
    derive=derive,
)
