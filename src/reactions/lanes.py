"""Lanes as they are projected, for whoever decides and acts by them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from aggregates.lane import Lane
from aggregates.scope import Scope
from events.store import Store
from projections.lanes.model import unpacked
from projections.lanes.queries import (
    around_lanes,
    changed_lanes,
    folded,
    lane_row,
    parked_lanes,
)

_LOOKS, _BETWEEN = 10, 0.1  # seconds, at lanes that are behind


@dataclass(frozen=True, slots=True)
class Partition:
    """A share of all lanes: those whose repository's id, divided by ``of``, leaves ``number``."""

    number: int
    of: int


EVERY_LANE = Partition(0, 1)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A lane that is not as the log says, since an event of it could not be folded, and why."""

    repository_id: int
    error: str


@dataclass(frozen=True, slots=True)
class Reflection:
    """Lanes and scope as one snapshot: every event up to ``position`` is folded in them."""

    position: int
    scope: Scope
    lanes: tuple[Lane, ...] = ()
    stuck: tuple[Stuck, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """What one snapshot held, lanes as they are stored."""

    position: int
    scope: Scope
    rows: Iterable[Mapping[str, Any]]
    parked: Mapping[int, str]


class Lanes:
    """Reads what the ``lanes`` projection holds; each answer is one snapshot."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def position(self) -> int:
        """Return up to where the log is folded."""
        return await self._store.read(folded)

    async def reflect(self, position: int) -> bool:
        """Wait a moment until the log is folded up to a position; False: it is not yet.

        The position is the log's end as it was when somebody began to look: a log that never rests
        is never wholly reflected, though nothing that was known at the beginning is missing.
        """
        for _ in range(_LOOKS):
            if await self.position() >= position:
                return True
            await asyncio.sleep(_BETWEEN)
        return False

    async def changed(self, after: int, partition: Partition) -> Reflection:
        """Return the lanes of a partition that changed behind a position; all if the scope did."""

        def work(connection: Connection) -> _Read:
            scope = around_lanes(connection)
            since = after if scope.position <= after else None
            rows = changed_lanes(connection, since, partition.number, partition.of)
            return _Read(folded(connection), scope, rows, parked_lanes(connection))

        return await _reflection(await self._store.read(work))

    async def lane(self, repository_id: int) -> Reflection:
        """Return one lane with its scope; no lane where nothing was heard of the repository."""

        def work(connection: Connection) -> _Read:
            row = lane_row(connection, repository_id)
            rows = () if row is None else (row,)
            scope, parked = around_lanes(connection), parked_lanes(connection)
            return _Read(folded(connection), scope, rows, parked)

        return await _reflection(await self._store.read(work))


async def _reflection(read: _Read) -> Reflection:
    """Unpack lanes beside the event loop: large ones would hold it up."""
    lanes: list[Lane] = []
    stuck: list[Stuck] = []
    for row in read.rows:
        repository_id = row["repository_id"]
        if repository_id in read.parked:
            stuck.append(Stuck(repository_id, read.parked[repository_id]))
            continue
        lane = await asyncio.to_thread(unpacked, row)
        if isinstance(lane, Lane):
            lanes.append(lane)
    return Reflection(read.position, read.scope, tuple(lanes), tuple(stuck))
