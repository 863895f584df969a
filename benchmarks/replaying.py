"""A replay of everything against reading and parsing the same rows, in processor time.

``python -m benchmarks.replaying URL`` projects a log from its beginning, in a process of its own.
"""

import asyncio
import itertools
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TypedDict

from sqlalchemy import Connection, func, select

from benchmarks import history
from benchmarks.figures import Cost, Line, at_least
from benchmarks.ground import Ground
from benchmarks.steps import longest_step, watched_steps
from events.read import head
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from projections.workflows.model import WorkflowVersionRow
from runtime import memory
from runtime.database import open_database
from tests.databases import sqlite_url

_PARTS = 10


class Replayed(TypedDict):
    """What the process of its own prints: processor seconds, in all and of each tenth."""

    seconds: float
    wall: float
    parts: list[float]
    longest_step_ms: dict[str, float]
    versions: int
    peak_megabytes: float


def measure(ground: Ground, events: int, pairs: int) -> Iterator[Line]:
    """Replay a lively history and read it in turn, each in a process of its own."""
    if ground.quick:
        events, pairs = 600, 1
    yard: list[float] = []
    ours: list[Replayed] = []
    for _ in range(pairs):
        with history.lively(events) as file:
            yard.append(float(run_module("benchmarks.yardstick", str(file))))
            ours.append(replay(sqlite_url(file)))
    ratios = [read / each["seconds"] for read, each in zip(yard, ours, strict=True)]
    replayed = Cost(
        processor=statistics.median(each["seconds"] for each in ours) / events,
        wall=statistics.median(each["wall"] for each in ours) / events,
    )
    first = ours[0]
    yield Line(
        what=f"replay of a lively history of {events:,}, sqlite",
        figure=statistics.median(yard) / statistics.median(each["seconds"] for each in ours),
        aim=at_least(0.12),
        cost=replayed,
        against="`sqlite3` and orjson, which only read",
        yardstick=Cost(processor=statistics.median(yard) / events),
        notes={
            "ratios": [round(ratio, 4) for ratio in ratios],
            "us_each_by_tenth": [round(1e6 * each * _PARTS / events) for each in first["parts"]],
            "versions_each": first["versions"] / events,
        },
    )
    yield Line(
        what="its last tenth against its first",
        figure=statistics.median(each["parts"][0] / each["parts"][-1] for each in ours),
        aim=at_least(0.9),
    )
    longest = max((each["longest_step_ms"] for each in ours), key=lambda step: step["processor"])
    yield longest_step("its longest step on the event loop", longest)


def replay(url: str) -> Replayed:
    """Replay the log of a database on which nothing is projected, in a process of its own."""
    found: Replayed = json.loads(run_module("benchmarks.replaying", url))
    return found


def run_module(module: str, *arguments: str) -> str:
    """Return what a process of its own prints."""
    command = (sys.executable, "-m", module, *arguments)
    return subprocess.run(  # noqa: S603 (our own command)
        command, check=True, capture_output=True, text=True
    ).stdout


async def _replay(url: str) -> Replayed:
    database = open_database(url)
    runner = Runner(PROJECTIONS, database, database)
    await runner.prepare()
    memory.settle()
    events = (await database.read(head)).position
    marks, reached, began = [time.process_time()], 0, time.perf_counter()
    with watched_steps() as longest:
        for part in range(1, _PARTS + 1):
            until = events * part // _PARTS
            while reached < until:
                reached = await runner.step(until)
            marks.append(time.process_time())
    wall = time.perf_counter() - began
    versions = await database.read(_versions)
    await database.close()
    return {
        "seconds": marks[-1] - marks[0],
        "wall": wall,
        "parts": [after - before for before, after in itertools.pairwise(marks)],
        "longest_step_ms": longest.in_milliseconds(),
        "versions": versions,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _versions(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(WorkflowVersionRow)).scalar_one()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_replay(sys.argv[1]))))
