"""Lanes as they are projected, for whoever decides and acts by them.

A lane that was read before is read on from there: what an event changed is looked at again, the
rest is remembered as it was.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from aggregates.decisions import Survey, resurveyed, surveyed
from aggregates.lane import Lane
from aggregates.surroundings import Surroundings, circumstances
from events.errors import described
from events.store import Store
from projections.engine.checkpoints import Checkpoint
from projections.engine.evolve import LoopShare
from projections.lanes.fold import folded, standing
from projections.lanes.fresh import FreshLane, FreshLanes
from projections.lanes.packing import unpacked_surroundings
from projections.lanes.queries import (
    Standing,
    changed_lanes,
    lane_row,
    parked_lanes,
    subject_rows,
    surroundings_row,
)
from reactions.read_lane import ReadLane, Row

_LOOKS, _BETWEEN = 10, 0.1  # seconds, at lanes that are behind
_HELD_SECONDS = 0.002
_MOST = 200_000  # issues that are remembered
_REMEMBERED = 5_000  # issues of one lane of which it is remembered when they were looked at

# What reading, folding or looking at one lane may come to; pydantic's are ValueErrors.
_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_log = structlog.get_logger("lanes")


@dataclass(frozen=True, slots=True)
class Partition:
    """A share of all lanes: those whose repository's id, divided by ``of``, leaves ``number``."""

    number: int
    of: int


EVERY_LANE = Partition(0, 1)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A lane that is not as the log says, since an event of it could not be folded, and why."""

    repository_id: int
    error: str


@dataclass(frozen=True, slots=True)
class Reflected:
    """A lane with a look at each of its issues.

    ``looked`` says for each issue that was looked at again how far the lane was then; of what was
    before ``since`` nobody remembers which issues were. ``undecided`` says why nobody can tell what
    is to be done in the lane, if that is so. ``before`` is the survey at the look before this one.
    """

    survey: Survey
    since: int
    undecided: str | None = None
    looked: Mapping[int, int] = field(default_factory=dict)
    before: Survey | None = None

    @property
    def lane(self) -> Lane:
        """The lane itself."""
        return self.survey.lane

    def concerned(self, after: int) -> frozenset[int] | None:
        """Return the issues that what came behind a position may have concerned.

        None: whichever there are, and some that the lane may have forgotten meanwhile.
        """
        if after < self.since:
            return None
        return frozenset(number for number, position in self.looked.items() if position > after)


@dataclass(frozen=True, slots=True)
class Reflection:
    """Lanes and what is around them as one snapshot: every event up to ``position`` is folded."""

    position: int
    surroundings: Surroundings
    lanes: tuple[Reflected, ...] = ()
    stuck: tuple[Stuck, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one snapshot held: rows as they are stored, and of each lane those of its subjects.

    Of a lane that was ``known``, those that changed since. Of those that this process just folded
    to where they stand, which are ``fresh``, none.
    """

    folded: Checkpoint
    around: Row | None
    heads: Sequence[Row] = ()
    subjects: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    known: Mapping[int, Reflected] = field(default_factory=dict)
    fresh: Mapping[int, FreshLane] = field(default_factory=dict)
    parked: Mapping[int, str] = field(default_factory=dict)


