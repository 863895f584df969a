"""Projecting one batch: load the rows, evolve them, write them with the checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from events.store import is_outage
from projections.engine import checkpoints, parked
from projections.engine.checkpoints import Checkpoint, CheckpointMoved
from projections.engine.evolve import Carrying, LoopShare, carrying
from projections.engine.projection import AnyProjection, ReadEvent
from projections.engine.target import Target

_AT_ONCE = 8  # events, a few milliseconds


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that come next, in order, for projections that all stand at ``after``.

    ``standing`` holds their checkpoints; ``share`` says how long it may hold the event loop.
    """

    group: tuple[AnyProjection, ...]
    standing: Mapping[str, Checkpoint]
    after: int
    reads: list[ReadEvent]
    share: LoopShare


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
    for start in range(0, len(batch.reads), _AT_ONCE):
        for each in group:
            await each.over(batch.reads[start : start + _AT_ONCE], batch.share)
    return group


async def _load(group: Sequence[Carrying], batch: Batch, target: Target) -> None:
    missing = []
    for each in group:
        if each.begin(batch.reads, target.cache, batch.after):
            missing.append(each)
        await batch.share.offer()

    def load(connection: Connection) -> None:
        for each in missing:
            each.load(connection)

    if missing:
        await target.store.read(load)


async def _write(group: Sequence[Carrying], batch: Batch, target: Target) -> None:
    reached = batch.reads[-1].event.position
    standing = {
        each.projection.name: replace(batch.standing[each.projection.name], position=batch.after)
        for each in group
    }

    def work(connection: Connection) -> None:
        target.guard(connection)
        checkpoints.advance(connection, standing, reached)
        for each in group:
            each.save(connection)
            parked.park(connection, each.parked)

    await target.store.write(work)
    for each in group:
        each.remember(target.cache, replace(standing[each.projection.name], position=reached))


async def _narrow_down(batch: Batch, target: Target, error: Exception) -> None:
    """Halve a batch that the database refuses, then take its projections one by one."""
    middle = len(batch.reads) // 2
    if middle:
        first, last = batch.reads[:middle], batch.reads[middle:]
        await project(replace(batch, reads=first), target)
        await project(replace(batch, after=first[-1].event.position, reads=last), target)
    elif len(batch.group) > 1:
        for projection in batch.group:
            await project(replace(batch, group=(projection,)), target)
    else:
        culprit = carrying(batch.group[0])
        position = batch.reads[0].event.position
        culprit.parked.append(parked.describe(batch.group[0].name, position, error))
        await _write([culprit], batch, target)
