"""Projecting one batch: load the rows, evolve them, write them with the checkpoint."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from events.store import is_outage
from projections.engine import checkpoints, parked
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.evolve import Carrying, carrying
from projections.engine.projection import AnyProjection, ReadEvent
from projections.engine.target import Target


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that come next, in order, for projections that all stand at ``after``.

    ``burst`` is how many events to handle before others on the event loop get their chance.
    """

    group: tuple[AnyProjection, ...]
    after: int
    reads: list[ReadEvent]
    burst: int

    def bursts(self) -> Iterator[list[ReadEvent]]:
        """Cut the events into bursts."""
        for start in range(0, len(self.reads), self.burst):
            yield self.reads[start : start + self.burst]


async def project(batch: Batch, target: Target) -> None:
    """Bring the batch's projections behind its last event.

    Raises CheckpointMoved when another process was faster, and what the database raises when it
    is not there; every other failure is narrowed down to the events that cause it, which are
    parked.
    """
    try:
        await _write(await _evolve(batch, target), batch, target)
    except CheckpointMoved:
        target.cache.forget()
        raise
    except Exception as error:
        target.cache.forget()
        if is_outage(error):
            raise
        await _narrow_down(batch, target, error)


async def _evolve(batch: Batch, target: Target) -> list[Carrying]:
    group = [carrying(projection) for projection in batch.group]
    await _load(group, batch, target)
    for burst in batch.bursts():
        for each in group:
            await each.over(burst)
        await asyncio.sleep(0)
    return group


async def _load(group: Sequence[Carrying], batch: Batch, target: Target) -> None:
    missing = [each for each in group if each.begin(batch.reads, target.cache, batch.after)]

    def load(connection: Connection) -> None:
        for each in missing:
            each.load(connection)

    if missing:
        await target.store.read(load)


async def _write(group: Sequence[Carrying], batch: Batch, target: Target) -> None:
    reached = batch.reads[-1].event.position

    def work(connection: Connection) -> None:
        target.guard(connection)
        checkpoints.advance(connection, [e.projection for e in group], batch.after, reached)
        for each in group:
            each.save(connection)
            parked.park(connection, each.parked)

    await target.store.write(work)
    for each in group:
        each.remember(target.cache, reached)


async def _narrow_down(batch: Batch, target: Target, error: Exception) -> None:
    """Halve a batch that the database refuses, then take its projections one by one."""
    middle = len(batch.reads) // 2
    if middle:
        first, last = batch.reads[:middle], batch.reads[middle:]
        await project(Batch(batch.group, batch.after, first, batch.burst), target)
        after = first[-1].event.position
        await project(Batch(batch.group, after, last, batch.burst), target)
    elif len(batch.group) > 1:
        for projection in batch.group:
            alone = Batch((projection,), batch.after, batch.reads, batch.burst)
            await project(alone, target)
    else:
        culprit = carrying(batch.group[0])
        position = batch.reads[0].event.position
        culprit.parked.append(parked.describe(batch.group[0].name, position, error))
        await _write([culprit], batch, target)
