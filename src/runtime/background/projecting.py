"""The background work of projecting: one process keeps the read models at the log's head."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import Connection

from aggregates.surroundings import concerns_surroundings
from events.envelope import Event
from events.large import LargeDeliveries
from events.lease import Now
from events.recent import Recent
from events.store import Store
from events.wake import Wake
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.runner import Runner
from projections.engine.target import Guard
from projections.lanes.fresh import FreshLanes
from projections.registry import PROJECTIONS, telling
from runtime.background.leased import Lease, LeasedWork, LeaseLost
from runtime.background.listening import POLL_SECONDS, Listening

LEASE = "projections"
# Events whose rows are written at once beside deliveries, which on SQLite wait meanwhile: 21 ms of
# the processor. 500, as where nobody waits, take 44, and a fiftieth less in all.
BATCH = 200

_log = structlog.get_logger("projecting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Projecting:
    """What it takes to project in the background; ``progress`` is signalled how far it came.

    So are ``shares``, those of whose lanes a batch may have changed some. ``fresh`` is told the
    lanes themselves; ``recent`` are events that this process appended.
    """

    store: Store
    grown: Wake
    progress: Wake
    clock: Callable[[], datetime]
    instance: str
    large: LargeDeliveries = field(default_factory=LargeDeliveries)
    judge: Callable[[], Now] | None = None  # of leases, as Lease says
    shares: Sequence[Wake] = field(default_factory=lambda: (Wake(),))  # as lanes are shared out
    fresh: FreshLanes = field(default_factory=FreshLanes)
    recent: Recent = field(default_factory=Recent)

    def work(self) -> LeasedWork:
        """Return the work, to be run."""
        held = Lease(LEASE, self.store, self.clock, self.instance, self.judge)
        guard = guard_of(held)
        projections = telling(self.fresh)
        runner = Runner(projections, self.store, self.store, guard, BATCH, self.large, self.recent)
        builder = Builder(PROJECTIONS, self.store, guard, BATCH, self.large)
        following = _Following(held, runner, builder, self.grown, self._told)
        listening = Listening(self.grown, following.step, pause=0.0)
        return LeasedWork(held, listening.step, listening.rest, self._elsewhere)

    async def _elsewhere(self) -> None:
        """Leave lanes to the process that folds them now."""
        self.fresh.forget()

    def _told(self, position: int, repositories: Collection[int] | None) -> None:
        """Signal a position to those whom some lanes concern, None: all."""
        self.progress.signal(position)
        every = range(len(self.shares))
        concerned = every if repositories is None else {n % len(every) for n in repositories}
        for share in concerned:
            self.shares[share].signal(position)


def guard_of(held: Lease) -> Guard:
    """Return the runner's guard: rows that are made without the lease are void."""

    def guard(connection: Connection) -> None:
        try:
            held.guard(connection)
        except LeaseLost as lost:
            raise CheckpointMoved("the lease went to another process") from lost

    return guard


class _Following:
    """Follows the log a batch at a time, prepared for as long as nothing can have come between.

    It alone moves what is read, so it lets what was built beside that take its place, of which all
    are ``told``.
    """

    def __init__(
        self,
        held: Lease,
        runner: Runner,
        builder: Builder,
        grown: Wake,
        told: Callable[[int, Collection[int] | None], None],
    ) -> None:
        self._held = held
        self._runner = runner
        self._builder = builder
        self._grown = grown
        self._told = told
        self._prepared = 0  # the lease's term in which all went well
        self._looked_at = float("-inf")  # of the monotonic clock: for what was built

    async def step(self) -> float:
        """Project what comes next; raises LeaseLost where another process moved a checkpoint."""
        prepared, self._prepared = self._prepared, 0
        try:
            if prepared != self._held.term:
                await self._prepare()
            term = self._held.term
            position = await self._runner.step()
        except CheckpointMoved as moved:
            raise LeaseLost(str(moved)) from moved
        self._prepared = term
        if monotonic() - self._looked_at >= POLL_SECONDS:
            await self._take_over()
            self._looked_at = monotonic()
        if position:
            self._told(position, _concerned(self._runner.projected))
        # Where nothing is left and nothing was heard of, there is no need to look.
        more = self._runner.left > 0 or position < self._grown.position
        return 0.0 if position and more else POLL_SECONDS

    async def _prepare(self) -> None:
        """Another release may have been at work, and left rows of another version."""
        if begun := await self._builder.plan():
            _log.info("building read models beside those that are shown", projections=begun)
        if newer := await self._runner.newer():
            _log.warning("a newer release makes these projections", left_alone=newer)

    async def _take_over(self) -> None:
        """Let what was built be read, if there is any; where somebody is at it, the next time."""
        try:
            built = await self._builder.take_over()
        except CheckpointMoved as moved:
            _log.debug("what was built is not read yet", why=str(moved))
            return
        if built is not None:
            self._runner.look_anew()
            names = [projection.name for projection in built.projections]
            _log.info("read models built anew are shown", projections=names)
            self._told(built.position, None)


def _concerned(events: Sequence[Event]) -> Collection[int] | None:
    """Return whose lanes events may have changed; None: all."""
    if any(concerns_surroundings(event) for event in events):
        return None
    return {event.repository_id for event in events if event.repository_id is not None}
