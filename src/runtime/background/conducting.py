"""The background work of deciding: each share of the lanes by one process at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.lease import Now
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.lanes.fresh import FreshLanes
from reactions.conductor import Conductor
from reactions.lanes import Lanes, Partition
from runtime.background.leased import Lease, LeasedWork
from runtime.background.listening import Listening, until_due

PARTITIONS = 4
_BEHIND_SECONDS = 0.05  # until the lanes have caught up, if this process does not project
_PUT_OFF = timedelta(seconds=1)  # until waits are stored, each of some seconds at the least
_PAUSE_SECONDS = 0.05  # between looks, so that a busy log is decided upon in batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducting:
    """What it takes to decide in the background.

    Each of ``shares`` tells how far lanes are folded, when some of that share may have changed.
    ``asked`` wakes whoever asks GitHub, where that is this process; ``fresh`` are the lanes that
    this process folds, if it does.
    """

    log: EventLog
    store: Store
    shares: Sequence[Wake]
    clock: Callable[[], datetime]
    instance: str
    wall: Callable[[], datetime] | None = None  # as the conductor takes it
    asked: Wake = field(default_factory=Wake)
    judge: Callable[[], Now] | None = None  # of leases, as Lease says
    fresh: FreshLanes = field(default_factory=FreshLanes)

    def works(self) -> list[LeasedWork]:
        """Return the works, one for each share of the lanes, each to be run."""
        return [self._share(number) for number in range(len(self.shares))]

    def _share(self, number: int) -> LeasedWork:
        name = f"conductor-{number}"
        held = Lease(name, self.store, self.clock, self.instance, self.judge)
        conductor = Conductor(
            lanes=Lanes(self.store, self.fresh),
            log=self.log,
            store=self.store,
            clock=self.clock,
            wall=self.wall,
            instance=self.instance,
            partition=Partition(number, len(self.shares)),
            asked=self.asked,
            puts_off=_PUT_OFF,
            guard=held.guard,
        )
        listening = Listening(self.shares[number], lambda: self._look(conductor), _PAUSE_SECONDS)
        return LeasedWork(held, listening.step, listening.rest)

    async def _look(self, conductor: Conductor) -> float:
        looked = await conductor.step()
        if looked.behind:
            return _BEHIND_SECONDS
        return 0.0 if looked.appended else until_due(looked.next_due, self.clock())
