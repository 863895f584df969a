"""The background work of looking after acting users: one process at a time does."""

from collections.abc import Callable
from datetime import datetime

from events.lease import Now
from events.store import Store
from people.acting import ActingPeople
from people.upkeep import Upkeep
from runtime.background.leased import Lease, LeasedWork


def looking_after(
    acting: ActingPeople,
    store: Store,
    clock: Callable[[], datetime],
    instance: str,
    judge: Callable[[], Now],
) -> LeasedWork:
    """Return the work; ``judge`` is of its lease, as ``Lease`` says."""
    held = Lease("acting-users", store, clock, instance, judge)
    return LeasedWork(held, Upkeep(acting=acting, clock=acting.clock).step)
