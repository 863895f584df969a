"""The conductor: reads lanes as they are projected, decides, and appends what it decided.

It looks only at lanes that are folded up to the log's head as it was when it began to look, so
that nobody acts on the past, whether at a first start over an old log or behind a backlog.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from aggregates.decisions import outlook, requested
from aggregates.surroundings import Surroundings
from events.envelope import NewEvent
from events.errors import described
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.lanes.fold import standing
from reactions.checkpoints import Checkpoint, advance
from reactions.conductor import timetable
from reactions.conductor.causes import causes
from reactions.conductor.noting import (
    Considered,
    News,
    Noted,
    Unstored,
    store_considered,
    store_failed,
)
from reactions.conductor.timetable import RunningTimer
from reactions.lanes import (
    EVERY_LANE,
    Lanes,
    Partition,
    Reflected,
    Reflection,
    Snapshot,
    Stuck,
)
from reactions.resync import unsettled

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
class _Seen:
    """What one look in one transaction found.

    Where the log ends, up to where lanes are folded, and up to where was decided. What changed
    behind that, and the waits unless they are known, if lanes are not behind the log.
    """

    head: int
    folded: int
    checkpoint: int
    changed: Snapshot | None = None
    due: timetable.DueTimers | None = None


@dataclass(slots=True, kw_only=True)
class Conductor:
    """Decides for the lanes of one partition; remembers up to where nothing concerned them.

    ``guard`` runs in every writing transaction and raises when this process should not be deciding;
    decisions themselves need none, since their ids follow from what they are. ``clock`` measures
    waits; ``wall`` is the one by which events are recorded, where that is another. ``asked`` wakes
    whoever asks GitHub what lanes leave open. Waits are stored ``puts_off`` later at the most, and
    together: nearly every event begins one anew.
    """

    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    wall: Callable[[], datetime] | None = None
    instance: str = ""
    partition: Partition = EVERY_LANE
    asked: Wake = field(default_factory=Wake)
    puts_off: timedelta = timedelta()
    guard: Callable[[Connection], None] = lambda _connection: None
    _checkpoint: Checkpoint = field(init=False)
    _noted: Noted = field(default_factory=Noted, init=False)
    _unstored: Unstored = field(default_factory=Unstored, init=False)
    _looked_at: datetime | None = field(default=None, init=False)
    # The waits as they are stored; None: nobody knows.
    _waits: timetable.DueTimers | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._checkpoint = Checkpoint(f"conductor-{self.partition.number}-of-{self.partition.of}")

    async def step(self) -> Conducted:
        """Decide for every lane that changed, then let the waits that are over be events.

        Raises what the log and the database raise, and what the guard does.
        """
        if self._is_interrupted():
            self._forget()
        seen = await self.store.read(self._look)
        if seen.folded < seen.head:
            if not await self.lanes.reflect(seen.head):
                return Conducted(behind=True)
            least = seen.head
            seen = await self.store.read(lambda c: self._look(c, least))
        self._waits = seen.due or self._waits
        decided = 0 if seen.changed is None else await self._decide(seen.changed, seen.checkpoint)
        due = await self._stored_waits()
        if due.foreign:
            await self.store.write(self._reckon_anew)
            due = self._waits = await self.store.read(self._look_at_waits)
        self._looked_at = self.clock()
        await self._fire(due.over)
        return Conducted(
            appended=decided + len(due.over), next_due=self._unstored.or_earlier(due.next_due)
        )

    def _is_interrupted(self) -> bool:
        """Say whether another process may have been at it since the last look."""
        return self._looked_at is None or self.clock() - self._looked_at > _UNINTERRUPTED

    def _forget(self) -> None:
        """Forget what is stored, and what was to be: it is found again behind the checkpoint."""
        self._noted.forget()
        self._unstored.forget()
        self._checkpoint.forget()
        self._looked_at = self._waits = None

    def _look(self, connection: Connection, least: int | None = None) -> _Seen:
        """Look at all that a step begins with; lanes are to reflect ``least``, by default all."""
        stands = standing(connection)
        seen = _Seen(
            head=stands.head if least is None else least,
            folded=stands.folded.position,
            checkpoint=self._decided_up_to(connection),
        )
        if seen.folded < seen.head:
            return seen
        changed: Snapshot | None = None
        if seen.checkpoint < seen.head:
            changed = self.lanes.look_at_changed(
                connection, stands, seen.checkpoint, self.partition
            )
        due = None if self._knows_waits() else self._look_at_waits(connection)
        return replace(seen, changed=changed, due=due)

    def _decided_up_to(self, connection: Connection) -> int:
        """Return up to where was decided: as it is stored, where another may have moved it."""
        if self._looked_at is None:
            return self._checkpoint.position(connection)
        return self._checkpoint.reached

    def _reckoner(self) -> timetable.Reckoner:
        return timetable.Reckoner(self.instance, self.clock(), (self.wall or self.clock)())

    def _knows_waits(self) -> bool:
        """Say whether the stored waits are known, and none of them is over meanwhile."""
        waits = self._waits
        if waits is None or waits.over or waits.foreign:
            return False
        return waits.next_due is None or waits.next_due > self.clock()

    def _look_at_waits(self, connection: Connection) -> timetable.DueTimers:
        """Return the waits that are over, unless some were reckoned by another process."""
        if self._looked_at is None and timetable.foreign_timers(
            connection, self.instance, self.partition
        ):
            return timetable.DueTimers(over=[], next_due=None, foreign=True)
        return timetable.due_timers(connection, self.clock(), self.partition)

    def _reckon_anew(self, connection: Connection) -> None:
        self.guard(connection)
        timetable.reckon_anew(connection, self._reckoner(), self.partition)

    async def _stored_waits(self) -> timetable.DueTimers:
        """Return the waits, after what is to be stored by now: of what is over, none is called off.

        What follows on what was decided is stored a moment later, together with what comes next.
        """
        waits = self._waits
        over = waits is not None and bool(waits.over)
        if self._unstored.is_due(self.clock()) or (over and self._unstored):
            await self._note((), self._checkpoint.reached)
        if self._waits is None:
            self._waits = await self.store.read(self._look_at_waits)
        return self._waits

    async def _decide(self, changed: Snapshot, checkpoint: int) -> int:
        """Consider the lanes that changed, and record what they call for; returns how much."""
        reflected = await self.lanes.reflection(changed)
        considered, failed = await self._consider_all(reflected, checkpoint)
        events = [event for each in considered for event in each.events]
        for start in range(0, len(events), _APPENDED_AT_ONCE):
            await self.log.append(*events[start : start + _APPENDED_AT_ONCE])
        for each in considered:
            if news := self._noted.learns(each):
                self._unstored.take(each, self._stored_by(each, news))
        if failed or not self._checkpoint.passes(reflected.position):
            await self._note(failed, reflected.position)
        return len(events)

    async def _consider_all(
        self, reflected: Reflection, since: int
    ) -> tuple[list[Considered], list[Stuck]]:
        """Consider every lane; one that fails is stuck and does not stop the others."""
        considered: list[Considered] = []
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

    async def _consider(self, reflected: Reflected, around: Surroundings, since: int) -> Considered:
        """Consider what changed behind a position in a lane, and what brought decisions about."""
        lane, issues = reflected.lane, reflected.concerned(since)
        survey = reflected.survey
        calls_for = outlook(survey, survey.looks if issues is None else issues)
        events: list[NewEvent] = []
        if decisions := calls_for.decisions:
            told = await self.store.read(lambda c: causes(c, reflected, around, decisions, since))
            events = [requested(lane, around, *each) for each in zip(decisions, told, strict=True)]
        await asyncio.sleep(0)  # between lanes, others on the event loop get their chance
        return Considered(lane, issues, calls_for, events, unsettled(lane, since))

    def _stored_by(self, considered: Considered, news: News) -> datetime:
        """Return when news are to be stored; waits before any of them is over."""
        reckoner = self._reckoner()
        if news != "waits":
            return reckoner.steady
        timers = considered.outlook.timers
        ends = (reckoner.fires_at(each.since, each.due_at) for each in timers)
        return min([reckoner.steady + self.puts_off, *ends])

    async def _note(self, failed: Sequence[Stuck], reached: int) -> None:
        """Store what was considered, in the end with how far that was."""
        numbers = [lane.repository_id for lane in failed]
        self._noted.forget(numbers)
        self._unstored.forget(numbers)
        self._waits = None
        considered = self._unstored.lanes()
        starts = range(0, len(considered), _NOTED_AT_ONCE)
        *others, last = [considered[at : at + _NOTED_AT_ONCE] for at in starts] or [[]]
        for some in others:
            await self._store(some)
        self._waits = await self._store(last, failed, reached)
        self._checkpoint.advanced(reached)
        self._unstored.forget()

    async def _store(
        self, considered: Sequence[Considered], failed: Sequence[Stuck] = (), reached: int = 0
    ) -> timetable.DueTimers:
        """Store lanes; return the waits that are stored then."""
        reckoner = self._reckoner()

        def work(connection: Connection) -> tuple[bool, timetable.DueTimers]:
            self.guard(connection)
            anew = store_considered(connection, considered, reckoner, self.clock())
            store_failed(connection, failed, self.clock())
            if reached:
                advance(connection, self._checkpoint.name, reached)
            return anew, self._look_at_waits(connection)

        anew, waits = await self.store.write(work)
        if anew:
            self.asked.heard(self.asked.position + 1)
        return waits

    async def _fire(self, over: Sequence[RunningTimer]) -> None:
        if over:
            self._waits = None
            await self.log.append(*map(timetable.event_of, over))
            for timer in over:
                self._noted.forget_issue(timer.repository_id, timer.issue_number)
            await self.store.write(lambda c: timetable.remove_fired(c, over))
