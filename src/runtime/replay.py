"""Building projections again from the log. Nothing that could act is reachable from here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection

from events.errors import OrchestratorError
from events.read import head, position_before
from events.store import Store
from projections.engine import builds, checkpoints
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.projection import AnyProjection
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.background.building import LEASE as BUILDING
from runtime.background.leased import Lease, LeaseLost
from runtime.background.projecting import LEASE as PROJECTING
from runtime.background.projecting import guard_of
from runtime.clock import now


class LogIncomplete(OrchestratorError):
    """The log ends before the position that its head names."""


Progress = Callable[[int, int], None]
Result = TypeVar("Result")

BUILDS_SINCE = "0014"  # the revision from which a database knows of builds

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
    """Build projections again beside those that are read, until they are read instead.

    What is under way already is gone on with. Where a service runs, it lets its readers change
    over, and goes on with the build where this process ends before; else this process does all.
    Returns the position reached. ``progress`` is told how far of how far. Raises NewerRows.
    """
    await store.write(lambda connection: builds.ask_for(connection, projections))
    end = (await store.read(head)).position
    names = [projection.name for projection in projections]
    builder = _Turn(BUILDING, store, projections, batch)
    reader = _Turn(PROJECTING, store, projections, batch)
    try:
        while (reached := await _built(store, names)) is not None:
            if reached < end:
                progress(reached, end)
            advanced = await builder.take(builder.builder.step)
            if advanced == 0 and reached < end and reached == await _built(store, names):
                raise LogIncomplete(f"the log does not reach position {end}; run verify")
            if not advanced and not await reader.take(reader.builder.take_over):
                await asyncio.sleep(_WAIT_SECONDS)
        while await builder.take(builder.builder.sweep):
            pass
    finally:
        await builder.held.release()
        await reader.held.release()
    progress(end, end)
    return end


async def build_ahead(
    store: Store, projections: Sequence[AnyProjection], batch: int, progress: Progress
) -> tuple[list[str], int]:
    """Build what this release makes otherwise than it is shown, and leave it for its start.

    What is shown stays, and who follows it, too. Returns the names, and the position reached.
    """
    builder = _Turn(BUILDING, store, projections, batch)
    try:
        await store.write(lambda connection: builds.plan(connection, projections))
        end = (await store.read(head)).position
        while (reached := await _built(store, [each.name for each in projections])) is not None:
            progress(min(reached, end), end)
            advanced = await builder.take(builder.builder.step)
            if advanced is None:
                await asyncio.sleep(_WAIT_SECONDS)
            elif not advanced:
                break
    finally:
        await builder.held.release()
    found = await store.read(builds.known_builds)
    names = [projection.name for projection in projections if projection.name in found]
    return names, min((found[name].position for name in names), default=end)


class NotForLooking(OrchestratorError):
    """A database that holds something else than what would be built into it."""


async def build_into(  # noqa: PLR0913 (what is built from where, to where, and how)
    log: Store,
    into: Store,
    projections: Sequence[AnyProjection],
    batch: int,
    progress: Progress,
    until: int | datetime | None = None,
) -> int:
    """Build projections into a database of their own, as they were at a position or a time.

    What is there from before is gone on with. Returns the position. Raises NotForLooking where the
    log ends before it, or the other database holds more, other versions, or a log of its own.
    """
    end = await log.read(lambda connection: _end(connection, until))
    await into.read(lambda connection: _refuse(connection, projections, end))
    runner = Runner(projections, log, into, batch=batch)
    await runner.prepare()
    while reached := await runner.step(end):
        progress(reached, end)
    return end


def _end(connection: Connection, until: int | datetime | None) -> int:
    newest = head(connection).position
    if isinstance(until, datetime):
        return position_before(connection, until)
    if until is not None and until > newest:
        raise NotForLooking(f"the log ends at position {newest}, before {until}")
    return newest if until is None else until


def _refuse(connection: Connection, projections: Sequence[AnyProjection], end: int) -> None:
    if head(connection).position:
        raise NotForLooking("the other database has a log of its own; name one that has none")
    known = checkpoints.checkpoints(connection)
    for projection in projections:
        found = known.get(projection.name)
        if found and (found.version != projection.version or found.position > end):
            raise NotForLooking(
                f"{projection.name} in the other database is at position {found.position}, by "
                f"version {found.version}; name a database that is new"
            )


class _Turn:
    """What is done by one process at a time: by this one, while it holds the lease."""

    def __init__(
        self, lease: str, store: Store, projections: Sequence[AnyProjection], batch: int
    ) -> None:
        self.held = Lease(lease, store, now, f"replay-{uuid4()}")
        self.builder = Builder(projections, store, guard_of(self.held), batch)

    async def take(self, work: Callable[[], Awaitable[Result]]) -> Result | None:
        """Do it; None where it is another's turn."""
        with suppress(LeaseLost, CheckpointMoved):
            await self.held.hold()
            return await work()
        return None


async def _built(store: Store, names: Sequence[str]) -> int | None:
    """Return how far projections are built, None once they are read."""
    found = await store.read(builds.known_builds)
    return min((found[name].position for name in names if name in found), default=None)
