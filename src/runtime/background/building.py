"""The background work of building: read models of this release beside those that are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from events.large import LargeDeliveries
from events.lease import Now
from events.store import Store
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.registry import PROJECTIONS
from runtime.background.leased import Lease, LeasedWork, LeaseLost
from runtime.background.projecting import BATCH, guard_of

LEASE = "building"

_FOLLOWS_SECONDS = 0.2  # what is built follows the log at this distance until it is taken over


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """What it takes to build in the background; one process does it at a time.

    It holds the lease only while there is something to be built, so that ``replay``, and other
    releases, need not wait for it.
    """

    store: Store
    clock: Callable[[], datetime]
    instance: str
    large: LargeDeliveries = field(default_factory=LargeDeliveries)
    judge: Callable[[], Now] | None = None  # of leases, as Lease says

    def work(self) -> LeasedWork:
        """Return the work, to be run."""
        held = Lease(LEASE, self.store, self.clock, self.instance, self.judge)
        builder = Builder(PROJECTIONS, self.store, guard_of(held), BATCH, self.large)
        tending = _Tending(builder)
        return LeasedWork(held, tending.step, wanted=tending.is_wanted)


@dataclass(slots=True)
class _Tending:
    """Builds while there is something to be built, and clears away what nobody needs any more."""

    builder: Builder
    untidy: bool = True

    async def is_wanted(self) -> bool:
        """Say whether there is something to be built, or to be cleared away."""
        if await self.builder.outstanding():
            return True
        self.untidy = self.untidy and await self.builder.is_untidy()
        return self.untidy

    async def step(self) -> float:
        """Do the next batch; raises LeaseLost where another process is at it."""
        try:
            if await self.builder.step():
                self.untidy = True
                return 0.0
            if await self.builder.outstanding():
                return _FOLLOWS_SECONDS
            self.untidy = await self.builder.sweep()
        except CheckpointMoved as moved:
            raise LeaseLost(str(moved)) from moved
        return 0.0
