"""The background work of deciding: each share of the lanes by one process at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from events.log import EventLog
from events.store import Store
from events.wake import Wake
from reactions.conductor import Conductor
from reactions.ports.lanes import Partition
from runtime.lanes import ProjectedLanes
from runtime.leased import Lease, LeasedWork

PARTITIONS = 4
_POLL_SECONDS = 1.0
_BEHIND_SECONDS = 0.05  # until the lanes have caught up, if this process does not project
_PAUSE_SECONDS = 0.05  # between looks, so that a busy log is decided upon in batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducting:
    """What it takes to decide in the background; ``progress`` tells how far lanes are folded."""

    log: EventLog
    store: Store
    progress: Wake
    clock: Callable[[], datetime]
    instance: str

    def works(self) -> list[LeasedWork]:
        """Return the works, one for each share of the lanes, each to be run."""
        return [self._share(number) for number in range(PARTITIONS)]

    def _share(self, number: int) -> LeasedWork:
        held = Lease(f"conductor-{number}", self.store, self.clock, self.instance)
        conductor = Conductor(
            lanes=ProjectedLanes(self.store),
            log=self.log,
            store=self.store,
            clock=self.clock,
            partition=Partition(number, PARTITIONS),
            guard=held.guard,
        )
        looks = _Looks(conductor, self.progress)
        return LeasedWork(held, looks.step, looks.rest)


class _Looks:
    """Looks of one conductor, and the rests between them, which end when lanes were folded."""

    def __init__(self, conductor: Conductor, progress: Wake) -> None:
        self._conductor = conductor
        self._progress = progress
        self._heard = 0

    async def step(self) -> float:
        """Decide, and return for how many seconds nothing is to be done unless lanes move on."""
        self._heard = self._progress.position  # first: what comes while we look ends the rest
        looked = await self._conductor.step()
        if looked.behind:
            return _BEHIND_SECONDS
        if looked.appended:
            return 0.0
        if looked.next_due is None:
            return _POLL_SECONDS
        until = (looked.next_due - self._conductor.clock()).total_seconds()
        return min(_POLL_SECONDS, max(0.0, until))

    async def rest(self, seconds: float) -> None:
        """Rest until lanes move on, or for so long."""
        await asyncio.sleep(_PAUSE_SECONDS)
        await self._progress.wait(self._heard, seconds)