class Lanes:
    """Reads what the ``lanes`` projection holds; each answer is one snapshot.

    ``fresh`` are the lanes that this process folds, if it does.
    """

    def __init__(self, store: Store, fresh: FreshLanes | None = None) -> None:
        self._store = store
        self._fresh = FreshLanes() if fresh is None else fresh
        self._known: dict[int, Reflected] = {}
        self._around = Surroundings()
        self._generation = 0  # of the rows from which this is known

    async def position(self) -> int:
        """Return up to where the log is folded."""
        return await self._store.read(folded)

    async def reflect(self, position: int) -> bool:
        """Wait a moment until the log is folded up to a position; False: it is not yet.

        The position is the log's end as it was when somebody began to look: a log that never rests
        is never wholly reflected, though nothing that was known at the beginning is missing.
        """
        for _ in range(_LOOKS):
            if await self.position() >= position:
                return True
            await asyncio.sleep(_BETWEEN)
        return False

    async def changed(self, after: int, partition: Partition) -> Reflection:
        """Return the lanes of a partition that changed behind a position.

        All of them, if what is around them did.
        """
        return await self.reflection(
            await self._store.read(lambda c: self.look_at_changed(c, standing(c), after, partition))
        )

    async def lane(self, repository_id: int) -> Reflection:
        """Return one lane; none where nothing was heard of the repository."""

        def look(connection: Connection) -> Snapshot:
            stands = standing(connection)
            return self._snapshot(connection, stands, lane_row(connection, repository_id))

        return await self.reflection(await self._store.read(look))

    def look_at_changed(
        self, connection: Connection, stands: Standing, after: int, partition: Partition
    ) -> Snapshot:
        """Look at what ``changed`` returns, for whoever looks at more in the same transaction."""
        everywhere = stands.around is not None and stands.around > after
        since = None if everywhere else after
        heads = changed_lanes(connection, since, partition.number, partition.of)
        return self._snapshot(connection, stands, heads)

    def _snapshot(self, connection: Connection, stands: Standing, heads: Sequence[Row]) -> Snapshot:
        place = stands.folded
        around: Row | None = None
        if place.generation == self._generation and stands.around == self._around.position:
            around = {"position": stands.around}  # it is known
        elif stands.around is not None:
            around = surroundings_row(connection)
        if not heads:
            return Snapshot(place, around)
        known: dict[int, Reflected] = {}
        if place.generation == self._generation:  # else built anew: what was known is of other rows
            numbers = [row["repository_id"] for row in heads]
            known = {number: self._known[number] for number in numbers if number in self._known}
        fresh = dict(self._freshly(heads, place.generation, known))
        subjects = {
            row["repository_id"]: _changed(connection, row, known)
            for row in heads
            if row["repository_id"] not in fresh
        }
        parked = parked_lanes(connection) if stands.parked else {}
        return Snapshot(place, around, heads, subjects, known, fresh, parked)

    def _freshly(
        self, heads: Sequence[Row], generation: int, known: Mapping[int, Reflected]
    ) -> Iterator[tuple[int, FreshLane]]:
        """Yield those lanes that were just folded to where their rows are."""
        for head in heads:
            number = head["repository_id"]
            fresh = self._fresh.lane(number, generation, head["position"])
            if fresh is not None and _reaches_back(fresh, head, known.get(number)):
                yield number, fresh

    async def reflection(self, read: Snapshot) -> Reflection:
        """Return the lanes of a snapshot, each looked at where it changed."""
        if read.folded.generation != self._generation:
            self._known.clear()
            self._around = Surroundings()
            self._generation = read.folded.generation
        around = self._surroundings(read.around)
        sick = {row["repository_id"]: why for row in read.heads if (why := _why_sick(row))}
        stuck = {**sick, **read.parked}
        reflected: list[Reflected] = []
        share = LoopShare(_HELD_SECONDS)  # behind a burst many lanes changed, each a little
        for row in read.heads:
            number = row["repository_id"]
            if number in stuck:
                continue
            try:
                reflected.append(await self._advance(row, read, around))
            except _FAULTS as error:  # its rows cannot be read: others go on
                _log.exception("a lane cannot be read", repository=number)
                stuck[number] = described(error)
            await share.offer()
        here = (row["repository_id"] for row in read.heads if row["repository_id"] in stuck)
        return Reflection(
            position=read.folded.position,
            surroundings=around,
            lanes=tuple(reflected),
            stuck=tuple(Stuck(number, stuck[number]) for number in here),
        )

    def _surroundings(self, row: Row | None) -> Surroundings:
        """Return what is around the lanes, the same object for the same."""
        if row is not None and row["position"] != self._around.position:
            self._around = unpacked_surroundings(row)
        return Surroundings() if row is None else self._around

    async def _advance(self, head: Row, read: Snapshot, around: Surroundings) -> Reflected:
        """Bring a lane up to what was read of it: beside the event loop, where it is much."""
        number = head["repository_id"]
        known = read.known.get(number)
        lane = ReadLane(head, read.subjects.get(number, ()), read.fresh.get(number))
        if known is None or not _goes_on(head, known):
            made = await asyncio.to_thread(_whole, lane, around, read.folded.position)
        elif lane.is_much(known.lane) or _concerns_all(known, around):
            made = await asyncio.to_thread(_on, known, lane, around)
        else:
            made = _on(known, lane, around)
        if read.folded.generation == self._generation:
            self._remember(made)
        return made

    def _remember(self, made: Reflected) -> None:
        number = made.lane.repository_id
        before = self._known.get(number)  # perhaps somebody read on meanwhile
        if before is None or before.lane.position <= made.lane.position:
            self._known[number] = made
        if sum(len(each.lane.issues) for each in self._known.values()) > _MOST:
            self._known.clear()


