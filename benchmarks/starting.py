"""How long a start with 100 lanes takes to decide again, behind a long log and a short one.

A start that read more than the tail would take longer the longer the log.
"""

import asyncio
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import orjson

from events.delivery import delivery_event
from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from reactions.conductor import Conductor
from reactions.lanes import Lanes
from runtime.clock import now
from runtime.database import Database, open_database
from simulator.payloads import a_repository, an_issue
from simulator.payloads.deliveries import issues

Figures = dict[str, object]
LANES = 100
TAIL = 50
_HEADERS = {"content-type": "application/json", "x-github-event": "issues"}


def measure(new_database: Callable[[Path], str], folder: Path, events: int, pairs: int) -> Figures:
    """Time starts behind a log of ``events`` and one a tenth as long, in turn; their ratio."""
    return asyncio.run(_measure([new_database(folder) for _ in range(2)], events, pairs))


async def _measure(urls: list[str], events: int, pairs: int) -> Figures:
    lengths = (events, events // 10)
    for url, length in zip(urls, lengths, strict=True):
        await _fill(url, length)
    rounds = [[await _start(url) for url in urls] for _ in range(pairs)]
    ratios = [long / short for long, short in rounds]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "seconds": round(statistics.median(long for long, _ in rounds), 3),
        "lanes": LANES,
        "tail": TAIL,
        "events": lengths,
    }


async def _fill(url: str, events: int) -> None:
    database = open_database(url)
    try:
        for start in range(0, events, LANES):
            await _append(database, min(LANES, events - start), start // LANES)
        await _catch_up(database)
    finally:
        await database.close()


async def _start(url: str) -> float:
    """Append a tail while nobody works, then time until all of it is decided upon."""
    database = open_database(url)
    try:
        await _append(database, TAIL, 0)
    finally:
        await database.close()
    started = perf_counter()
    database = open_database(url)
    try:
        await _catch_up(database)
        return perf_counter() - started
    finally:
        await database.close()


async def _catch_up(database: Database) -> None:
    runner = Runner(PROJECTIONS, database, database)
    await runner.prepare()
    log = EventLog(database, now, Wake())
    conductor = Conductor(lanes=Lanes(database), log=log, store=database, clock=now)
    while True:
        while await runner.step():
            pass
        if not (await conductor.step()).appended:
            return


async def _append(database: Database, count: int, turn: int) -> None:
    log = EventLog(database, now, Wake())
    await log.append(*(_queued(lane, turn) for lane in range(count)))


def _queued(lane: int, turn: int) -> NewEvent:
    repository = a_repository(id=1_000 + lane, full_name=f"octo-org/service-{lane}")
    issue = an_issue(1 + turn % 20, repository=repository, labels=("status:queued",))
    body = orjson.dumps(issues(repository=repository, issue=issue))
    return delivery_event({**_HEADERS, "x-github-delivery": str(uuid4())}, body)
