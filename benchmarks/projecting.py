"""How many events a second the projections take, against reading and parsing alone.

The first read models are measured against that; the lanes, which come last, against them.
"""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from uuid import uuid4

import orjson

from benchmarks.payloads import deliveries
from events.delivery import delivery_event
from events.log import EventLog
from events.read import read
from events.wake import Wake
from projections.engine.projection import AnyProjection
from projections.engine.runner import BATCH, Runner
from projections.lanes.fold import LANES
from projections.registry import PROJECTIONS
from runtime import memory
from runtime.clock import now
from runtime.database import Database, open_database

Figures = dict[str, object]


def measure(database_url: str, events: int, pairs: int) -> Figures:
    """Fill a log, then project it and only read it in turn; return rates and their ratio."""
    return asyncio.run(_measure(database_url, events, pairs))


async def _measure(database_url: str, events: int, pairs: int) -> Figures:
    database = open_database(database_url)
    try:
        await _fill(database, events)
        memory.settle()
        rounds = [await _round(database) for _ in range(pairs)]
    finally:
        await database.close()
    ratios = [each.without_lanes / each.read_only for each in rounds]
    added = [each.without_lanes / each.projected - 1 for each in rounds]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "time_that_lanes_add": round(statistics.median(added), 3),
        "projected_per_second": round(statistics.median(each.projected for each in rounds)),
        "without_lanes_per_second": round(statistics.median(r.without_lanes for r in rounds)),
        "read_and_parsed_per_second": round(statistics.median(each.read_only for each in rounds)),
        "events": events,
    }


@dataclass(frozen=True, slots=True)
class Rates:
    """Events per second: through all projections, all but the lanes, and only read and parsed."""

    projected: float
    without_lanes: float
    read_only: float


async def _round(database: Database) -> Rates:
    others = [projection for projection in PROJECTIONS if projection.name != LANES.name]
    return Rates(
        projected=await _project(database, PROJECTIONS),
        without_lanes=await _project(database, others),
        read_only=await _read_only(database),
    )


async def _fill(database: Database, events: int) -> None:
    log = EventLog(database, now, Wake())
    sent = deliveries()
    headers = {"content-type": "application/json"}
    for start in range(0, events, len(sent)):
        batch = [
            delivery_event(
                {**headers, "x-github-event": each.event, "x-github-delivery": str(uuid4())},
                each.body,
            )
            for each in sent[: events - start]
        ]
        await log.append(*batch)


async def _project(database: Database, projections: Sequence[AnyProjection]) -> float:
    runner = Runner(projections, database, database)
    for projection in projections:
        await runner.restart(projection)
    started, reached = perf_counter(), 0
    while position := await runner.step():
        reached = position
    return reached / (perf_counter() - started)


async def _read_only(database: Database) -> float:
    started, reached = perf_counter(), 0
    while found := await database.read(partial(read, after=reached, limit=BATCH)):
        for event in found:
            orjson.loads(event.payload)
        reached = found[-1].position
    return reached / (perf_counter() - started)
