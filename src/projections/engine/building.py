"""Bringing what is built beside the read models up to the log, and having it take their place."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from events.large import LargeDeliveries
from events.read import head
from events.store import Store
from projections.engine import builds, checkpoints, generations
from projections.engine.beside import Beside
from projections.engine.builds import Build
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.projection import AnyProjection
from projections.engine.runner import BATCH, Runner
from projections.engine.target import Guard

_BUSY = ("55P03", "40P01")  # lock_not_available, deadlock_detected
_LOOKS, _BETWEEN = 50, 0.02  # seconds, at transactions that began before a build was whole

_NUMBER = text("SELECT CAST(txid_current() % 4294967296 AS text)")
# Those of this program: what another has read of a database is its own to compare.
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) >= age(CAST(CAST(:number AS text) AS xid))"
)


class Builder:
    """Builds what is asked for, of this release: one generation after the other.

    ``guard`` runs in every writing transaction, as a runner's.
    """

    def __init__(
        self,
        projections: Sequence[AnyProjection],
        store: Store,
        guard: Guard = lambda _connection: None,
        batch: int = BATCH,
        large: LargeDeliveries | None = None,
    ) -> None:
        self._projections = tuple(projections)
        self._store = store
        self._guard = guard
        self._batch = batch
        self._large = large
        self._runners: dict[int, Runner] = {}

    async def plan(self) -> list[str]:
        """Have what this release would make otherwise be built, and name what is begun."""

        def work(connection: Connection) -> list[str]:
            self._guard(connection)
            return builds.plan(connection, self._projections)

        return await self._store.write(work)

    async def outstanding(self) -> list[Build]:
        """Return what there is to be built."""
        return await self._store.read(lambda c: builds.builds_of(c, self._projections))

    async def step(self) -> int:
        """Build a batch further; return the position then reached, 0 where all is at the head.

        Raises CheckpointMoved where somebody else is at it.
        """
        for build in await self.outstanding():
            if reached := await self._runner(build).step():
                return reached
        return 0

    async def take_over(self) -> Build | None:
        """Have readers read what is built as far as the log, the first of it; None: there is none.

        For nobody but who moves the checkpoints of what is read: these must stand meanwhile.
        Raises CheckpointMoved where somebody else is at it, and readers go on as before.
        """
        ready = await self._store.read(self._ready)
        if ready is None:
            return None
        build, end = ready
        runner = self._runner(build)
        while build.position < end and await runner.step(end):
            pass
        await self._settle(build)

        def work(connection: Connection) -> int:
            self._guard(connection)
            return builds.change_over(connection, build)

        try:
            reached = await self._store.write(work)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _BUSY:
                raise
            raise CheckpointMoved("somebody reads for long; the old rows stay for now") from error
        return Build(build.generation, build.projections, reached)

    async def is_untidy(self) -> bool:
        """Tell whether there is anything that nobody needs any more."""
        return await self._store.read(lambda c: builds.is_untidy(c, self._projections))

    async def sweep(self) -> bool:
        """Remove a slice of what nobody needs any more; tell whether there is more."""

        def work(connection: Connection) -> bool:
            self._guard(connection)
            return builds.sweep(connection, self._projections)

        return await self._store.write(work)

    def _ready(self, connection: Connection) -> tuple[Build, int] | None:
        """Return a build that lacks a batch at most, and up to where others are read."""
        live = checkpoints.positions(connection)
        end = head(connection).position
        for build in builds.builds_of(connection, self._projections):
            if end - build.position <= self._batch:
                return build, max(live.get(each.name, 0) for each in build.projections)
        return None

    async def _settle(self, build: Build) -> None:
        """Wait until nobody reads as of a time at which the build was less than it now is.

        A transaction of PostgreSQL's that began earlier would find the new tables by their name,
        and in them the rows of when it began. Raises CheckpointMoved where one lasts. (SQLite's
        find what was there when they began, names and all.)
        """
        if self._store.dialect != "postgresql":
            return
        await self._store.write(lambda c: generations.analyze(c, build.tables, build.generation))
        number = await self._store.write(lambda c: c.scalar(_NUMBER))
        for _ in range(_LOOKS):
            older = await self._store.write(lambda c: c.scalar(_OLDER, {"number": number}))
            if not older:
                return
            await asyncio.sleep(_BETWEEN)
        raise CheckpointMoved("somebody reads for long; the old rows stay for now")

    def _runner(self, build: Build) -> Runner:
        if build.generation not in self._runners:
            target = Beside(self._store, build.tables, build.generation)
            self._runners[build.generation] = Runner(
                build.projections, self._store, target, self._guard, self._batch, self._large
            )
        return self._runners[build.generation]
