"""The background work of projecting: one process keeps the read models at the log's head."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from events.large import LargeDeliveries
from events.lease import Now
from events.store import Store
from events.wake import Wake
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.runner import Runner
from projections.engine.target import Guard
from projections.registry import PROJECTIONS
from runtime.background.leased import Lease, LeasedWork, LeaseLost
from runtime.background.listening import POLL_SECONDS, Listening

LEASE = "projections"

_log = structlog.get_logger("projecting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Projecting:
    """What it takes to project in the background; ``progress`` is signalled how far it came."""

    store: Store
    grown: Wake
    progress: Wake
    clock: Callable[[], datetime]
    instance: str
    large: LargeDeliveries = field(default_factory=LargeDeliveries)
    judge: Callable[[], Now] | None = None  # of leases, as Lease says

    def work(self) -> LeasedWork:
        """Return the work, to be run."""
        held = Lease(LEASE, self.store, self.clock, self.instance, self.judge)
        guard = guard_of(held)
        runner = Runner(PROJECTIONS, self.store, self.store, guard, large=self.large)
        following = _Following(held, runner, self.progress)
        listening = Listening(self.grown, following.step, pause=0.0)
        return LeasedWork(held, listening.step, listening.rest)


def guard_of(held: Lease) -> Guard:
    """Return the runner's guard: rows that are made without the lease are void."""

    def guard(connection: Connection) -> None:
        try:
            held.guard(connection)
        except LeaseLost as lost:
            raise CheckpointMoved("the lease went to another process") from lost

    return guard


class _Following:
    """Follows the log a batch at a time, prepared for as long as nothing can have come between."""

    def __init__(self, held: Lease, runner: Runner, progress: Wake) -> None:
        self._held = held
        self._runner = runner
        self._progress = progress
        self._prepared = 0  # the lease's term in which all went well

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
        if not position:
            return POLL_SECONDS
        self._progress.signal(position)
        return 0.0

    async def _prepare(self) -> None:
        """Another release may have been at work, and left rows of another version."""
        restarted = await self._runner.prepare()
        if restarted:
            _log.info("building projections from the log", projections=restarted)
        if newer := await self._runner.newer():
            _log.warning("a newer release makes these projections", left_alone=newer)
