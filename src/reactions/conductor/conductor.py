"""The conductor: reads lanes as they are projected, decides, and appends what it decided.

It looks only at lanes that are folded up to the log's head as it was when it began to look, so
that nobody acts on the past, whether at a first start over an old log or behind a backlog.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from aggregates.decisions import Outlook, outlook, requested
from aggregates.lane import Lane
from aggregates.surroundings import Surroundings
from events.envelope import NewEvent
from events.errors import described
from events.log import EventLog
from events.read import head
from events.store import Store
from events.wake import Wake
from projections.lanes.fold import folded
from reactions.asking import replace_questions
from reactions.asking.table import forget_questions
from reactions.checkpoints import Checkpoint, advance
from reactions.conductor import stuck, timetable
from reactions.conductor.causes import causes
from reactions.conductor.timetable import RunningTimer
from reactions.lanes import EVERY_LANE, Lanes, Partition, Reflected, Reflection, Stuck
from reactions.resync import Unsettled, have_settled, unsettled

_APPENDED_AT_ONCE = 200
_UNINTERRUPTED = timedelta(seconds=2)  # between looks of one who looks at least every second
_NOTED_AT_ONCE = 50  # lanes in one transaction, so that appends need not wait long behind it

_log = structlog.get_logger("conductor")


@dataclass(frozen=True, slots=True)
class Conducted:
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


@dataclass(frozen=True, slots=True)
class _Considered:
    """A lane, what the issues that were looked at call for, and what of it is to be settled."""

    lane: Lane
    issues: frozenset[int] | None  # None: all
    outlook: Outlook
    events: Sequence[NewEvent]  # the decisions
    unsettled: Unsettled | None


@dataclass(slots=True, kw_only=True)
class Conductor:
    """Decides for the lanes of one partition; remembers up to where nothing concerned them.

    ``guard`` runs in every writing transaction and raises when this process should not be deciding;
    decisions themselves need none, since their ids follow from what they are. ``clock`` measures
    waits; ``wall`` is the one by which events are recorded, where that is another. ``asked`` wakes
    whoever asks GitHub what lanes leave open.
    """

    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    wall: Callable[[], datetime] | None = None
    instance: str = ""
    partition: Partition = EVERY_LANE
    asked: Wake = field(default_factory=Wake)
    guard: Callable[[Connection], None] = lambda _connection: None
    _checkpoint: Checkpoint = field(init=False)
    _looked_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._checkpoint = Checkpoint(f"conductor-{self.partition.number}-of-{self.partition.of}")

    async def step(self) -> Conducted:
        """Decide for every lane that changed, then let the waits that are over be events.

        Raises what the log and the database raise, and what the guard does.
        """
        reached = await self.store.read(self._positions)
        if reached.folded < reached.head and not await self.lanes.reflect(reached.head):
            return Conducted(behind=True)
        decided = await self._decide(reached.checkpoint) if reached.checkpoint < reached.head else 0
        due = await self.store.read(self._due)
        if due.foreign:
            await self.store.write(self._reckon_anew)
            due = await self.store.read(self._due)
        await self._fire(due.over)
        return Conducted(appended=decided + len(due.over), next_due=due.next_due)

    def _positions(self, connection: Connection) -> _Positions:
        return _Positions(
            head=head(connection).position,
            folded=folded(connection),
            checkpoint=self._checkpoint.position(connection),
        )

    def _reckoner(self) -> timetable.Reckoner:
        return timetable.Reckoner(self.instance, self.clock(), (self.wall or self.clock)())

    def _due(self, connection: Connection) -> timetable.DueTimers:
        """Return the waits that are over, unless some were reckoned by another process.

        That is looked for where another may have been at it since the last look.
        """
        now = self.clock()
        before, self._looked_at = self._looked_at, now
        interrupted = before is None or now - before > _UNINTERRUPTED
        if interrupted and timetable.foreign_timers(connection, self.instance, self.partition):
            self._looked_at = None
            return timetable.DueTimers(over=[], next_due=None, foreign=True)
        return timetable.due_timers(connection, now, self.partition)

    def _reckon_anew(self, connection: Connection) -> None:
        self.guard(connection)
        timetable.reckon_anew(connection, self._reckoner(), self.partition)

    async def _decide(self, checkpoint: int) -> int:
        """Consider the lanes that changed, and record what they call for; returns how much."""
        reflected = await self.lanes.changed(checkpoint, self.partition)
        considered, failed = await self._consider_all(reflected, checkpoint)
        if not considered and not failed and self._checkpoint.passes(reflected.position):
            return 0
        events = [event for each in considered for event in each.events]
        for start in range(0, len(events), _APPENDED_AT_ONCE):
            await self.log.append(*events[start : start + _APPENDED_AT_ONCE])
        for start in range(0, len(considered), _NOTED_AT_ONCE):
            await self._note(considered[start : start + _NOTED_AT_ONCE])
        await self._advance(reflected.position, failed)
        return len(events)

    async def _consider_all(
        self, reflected: Reflection, since: int
    ) -> tuple[list[_Considered], list[Stuck]]:
        """Consider every lane; one that fails is stuck and does not stop the others."""
        considered: list[_Considered] = []
        failed = list(reflected.stuck)
        for each in reflected.lanes:
            number = each.lane.repository_id
            if each.undecided is not None:
                failed.append(Stuck(number, each.undecided))
                continue
            try:
                considered.append(await self._consider(each, reflected.surroundings, since))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                _log.exception("nothing can be decided for a lane", repository=number)
                failed.append(Stuck(number, described(error)))
        return considered, failed

    async def _consider(
        self, reflected: Reflected, around: Surroundings, since: int
    ) -> _Considered:
        """Consider what changed behind a position in a lane, and what brought decisions about."""
        lane, issues = reflected.lane, reflected.concerned(since)
        survey = reflected.survey
        calls_for = outlook(survey, survey.looks if issues is None else issues)
        events: list[NewEvent] = []
        if decisions := calls_for.decisions:
            told = await self.store.read(lambda c: causes(c, survey, around, decisions, since))
            events = [requested(lane, around, *each) for each in zip(decisions, told, strict=True)]
        await asyncio.sleep(0)  # between lanes, others on the event loop get their chance
        return _Considered(lane, issues, calls_for, events, unsettled(lane, since))

    async def _note(self, considered: Sequence[_Considered]) -> None:
        """Store the waits that run in lanes, and have settled what came to be in doubt there."""
        reckoner = self._reckoner()

        def work(connection: Connection) -> bool:
            self.guard(connection)
            anew = False
            for each in considered:
                timers, questions = each.outlook.timers, each.outlook.questions
                timetable.replace_timers(connection, each.lane, each.issues, timers, reckoner)
                stored = (each.lane, each.issues, questions, self.clock())
                anew = replace_questions(connection, *stored) or anew
            stuck.note_moving(connection, [each.lane.repository_id for each in considered])
            have_settled(connection, [each.unsettled for each in considered if each.unsettled])
            return anew

        if await self.store.write(work):
            self.asked.heard(self.asked.position + 1)

    async def _advance(self, reached: int, failed: Sequence[Stuck]) -> None:
        def work(connection: Connection) -> None:
            self.guard(connection)
            for lane in failed:
                timetable.forget_timers(connection, lane.repository_id)
                forget_questions(connection, lane.repository_id)
            stuck.note_stuck(connection, failed, self.clock())
            advance(connection, self._checkpoint.name, reached)

        await self.store.write(work)

    async def _fire(self, over: Sequence[RunningTimer]) -> None:
        if over:
            await self.log.append(*map(timetable.event_of, over))
            await self.store.write(lambda c: timetable.remove_fired(c, over))
