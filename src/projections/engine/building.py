"""Bringing what is built beside the read models up to the log, and having it take their place."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from events.large import LargeDeliveries
from events.read import head
from events.store import Store
from projections.engine import builds, checkpoints, generations
from projections.engine.beside import Beside
from projections.engine.builds import Build
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.parts import WHOLE, Part
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
        self._runners: dict[tuple[int, Part], Runner] = {}

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

        What was begun in parts is built part by part, each of them in its turn, and united once
        little is left. Raises CheckpointMoved where somebody else is at it.
        """
        for build in await self.outstanding():
            if reached := await self._advance(build):
                return reached
        return 0

    async def step_share(self, generation: int, share: Part, until: int) -> int:
        """Build a share of a build's parts a batch further, as ``step``, not beyond ``until``."""
        for build in await self.outstanding():
            if build.generation == generation and not build.is_whole:
                mine = [part for part in build.parts if share.owns(part.number)]
                part = min(mine, key=build.parts.__getitem__)
                return await self._runner(build, part).step(until)
        return 0

    async def _advance(self, build: Build) -> int:
        if build.is_whole:
            return await self._runner(build, WHOLE).step()
        least, most = min(build.parts.values()), max(build.parts.values())
        behind = min(build.parts, key=build.parts.__getitem__)
        if least < most:
            return await self._runner(build, behind).step(most)
        if (await self._store.read(head)).position - least > self._batch:
            return await self._runner(build, behind).step()
        await self._beside(build).write(lambda connection: self._unite(connection, build))
        return least or await self._advance(replace(build, parts={WHOLE: least}))

    def _unite(self, connection: Connection, build: Build) -> None:
        self._guard(connection)
        builds.unite(connection, build)

    async def take_over(self) -> Build | None:
        """Have readers read what is built as far as the log, the first of it; None: there is none.

        For nobody but who moves the checkpoints of what is read: these must stand meanwhile.
        Raises CheckpointMoved where somebody else is at it, and readers go on as before.
        """
        ready = await self._store.read(self._ready)
        if ready is None:
            return None
        build, end = ready
        runner = self._runner(build, WHOLE)
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
        return replace(build, parts={WHOLE: reached})

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
            if build.is_whole and end - build.position <= self._batch:
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

    def _runner(self, build: Build, part: Part) -> Runner:
        """Return what builds one part; so many parts' events are no more than one's."""
        key = (build.generation, part)
        if key not in self._runners:
            own = [each if part == WHOLE else each.of_part(part) for each in build.projections]
            self._runners[key] = Runner(
                own,
                self._store,
                self._beside(build),
                self._guard,
                self._batch * part.of,
                self._large,
                part=part,
            )
        return self._runners[key]

    def _beside(self, build: Build) -> Beside:
        return Beside(self._store, build.tables, build.generation)
