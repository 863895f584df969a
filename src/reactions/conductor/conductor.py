"""The conductor: reads lanes as they are projected, decides, and appends what it decided.

It looks only at lanes that are folded up to the log's head as it was when it began to look, so
that nobody acts on the past, whether at a first start over an old log or behind a backlog.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from events.log import EventLog
from events.read import head
from events.store import Store
from projections.lanes.queries import folded
from reactions.checkpoints import Checkpoint, advance
from reactions.conductor import stuck, timetable
from reactions.conductor.considering import Considered, consider_all
from reactions.conductor.timetable import RunningTimer
from reactions.lanes import EVERY_LANE, Lanes, Partition
from reactions.resync import have_settled

_APPENDED_AT_ONCE = 200
_NOTED_AT_ONCE = 50  # lanes in one transaction, so that appends need not wait long behind it


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to; ``behind``: the lanes do not reflect the log's head yet."""

    behind: bool = False
    appended: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Positions:
    """Where the log ends, up to where lanes are folded, and up to where was decided."""

    head: int
    folded: int
    checkpoint: int


@dataclass(slots=True, kw_only=True)
class Conductor:
    """Decides for the lanes of one partition; remembers up to where nothing concerned them.

    ``guard`` runs in every writing transaction and raises when this process should not be deciding;
    decisions themselves need none, since their ids follow from what they are.
    """

    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    partition: Partition = EVERY_LANE
    guard: Callable[[Connection], None] = lambda _connection: None
    _checkpoint: Checkpoint = field(init=False)

    def __post_init__(self) -> None:
        self._checkpoint = Checkpoint(f"conductor-{self.partition.number}-of-{self.partition.of}")

    async def step(self) -> Looked:
        """Decide for every lane that changed, then let the waits that are over be events.

        Raises what the log and the database raise, and what the guard does.
        """
        reached = await self.store.read(self._positions)
        if reached.folded < reached.head and not await self.lanes.reflect(reached.head):
            return Looked(behind=True)
        decided = await self._decide(reached.checkpoint) if reached.checkpoint < reached.head else 0
        now = self.clock()
        waits = await self.store.read(lambda c: timetable.waits(c, now, self.partition))
        await self._fire(waits.over)
        return Looked(appended=decided + len(waits.over), next_due=waits.next_due)

    def _positions(self, connection: Connection) -> _Positions:
        return _Positions(
            head=head(connection).position,
            folded=folded(connection),
            checkpoint=self._checkpoint.position(connection),
        )

    async def _decide(self, checkpoint: int) -> int:
        reflected = await self.lanes.changed(checkpoint, self.partition)
        considered, failed = await consider_all(reflected, checkpoint, self.log.event)
        if not considered and not failed and self._checkpoint.passes(reflected.position):
            return 0
        events = [event for each in considered for event in each.events]
        for start in range(0, len(events), _APPENDED_AT_ONCE):
            await self.log.append(*events[start : start + _APPENDED_AT_ONCE])
        for start in range(0, len(considered), _NOTED_AT_ONCE):
            await self._note(considered[start : start + _NOTED_AT_ONCE], checkpoint)

        def work(connection: Connection) -> None:
            self.guard(connection)
            for lane in failed:
                timetable.forget_timers(connection, lane.repository_id)
            stuck.note_stuck(connection, failed, self.clock())
            advance(connection, self._checkpoint.name, reflected.position)

        await self.store.write(work)
        return len(events)

    async def _note(self, considered: Sequence[Considered], since: int) -> None:
        def work(connection: Connection) -> None:
            self.guard(connection)
            for each in considered:
                timetable.replace_timers(connection, each.lane, each.outlook.timers)
            stuck.note_moving(connection, [each.lane.repository_id for each in considered])
            have_settled(connection, [each.lane for each in considered], since)

        await self.store.write(work)

    async def _fire(self, over: Sequence[RunningTimer]) -> None:
        if over:
            await self.log.append(*map(timetable.event_of, over))
            await self.store.write(lambda c: timetable.remove_fired(c, over))
