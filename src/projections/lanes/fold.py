"""How lanes, and what is around them, follow from the log; from them, all of the work.

What concerns everything is folded for itself first, then handed to the lanes one by one: a lane
that cannot take it is shown, alone, and no other is harmed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table, select

from aggregates.lane import Touched, fold, initial_state
from aggregates.stages import Placed
from aggregates.surroundings import Surroundings, concerns_surroundings, evolve_surroundings
from events.envelope import OPERATOR, Event
from events.errors import described
from events.github.agents import known_agents
from projections.commands.model import applied_commands
from projections.engine import rows
from projections.engine.checkpoints import Checkpoint, checkpoint
from projections.engine.evolve import LoopShare, RowCache
from projections.engine.parked import ParkedEvent, describe
from projections.engine.parts import WHOLE, Part
from projections.engine.projection import AnyProjection, Key, ReadEvent, version_of
from projections.lanes.around import around_versions, versions_around
from projections.lanes.fresh import FreshLanes, LaneStep
from projections.lanes.model import (
    AROUND,
    Subject,
    circumstances_versions,
    confirmations,
    lane_circumstances,
    lanes,
    subjects,
    surroundings,
)
from projections.lanes.packing import (
    StoredLane,
    packed,
    packed_subject,
    packed_surroundings,
    touched_subjects,
)
from projections.lanes.queries import (
    LANES_NAME,
    Standing,
    around_lanes,
    lanes_standing,
    load_lanes,
)
from projections.lanes.snapshots import lane_snapshots
from projections.lanes.steps import Following, RememberedLane, Step, snapshot_after
from projections.workflows.model import WORKFLOW_TABLES

_MAX_ERROR = 500
_MOST = 200_000  # subjects and pages that are remembered
_MEMORY: Key = ("memory",)  # all of it is remembered as one


@dataclass(slots=True)
class Memory:
    """Lanes by repository, and what is around them (None: not known yet); ``weight`` sums up."""

    around: Surroundings | None = None
    lanes: dict[int, RememberedLane] = field(default_factory=dict)
    weight: int = 0

    def put(self, lane: RememberedLane) -> None:
        """Remember a lane as it now is."""
        self.weight += lane.weigh()
        self.lanes[lane.stored.lane.repository_id] = lane


@dataclass(slots=True)
class FoldingLanes:
    """Lanes and what is around them over a batch of events, and the rows that follow."""

    projection: AnyProjection
    fresh: FreshLanes | None = None  # who is told
    part: Part = WHOLE
    parked: list[ParkedEvent] = field(default_factory=list)
    _memory: Memory = field(default_factory=Memory)
    _missing: set[int] | None = field(default_factory=set)  # None: whatever lanes there are
    _changed: dict[int, dict[Subject, int]] = field(default_factory=dict)  # at which position
    _written: dict[Table, dict[Key, Mapping[str, Any] | None]] = field(default_factory=dict)
    _steps: dict[int, list[LaneStep]] = field(default_factory=dict)
    _since: dict[int, int] = field(default_factory=dict)  # where lanes were before these
    _placed: dict[int, Mapping[int, Placed]] = field(default_factory=dict)  # by the last of these

    def begin(self, reads: Sequence[ReadEvent], cache: RowCache, position: int) -> bool:
        """Take what is remembered; say whether anything must be loaded."""
        touched = {number for read in reads if (number := self._lane_of(read.event)) is not None}
        remembered = cache.taken(LANES_NAME, position).get(_MEMORY)
        if remembered is None and self.fresh is not None:
            self.fresh.forget()
        self._memory = memory = remembered or Memory()
        everything = any(concerns_surroundings(read.event) for read in reads)
        self._missing = None if everything else touched - memory.lanes.keys()
        return self._missing is None or bool(self._missing) or memory.around is None

    def load(self, connection: Connection) -> None:
        """Load what is not remembered."""
        memory, missing = self._memory, self._missing
        if memory.around is None:
            memory.around = around_lanes(connection, self._around_id)
        if missing is None:
            own = select(lanes.c.repository_id)
            if self.part is not WHOLE:
                own = own.where(self.part.owns_row(lanes.c.repository_id))
            missing = {*connection.scalars(own)} - memory.lanes.keys()
        for stored in load_lanes(connection, missing).values():
            memory.put(RememberedLane(stored, changed={*stored.changed}))

    async def over(self, reads: Iterable[ReadEvent], share: LoopShare) -> None:
        """Fold more events, in order; one that cannot be digested is parked."""
        for read in reads:
            try:
                if concerns_surroundings(read.event):
                    await self._everywhere(read, share)
                elif (number := self._lane_of(read.event)) is not None:
                    await self._in_lane(number, read, share)
                    await share.offer()
            except Exception as error:  # noqa: BLE001 (whatever it is: parked, shown, and on)
                self._park(read.event.position, error)

    def save(self, connection: Connection) -> None:
        """Write the rows that changed; of what changed often in the batch, as it is in the end."""
        for number, changed in self._changed.items():
            stored = self._memory.lanes[number].stored
            for (kind, key), position in changed.items():
                row = packed_subject(stored.lane, (kind, key), position)
                self._put(subjects, (number, kind, str(key)), row)
            self._put(lanes, (number,), packed(stored))
        for table, written in self._written.items():
            rows.save_columns(connection, table, written)

    def remember(self, cache: RowCache, reached: Checkpoint) -> None:
        """Have the lanes remembered as they now are, and tell them."""
        memory = self._memory
        if memory.weight > _MOST:
            memory = Memory(memory.around)
        cache.remember(LANES_NAME, reached.position, {_MEMORY: memory})
        if self.fresh is not None:
            self._tell(self.fresh, memory, reached.generation)

    def _tell(self, fresh: FreshLanes, memory: Memory, generation: int) -> None:
        """Tell the lanes that went on; all are forgotten where they are here."""
        if memory is not self._memory:
            fresh.forget()
        for number, steps in self._steps.items():
            if known := memory.lanes.get(number):
                lane, since = known.stored.lane, self._since[number]
                placed = self._placed[number]
                fresh.tell(lane, generation, since, tuple(steps), placed)

    async def _in_lane(self, number: int, read: ReadEvent, share: LoopShare) -> None:
        """Fold an event of one repository."""
        known = self._memory.lanes.get(number)
        lane = known.stored.lane if known else initial_state(number)
        folded = fold(lane, read.event, read.facts)
        if folded.lane is lane:
            return
        was, around = known.stored.lane if known else None, self._around
        step = Step(was, folded.lane, around, around, folded.touched, read.event)
        await self._follow(step, known, share)
        self._applied(read.event)

    async def _everywhere(self, read: ReadEvent, share: LoopShare) -> None:
        """Fold what concerns everything, then hand it to the lanes one by one."""
        was = self._around
        now = evolve_surroundings(was, read.event, read.facts)
        if now is was:
            return
        self._memory.around = now
        self._put(surroundings, (self._around_id,), packed_surroundings(now, self._around_id))
        if self._owns(None):  # of several parts, that have what is around in common
            for key, row in versions_around(was, now, read.event.position):
                self._put(around_versions, key, row)
        self._applied(read.event)
        failures: list[Exception] = []
        for _, known in sorted(self._memory.lanes.items()):
            lane = known.stored.lane
            try:
                step = Step(lane, lane, was, now, Touched(), read.event)
                await self._follow(step, known, share)
            except Exception as error:  # noqa: BLE001 (shown at its lane; no other is harmed)
                failures.append(error)
                self._is_sick(known, read.event.position, error)
        for failure in failures[:1]:
            self._park(read.event.position, failure)

    async def _follow(self, step: Step, known: RememberedLane | None, share: LoopShare) -> None:
        """Take in a step of a lane with what follows from it: all of that or, by raising, none."""
        remembered = known or RememberedLane(_stored(step, None))
        following = Following(step, remembered)
        found = [*following.of_lane()]
        for issue in following.issues():
            found += following.of_issue(issue)
            await share.offer()
        touched = [*touched_subjects(step.was, step.now, step.touched)]
        snapshots, snapshot = snapshot_after(step, remembered, touched)
        found += snapshot
        # Nothing raises from here on.
        for table, key, row in found:
            self._put(table, key, row)
        number, position = step.now.repository_id, step.event.position
        if step.now is not step.was:
            self._changed.setdefault(number, {}).update(dict.fromkeys(touched, position))
            self._since.setdefault(number, step.was.position if step.was else 0)
            self._steps.setdefault(number, []).append(LaneStep(position, step.touched))
            self._placed[number] = following.placed
        stored = replace(_stored(step, known.stored if known else None), snapshots=snapshots)
        remembered.stored, remembered.held = stored, (step.around_after, following.holds)
        remembered.show(following.shown)
        remembered.changed = set() if snapshot else remembered.changed.union(touched)
        self._memory.put(remembered)

    def _is_sick(self, known: RememberedLane, position: int, error: Exception) -> None:
        """Say at a lane why it is not as what is around it; the first reason stays."""
        if known.stored.error is None:
            why = described(error)[:_MAX_ERROR]
            known.stored = replace(known.stored, error=why, error_position=position)
            self._changed.setdefault(known.stored.lane.repository_id, {})

    @property
    def _around(self) -> Surroundings:
        return self._memory.around or Surroundings()

    def _applied(self, event: Event) -> None:
        """Note that a command told something new."""
        if event.source == OPERATOR and self._owns(event.repository_id):
            row = {"position": event.position, "repository_id": event.repository_id}
            self._put(applied_commands, (event.position,), row)

    def _lane_of(self, event: Event) -> int | None:
        """Return the repository in whose lane an event is folded here."""
        number = event.repository_id
        return number if number is not None and number > 0 and self._owns(number) else None

    def _owns(self, repository_id: int | None) -> bool:
        return self.part is WHOLE or self.part.owns(repository_id)

    @property
    def _around_id(self) -> int:
        """The row of what is around all lanes: each part folds it for itself, and has its own."""
        return AROUND + self.part.number

    def _park(self, position: int, error: Exception) -> None:
        self.parked.append(describe(self.projection.name, position, error))

    def _put(self, table: Table, key: Key, row: Mapping[str, Any] | None) -> None:
        self._written.setdefault(table, {})[key] = row


def _stored(step: Step, known: StoredLane | None) -> StoredLane:
    before = known or StoredLane(step.now)
    trimmed = step.event.position if step.touched.trimmed else before.trimmed
    return StoredLane(step.now, trimmed, before.error, before.error_position, before.snapshots)


@dataclass(frozen=True, slots=True)
class LanesProjection:
    """The projection of lanes, and of all that follows from them."""

    name: str
    release: int
    tables: tuple[Table, ...]
    fresh: FreshLanes | None = field(default=None, compare=False)
    part: Part = WHOLE

    @property
    def version(self) -> int:
        """What is other where the release is, or the table of agents by which it reads."""
        return version_of(self.release, known_agents().digest)

    def carrying(self) -> FoldingLanes:
        """Return what carries lanes over one batch, and tells them if there is whom."""
        return FoldingLanes(self, self.fresh, self.part)

    def of_part(self, part: Part) -> "LanesProjection":
        """Return what folds the lanes of one part alone, and what is around all of them."""
        return replace(self, name=part.called(self.name), part=part)

    def unite(self, connection: Connection) -> None:
        """Keep what is around all lanes once: each part has folded the same."""
        connection.execute(surroundings.delete().where(surroundings.c.id != AROUND))


LANES = LanesProjection(
    name=LANES_NAME,
    release=30,
    tables=(
        lanes,
        subjects,
        lane_snapshots,
        surroundings,
        around_versions,
        *WORKFLOW_TABLES,
        lane_circumstances,
        circumstances_versions,
        applied_commands,
        confirmations,
    ),
)


def lanes_checkpoint(connection: Connection) -> Checkpoint:
    """Return how far lanes, and what holds around them, reflect the log as this release folds it.

    That is not at all while another release's are shown: what to do is decided by its own alone.
    """
    return of_this_release(checkpoint(connection, LANES.name))


def standing(connection: Connection) -> Standing:
    """Return where the log ends, and how far it is reflected: see ``lanes_checkpoint``."""
    found = lanes_standing(connection)
    return found._replace(folded=of_this_release(found.folded))


def of_this_release(found: Checkpoint) -> Checkpoint:
    """Return a checkpoint of lanes as this release goes by it."""
    return found if found.version == LANES.version else replace(found, position=0)


def folded(connection: Connection) -> int:
    """Return the position up to which this release folded lanes, and what holds around them."""
    return lanes_checkpoint(connection).position
