"""A rebuild on PostgreSQL by two processes against one: the command that operators run."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Cost, Line, at_least
from benchmarks.filling import append
from benchmarks.ground import Ground
from benchmarks.history import happenings
from benchmarks.processor import anywhere
from tests.databases import PostgresTemplate
from tests.postgres import running_postgres

_REPLAY = Path(__file__).parents[1] / "scripts" / "replay.py"


def measure(ground: Ground) -> Iterator[Line]:
    """Rebuild the same log by one process and by two; nobody is held to one processor."""
    events = 1_200 if ground.quick else 40_000  # a process takes two seconds to start
    what = f"rebuild of {events:,} on postgresql, two processes against one, wall"
    if "--jobs" not in _replayed("", "--help")[0]:
        yield Line(what=what, figure=None, aim=at_least(1.6))
        return
    with TemporaryDirectory() as name, anywhere(), running_postgres(durable=True) as server:
        url = PostgresTemplate(server).clone(Path(name))
        append(url, islice(happenings(), events))
        one, two = (_replayed(url, "--jobs", str(jobs))[1] for jobs in (1, 2))
    yield Line(
        what=what,
        figure=one.wall / two.wall,
        unit="times",
        aim=at_least(1.6),
        cost=_each(two, events),
        against="one process",
        yardstick=_each(one, events),
    )


def _replayed(url: str, *arguments: str) -> tuple[str, Cost]:
    """Run the command; its processor time is that of its children as well."""
    before, began = os.times(), time.perf_counter()
    told = subprocess.run(  # noqa: S603 (our own command)
        (sys.executable, str(_REPLAY), *arguments),
        env=os.environ | {"ORCHESTRATOR_DATABASE_URL": url, "COLUMNS": "200"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system
    return told, Cost(processor=used - before.children_user - before.children_system, wall=wall)


def _each(cost: Cost, events: int) -> Cost:
    return Cost(processor=cost.processor / events, wall=cost.wall / events)
