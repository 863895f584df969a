"""Building projections again from the log. Nothing that could act is reachable from here."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import uuid4

from events.errors import OrchestratorError
from events.read import head
from events.store import Store
from projections.engine import checkpoints
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.projection import AnyProjection
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.background.leased import Lease, LeaseLost
from runtime.background.projecting import LEASE, guard_of
from runtime.clock import now


class LogIncomplete(OrchestratorError):
    """The log ends before the position that its head names."""


Progress = Callable[[int, int], None]

_WAIT_SECONDS = 0.2


class UnknownProjection(OrchestratorError):
    """There is no projection of that name."""


def chosen(names: Sequence[str]) -> tuple[AnyProjection, ...]:
    """Return the projections of these names, each once, all for none; raises UnknownProjection."""
    known = {projection.name: projection for projection in PROJECTIONS}
    for name in names:
        if name not in known:
            raise UnknownProjection(f"{name!r} is no projection; there are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) or PROJECTIONS


async def rebuild(
    store: Store, projections: Sequence[AnyProjection], batch: int, progress: Progress
) -> int:
    """Remove the projections' rows and build them again in place, up to the present head.

    While a service is running it does the work, since it holds the lease; else this process does.
    Returns the position reached. ``progress`` is told how far of how far.
    """
    held = Lease(LEASE, store, now, f"replay-{uuid4()}")
    end = (await store.read(head)).position
    runner = Runner(projections, store, store, guard_of(held), batch)
    for projection in projections:
        await runner.restart(projection)
    try:
        while (reached := await _reached(store, projections)) < end:
            progress(reached, end)
            await _advance(runner, held, end)
    finally:
        await held.release()
    progress(end, end)
    return end


async def _reached(store: Store, projections: Sequence[AnyProjection]) -> int:
    positions = await store.read(checkpoints.positions)
    return min(positions.get(projection.name, 0) for projection in projections)


async def _advance(runner: Runner, held: Lease, end: int) -> None:
    with suppress(LeaseLost, CheckpointMoved):
        await held.hold()
        if not await runner.step(end):
            raise LogIncomplete(f"the log does not reach position {end}; run verify")
        return
    await asyncio.sleep(_WAIT_SECONDS)
