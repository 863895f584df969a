"""A replay of everything against reading and parsing the same rows, in processor time.

``python -m benchmarks.replaying FILE`` projects a log from its beginning, in a process of its own.
"""

import asyncio
import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TypedDict

from benchmarks import history
from benchmarks.steps import watched_steps
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime import memory
from runtime.database import open_database
from tests.databases import sqlite_url

Figures = dict[str, object]
_PARTS = 10


class _Replayed(TypedDict):
    """What the process of its own prints: processor seconds, in all and of each tenth."""

    seconds: float
    parts: list[float]
    longest_step_ms: dict[str, float]
    versions: int


def measure(events: int, pairs: int) -> Figures:
    """Replay a lively history and read it in turn, each in a process of its own."""
    yard: list[float] = []
    ours: list[_Replayed] = []
    for _ in range(pairs):
        with history.lively(events) as file:
            yard.append(float(_run("benchmarks.yardstick", file)))
            ours.append(json.loads(_run("benchmarks.replaying", file)))
    seconds = [each["seconds"] for each in ours]
    ratios = [read / replayed for read, replayed in zip(yard, seconds, strict=True)]
    lasting = [each["parts"][0] / each["parts"][-1] for each in ours]
    return {
        "ratio": round(statistics.median(ratios), 4),
        "ratios": [round(ratio, 4) for ratio in ratios],
        "last_tenth_to_first": round(statistics.median(lasting), 3),
        "longest_step_ms": max((each["longest_step_ms"] for each in ours), key=_processor),
        "us_each": round(1e6 * statistics.median(seconds) / events),
        "yardstick_us_each": round(1e6 * statistics.median(yard) / events, 1),
        "us_each_by_tenth": [round(1e6 * part * _PARTS / events) for part in ours[0]["parts"]],
        "versions_each": ours[0]["versions"] / events,
        "events": events,
    }


def _processor(step: dict[str, float]) -> float:
    return step["processor"]


def _run(module: str, file: Path) -> str:
    command = (sys.executable, "-m", module, str(file))
    return subprocess.run(  # noqa: S603 (our own command)
        command, check=True, capture_output=True, text=True
    ).stdout


async def _replay(file: Path) -> _Replayed:
    database = open_database(sqlite_url(file))
    runner = Runner(PROJECTIONS, database, database)
    await runner.prepare()
    memory.settle()
    events = _count(file, "events")
    marks, reached = [time.process_time()], 0
    with watched_steps() as longest:
        for part in range(1, _PARTS + 1):
            until = events * part // _PARTS
            while reached < until:
                reached = await runner.step(until)
            marks.append(time.process_time())
    await database.close()
    return {
        "seconds": marks[-1] - marks[0],
        "parts": [after - before for before, after in itertools.pairwise(marks)],
        "longest_step_ms": longest.in_milliseconds(),
        "versions": _count(file, "workflow_versions"),
    }


def _count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        [count] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 (ours)
    return int(count)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_replay(Path(sys.argv[1])))))
