"""A year of a hundred repositories: what grows with the log, and what must not.

``python -m benchmarks.year EVENTS`` writes such a log through the append path and keeps it in
``.histories/``. ``python -m benchmarks --only year --events 10000 --events 100000`` measures each
length on both databases; flat means that the longest takes at most one and a half times what the
shortest takes.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from benchmarks import disk, history
from benchmarks.figures import Cost, Line, at_most
from benchmarks.filling import AT_ONCE, append
from benchmarks.ground import POSTGRESQL, Ground
from benchmarks.reading import read
from benchmarks.replaying import replay
from benchmarks.serving import service
from events.envelope import NewEvent
from events.read import read as read_log
from runtime.database.sqlite import reading_engine
from simulator.payloads import a_repository
from tests.databases import sqlite_url

LANES = 100
_TIMES = 30
_FLAT = at_most(1.5)
_ID = a_repository("octo-org/service-0")["id"]
_OF_ONE = f"/api/repositories/{_ID}"


@dataclass
class _Found:
    """What one length on one database came to, by name: costs that must be flat, and sizes."""

    events: int
    costs: dict[str, Cost] = field(default_factory=dict)
    p99: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, tuple[float, str]] = field(default_factory=dict)


def measure(ground: Ground) -> Iterator[Line]:
    """Measure each length on each database."""
    for dialect in ground.dialects:
        found = [_measured(ground, dialect, events) for events in sorted(ground.lengths)]
        yield from _lines(dialect, found[0], found[-1])


def _measured(ground: Ground, dialect: str, events: int) -> _Found:
    found = _Found(events)
    with ground.database(dialect, history.kept(events, LANES)) as url:
        if dialect == POSTGRESQL:
            append(url, _kept(events), history.Ticking())
        replayed = replay(url)
        found.costs["an event of a replay"] = Cost(
            processor=replayed["seconds"] / events, wall=replayed["wall"] / events
        )
        found.sizes["memory of a replay, at most"] = (replayed["peak_megabytes"], "MB")
        for what, size in sorted(asyncio.run(disk.sizes(url)).items()):
            found.sizes[f"on disk an event: {what}"] = (size / events, "bytes")
        _serve(url, events, found)
    return found


def _serve(url: str, events: int, found: _Found) -> None:
    with service(url) as served:
        used = served.used()
        found.costs["a start, to its first answer"] = Cost(processor=used, wall=served.up_after)
        rested = served.come_to_rest()
        found.costs["a start, to its rest"] = Cost(processor=served.used(), wall=rested)
        found.sizes["memory of the service at rest"] = (served.resident_megabytes(), "MB")
        for path in _pages(events):
            _, cost, walls = read(served, path, _TIMES)
            name = f"`GET {path.replace(str(_ID), '{id}').replace(str(events // 2), '{middle}')}`"
            found.costs[name] = cost
            found.p99[name] = max(walls)


def _pages(events: int) -> Iterator[str]:
    """Yield an address of each endpoint that reads, and of a page as it was in the middle."""
    yield from ("/api/dashboard", "/api/repositories", _OF_ONE, f"{_OF_ONE}/workflows")
    yield from (f"{_OF_ONE}/queue", f"{_OF_ONE}/workflows/1")
    yield f"{_OF_ONE}/workflows/1?as_of={events // 2}"
    yield from ("/api/actions", "/api/activity", "/api/events", "/api/installations")
    yield from (f"/api/events?repository={_ID}", f"/api/events/{events // 2}")


def _lines(dialect: str, short: _Found, long: _Found) -> Iterator[Line]:
    alone = short is long
    for name, cost in long.costs.items():
        before = short.costs[name]
        yield Line(
            what=f"{name}, {dialect}, after {long.events:,} events",
            figure=1000 * cost.processor if alone else cost.processor / before.processor,
            unit="ms" if alone else "times",
            aim=None if alone else _FLAT,
            cost=cost,
            against="" if alone else f"after {short.events:,}",
            yardstick=Cost() if alone else before,
            notes={"p99_ms": round(1000 * long.p99[name], 1)} if name in long.p99 else {},
        )
    for name, (size, unit) in long.sizes.items():
        yield Line(
            what=f"{name}, {dialect}, {long.events:,} events",
            figure=size,
            unit=unit,
            notes={} if alone else {f"after {short.events}": round(short.sizes[name][0])},
        )


def _kept(events: int) -> Iterator[NewEvent]:
    """Yield the events of a kept history; the places that they have there are of no account."""
    engine, reached = reading_engine(make_url(sqlite_url(history.kept(events, LANES)))), 0
    with engine.connect() as connection:
        while found := read_log(connection, reached, AT_ONCE, whole=True):
            yield from found
            reached = found[-1].position
    engine.dispose()


def main() -> None:
    """Write a log of that length, unless it is kept already, and say what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    parser.add_argument("events", type=int)
    events = parser.parse_args().events
    wall, processor = time.perf_counter(), time.process_time()
    file: Path = history.kept(events, LANES)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    size = file.stat().st_size
    print(f"{file}: {size / 1e6:,.0f} MB, {size / events:,.0f} bytes an event")
    print(f"{wall:.0f} s, {1e6 * processor / events:.0f} µs of the processor an event")


if __name__ == "__main__":
    main()
