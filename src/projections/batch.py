"""Projecting one batch: load the rows, evolve them, write them with the checkpoint."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlmodel import SQLModel

from events.store import Store, is_outage
from projections import checkpoints, parked, rows
from projections.checkpoints import CheckpointMoved
from projections.evolve import Evolving, touched
from projections.projection import AnyProjection, Key, ReadEvent

Guard = Callable[[Connection], None]


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


async def project(batch: Batch, target: Store, guard: Guard) -> None:
    """Bring the batch's projections behind its last event.

    Raises CheckpointMoved when another process was faster, and what the database raises when it
    is not there; every other failure is narrowed down to the events that cause it, which are
    parked.
    """
    try:
        await _write(await _evolve(batch, target), batch, target, guard)
    except CheckpointMoved:
        raise
    except Exception as error:
        if is_outage(error):
            raise
        await _narrow_down(batch, target, guard, error)


async def _evolve(batch: Batch, target: Store) -> list[Evolving[SQLModel]]:
    keys = [touched(projection, batch.reads) for projection in batch.group]

    def load(connection: Connection) -> list[dict[Key, SQLModel]]:
        wanted = zip(batch.group, keys, strict=True)
        return [rows.load(connection, projection, some) for projection, some in wanted]

    before = await target.read(load)
    evolving = [Evolving(*each) for each in zip(batch.group, before, strict=True)]
    for burst in batch.bursts():
        for each in evolving:
            each.over(burst)
        await asyncio.sleep(0)
    return evolving


async def _write(
    evolving: Sequence[Evolving[SQLModel]], batch: Batch, target: Store, guard: Guard
) -> None:
    reached = batch.reads[-1].event.position

    def work(connection: Connection) -> None:
        guard(connection)
        for each in evolving:
            checkpoints.advance(connection, each.projection.name, batch.after, reached)
            rows.save(connection, each.projection, each.before, each.after)
            parked.park(connection, each.parked)

    await target.write(work)


async def _narrow_down(batch: Batch, target: Store, guard: Guard, error: Exception) -> None:
    """Halve a batch that the database refuses, then take its projections one by one."""
    middle = len(batch.reads) // 2
    if middle:
        first, last = batch.reads[:middle], batch.reads[middle:]
        await project(Batch(batch.group, batch.after, first, batch.burst), target, guard)
        after = first[-1].event.position
        await project(Batch(batch.group, after, last, batch.burst), target, guard)
    elif len(batch.group) > 1:
        for projection in batch.group:
            alone = Batch((projection,), batch.after, batch.reads, batch.burst)
            await project(alone, target, guard)
    else:
        culprit = Evolving(batch.group[0], {})
        position = batch.reads[0].event.position
        culprit.parked.append(parked.describe(batch.group[0].name, position, error))
        await _write([culprit], batch, target, guard)
