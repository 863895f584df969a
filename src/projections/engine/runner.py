"""Bringing projections up to the log's head, a batch at a time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection

from events.envelope import Event
from events.large import LargeDeliveries
from events.read import head, read
from events.reading import read_facts
from events.recent import Recent
from events.store import Store
from projections.engine import checkpoints, parked, rows
from projections.engine.batch import Batch, project
from projections.engine.checkpoints import Checkpoint, CheckpointMoved
from projections.engine.evolve import LoopShare
from projections.engine.parts import WHOLE, Part
from projections.engine.projection import AnyProjection, ReadEvent
from projections.engine.target import Guard, Target

BATCH = 500
# Who receives webhooks on the same event loop comes first, but the further projections lag the
# larger grows their share of it, so that the lag stays bounded.
_LEAST_SHARE, _MOST_SHARE, _PER_LAG = 0.0015, 0.008, 2e-6  # seconds


class Runner:
    """Reads each event once for all projections at a checkpoint, and writes rows in bulk.

    ``log`` is where events are read, ``target`` where rows and checkpoints live (the same database
    but for a check). ``guard`` runs in every writing transaction and raises CheckpointMoved when
    this process should not be projecting; the batch's rows are then discarded. ``large`` reads the
    facts in large deliveries. ``recent`` knows events that need not be read again. Of a ``part``
    of a build the projections are that part's, and the payloads of others' events are not read.
    """

    def __init__(  # noqa: PLR0913 (each is chosen apart from the others)
        self,
        projections: Sequence[AnyProjection],
        log: Store,
        target: Store,
        guard: Guard = lambda _connection: None,
        batch: int = BATCH,
        large: LargeDeliveries | None = None,
        recent: Recent | None = None,
        part: Part = WHOLE,
    ) -> None:
        self._projections = tuple(projections)
        self._log = log
        self._target = Target(target, guard)
        self._batch = batch
        self._large = large
        self._recent = recent or Recent()
        # Where all projections stand together, as this runner left them; None: nobody knows.
        self._left_at: Mapping[str, Checkpoint] | None = None
        self._part = part
        self._payloads = None if part is WHOLE else part.payloads
        self.projected: Sequence[Event] = ()  # of the last batch
        self._generations: dict[str, int] = {}
        self.left = 0  # events behind the last batch, as far as was seen then

    async def prepare(self) -> list[str]:
        """Start those projections that nobody ever started; return their names.

        Rows that another version made are left as they are: an older one's are gone on with, until
        others are built beside them.
        """
        missing = await self._target.store.read(
            lambda connection: checkpoints.missing(connection, self._projections)
        )
        if missing:
            await self.restart(*missing)
        return [projection.name for projection in missing]

    async def newer(self) -> list[str]:
        """Return the names of those projections whose rows a newer release makes."""
        found = await self._target.store.read(
            lambda connection: checkpoints.newer(connection, self._projections)
        )
        return [projection.name for projection in found]

    async def restart(self, *projections: AnyProjection) -> None:
        """Remove projections' rows and set their checkpoints to the beginning of the log.

        For who has no readers: others see an empty page, and then a half-built one. NewerRows
        where a newer release makes them.
        """

        def work(connection: Connection) -> None:
            checkpoints.restart(connection, projections)  # first: whoever is at work must lose
            for projection in projections:
                rows.clear(connection, projection)
                parked.forget(connection, projection.name)

        await self._target.store.write(work)
        self._target.cache.forget()

    async def step(self, until: int | None = None) -> int:
        """Project one batch, not beyond ``until``; return its last position, 0 when none is left.

        Raises CheckpointMoved when another process is at work, and what an absent database raises.
        """
        standing, self._left_at = self._left_at, None
        if standing is not None and until is None:
            after = _least(standing)
            if events := self._recent.behind(after, self._batch):
                # Who stands elsewhere by now, the compare-and-set finds out.
                with suppress(CheckpointMoved):
                    return await self._project(standing, events, self._recent.newest - after)
        standing, events, lag = await self._look(until)
        return await self._project(standing, events, lag) if events else 0

    def look_anew(self) -> None:
        """Look where projections stand, since some took the place of others."""
        self._left_at = None

    async def _project(
        self, standing: Mapping[str, Checkpoint], events: Sequence[Event], lag: int
    ) -> int:
        """Project the events that come next, the last of which is at the position returned."""
        self._forget_others(standing)
        after = _least(standing)
        here = [name for name, each in standing.items() if each.position == after]
        group = tuple(p for p in self._projections if p.name in here)
        share = LoopShare(max(_LEAST_SHARE, min(_MOST_SHARE, lag * _PER_LAG)))
        batch = Batch(group, standing, after, await self._read_all(events, share), share)
        await project(batch, self._target)
        self.left = lag - (events[-1].position - after)
        self.projected = events
        reached = events[-1].position
        if len(group) == len(standing):
            self._left_at = {n: replace(each, position=reached) for n, each in standing.items()}
        return reached

    def _forget_others(self, standing: Mapping[str, Checkpoint]) -> None:
        """Forget remembered rows where others took their place."""
        generations = {name: each.generation for name, each in standing.items()}
        if generations != self._generations:
            self._target.cache.forget()
            self._generations = generations

    async def _look(self, until: int | None) -> tuple[dict[str, Checkpoint], list[Event], int]:
        """Return where projections stand, the events that come next, and how far the head is.

        In one transaction, unless rows and log live in two databases.
        """

        def look(connection: Connection) -> tuple[dict[str, Checkpoint], list[Event], int]:
            standing = self._standing(connection)
            return standing, *self._next(connection, standing, until)

        store = self._target.store
        if store is self._log:
            return await store.read(look)
        standing = await store.read(self._standing)
        return standing, *await self._log.read(lambda c: self._next(c, standing, until))

    def _standing(self, connection: Connection) -> dict[str, Checkpoint]:
        """Return the checkpoint of every projection but those that a newer release makes."""
        known = checkpoints.checkpoints(connection)
        mine = [(p, known[p.name]) for p in self._projections if p.name in known]
        return {p.name: each for p, each in mine if not each.is_newer(p)}

    def _next(
        self, connection: Connection, standing: Mapping[str, Checkpoint], until: int | None
    ) -> tuple[list[Event], int]:
        after = _least(standing)
        limit = _limit(self._batch, after, standing, until) if standing else 0
        lag = head(connection).position - after
        limit = min(limit, lag)
        if limit <= 0:
            return [], lag
        return read(connection, after, limit, payloads=self._payloads), lag

    async def _read_all(self, events: Sequence[Event], share: LoopShare) -> list[ReadEvent]:
        reads: list[ReadEvent] = []
        for event in events:
            reads.append(await self._read_one(event))
            await share.offer()
        return reads

    async def _read_one(self, event: Event) -> ReadEvent:
        if self._part is not WHOLE and not self._part.reads(event):
            return ReadEvent(event)
        return read_event(event) if event.payload else await self._read_large(event)

    async def _read_large(self, event: Event) -> ReadEvent:
        large = self._large or LargeDeliveries()
        try:
            reading = await large.facts(self._log, event)
        finally:
            if self._large is None:
                await large.close()
        return ReadEvent(event, reading.facts, reading.problems)


def _least(standing: Mapping[str, Checkpoint]) -> int:
    return min((each.position for each in standing.values()), default=0)


def _limit(batch: int, after: int, standing: Mapping[str, Checkpoint], until: int | None) -> int:
    """Bound a batch so that it ends where other projections stand, to go on with them together."""
    ends = [each.position for each in standing.values() if each.position > after]
    if until is not None:
        ends.append(until)
    return min([batch, *(end - after for end in ends)])


def read_event(event: Event) -> ReadEvent:
    """Parse an event's payload and read the facts in it, if it tells any. Total."""
    reading = read_facts(event)
    return ReadEvent(event, reading.facts, reading.problems)
