"""Building projections again from the log. Nothing that could act is reachable from here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection

from events.errors import OrchestratorError
from events.read import head, position_before
from events.store import Store
from projections.engine import builds, checkpoints
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.parts import Part, parts
from projections.engine.projection import AnyProjection
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from projections.repositories.queries import event_counts
from runtime.background.building import LEASE as BUILDING
from runtime.background.leased import Lease, LeaseLost
from runtime.background.projecting import LEASE as PROJECTING
from runtime.background.projecting import guard_of
from runtime.clock import now
from runtime.sharing import WORTH, Share, shared


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


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many processes share a build of a database at an address."""

    jobs: int = 1
    url: str = ""


ALONE = Sharing()


async def rebuild(
    store: Store,
    projections: Sequence[AnyProjection],
    batch: int,
    progress: Progress,
    sharing: Sharing = ALONE,
) -> int:
    """Build projections again beside those that are read, until they are read instead.

    What is under way already is gone on with. Where a service runs, it lets its readers change
    over, and goes on with the build where this process ends before; else this process does all,
    or several share it. Returns the position reached. ``progress`` is told how far of how far.
    Raises NewerRows, or ShareFailed.
    """
    end = (await store.read(head)).position
    names = [projection.name for projection in projections]
    builder = _Turn(BUILDING, store, projections, batch)
    reader = _Turn(PROJECTING, store, projections, batch)
    try:
        among = await store.read(lambda connection: _parts(connection, sharing))
        await builder.take(_nothing)  # before a service sees that there is something to be built
        await store.write(lambda connection: builds.ask_for(connection, projections, among))
        while (reached := await _built(store, names)) is not None:
            if reached < end:
                progress(reached, end)
            await _share(builder, names, sharing, lambda at: progress(min(at, end), end))
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
    store: Store,
    projections: Sequence[AnyProjection],
    batch: int,
    progress: Progress,
    sharing: Sharing = ALONE,
) -> tuple[list[str], int]:
    """Build what this release makes otherwise than it is shown, and leave it for its start.

    What is shown stays, and who follows it, too. Returns the names, and the position reached.
    """
    builder = _Turn(BUILDING, store, projections, batch)
    end = (await store.read(head)).position
    known = [projection.name for projection in projections]
    try:
        among = await store.read(lambda connection: _parts(connection, sharing))
        await builder.take(_nothing)
        await store.write(lambda connection: builds.plan(connection, projections, among))
        while (reached := await _built(store, known)) is not None:
            progress(min(reached, end), end)
            await _share(builder, known, sharing, lambda at: progress(min(at, end), end))
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
        self.store = store
        self.batch = batch
        self.held = Lease(lease, store, now, f"replay-{uuid4()}")
        self.builder = Builder(projections, store, guard_of(self.held), batch)

    async def take(self, work: Callable[[], Awaitable[Result]]) -> Result | None:
        """Do it; None where it is another's turn."""
        with suppress(LeaseLost, CheckpointMoved):
            await self.held.hold()
            return await work()
        return None


def _parts(connection: Connection, sharing: Sharing) -> Sequence[Part]:
    """Return the parts in which something is built: as many as processes where that is worth it."""
    jobs = sharing.jobs if head(connection).position > WORTH else 1
    return parts(jobs, event_counts(connection) if jobs > 1 else None)


async def _nothing() -> bool:
    """Do nothing but hold a lease."""
    return True


async def _built(store: Store, names: Sequence[str]) -> int | None:
    """Return how far projections are built, None once they are read."""
    return await store.read(lambda connection: builds.mean_position(connection, names))


async def _share(
    turn: _Turn, names: Sequence[str], sharing: Sharing, progress: Callable[[int], None]
) -> None:
    """Share what is built in parts, where it is worth it and nobody else is at it."""
    end = (await turn.store.read(head)).position
    for build in await turn.builder.outstanding():
        jobs = min(sharing.jobs, len(build.parts))
        if jobs > 1 and end - build.position > WORTH and await turn.take(_nothing):
            first = Share(sharing.url, build.generation, 0, jobs, end, turn.batch)
            attending = asyncio.create_task(_attend(turn, names, progress))
            try:
                await shared(first, partial(_step, turn))
            finally:
                attending.cancel()
                await asyncio.gather(attending, return_exceptions=True)


async def _step(turn: _Turn, share: Share) -> int | None:
    return await turn.take(lambda: share.step(turn.builder))


async def _attend(turn: _Turn, names: Sequence[str], progress: Callable[[int], None]) -> None:
    """Hold the lease while others build, and tell how far all of them are."""
    while True:
        await asyncio.sleep(_WAIT_SECONDS)
        await turn.take(_nothing)
        progress(await _built(turn.store, names) or 0)