def _why_sick(head: Row) -> str | None:
    return head["error"] and f"event {head['error_position']}: {head['error']}"


def _goes_on(head: Row, known: Reflected) -> bool:
    """Say whether a lane can be read on from where it was; not where subjects were forgotten."""
    position = known.lane.position
    return bool(head["trimmed"] <= position <= head["position"])


def _reaches_back(fresh: FreshLane, head: Row, known: Reflected | None) -> bool:
    """Say whether a lane tells how it went on from where it was known, if it did."""
    return known is None or not _goes_on(head, known) or fresh.since <= known.lane.position


def _concerns_all(known: Reflected, around: Surroundings) -> bool:
    """Say whether all issues are to be looked at again, whatever is new in the lane."""
    return bool(known.undecided) or circumstances(known.lane, around) != known.survey.around


def _changed(connection: Connection, head: Row, known: Mapping[int, Reflected]) -> Sequence[Row]:
    number = head["repository_id"]
    before = known.get(number)
    if before is None or not _goes_on(head, before):
        return subject_rows(connection, number)
    if head["position"] == before.lane.position:
        return ()
    return subject_rows(connection, number, before.lane.position)


def _whole(read: ReadLane, around: Surroundings, position: int) -> Reflected:
    lane = read.whole()
    survey, undecided = _surveyed(lane, around, lambda: surveyed(lane, around))
    return Reflected(survey, position, undecided)


def _on(known: Reflected, read: ReadLane, around: Surroundings) -> Reflected:
    """Return a lane as it is now, with the issues looked at again that what changed concerns."""
    folded = read.gone_on(known.lane)
    lane, touched = folded.lane, folded.touched

    def again() -> Survey:
        if known.undecided:
            return surveyed(lane, around)
        return resurveyed(known.survey, lane, around, touched.workflows, read.placed)

    survey, undecided = _surveyed(lane, around, again)
    everything = touched.everything or bool(known.undecided) or survey.around != known.survey.around
    numbers = lane.numbers | touched.workflows if everything else touched.workflows
    place = max(lane.position, around.position if everything else 0)
    looked = {**known.looked, **dict.fromkeys(numbers, place)}
    if len(looked) > _REMEMBERED:
        return Reflected(survey, place, undecided, before=known.survey)
    return Reflected(survey, known.since, undecided, looked, known.survey)


def _surveyed(
    lane: Lane, around: Surroundings, survey: Callable[[], Survey]
) -> tuple[Survey, str | None]:
    """Return a survey, or one without a look and why there is none: others go on."""
    try:
        return survey(), None
    except _FAULTS as error:
        number = lane.repository_id
        _log.exception("nobody can say what is to be done in a lane", repository=number)
        return Survey(lane, circumstances(lane, around)), described(error)
