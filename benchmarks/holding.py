"""How long requests stall, and the event loop is held: at a start on a long log, and in a burst.

Twenty deliveries a second come from when a service first answers: once on a log that is reflected
already, and once on one of which nothing is, so that every page is built from the beginning. A
stall of a delivery has the lock of the database in it, too.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice

from benchmarks import history
from benchmarks.caller import run
from benchmarks.figures import Cost, Line, at_most
from benchmarks.ground import Ground
from benchmarks.load import Delivery, Outcome, burst, lively_deliveries, paced
from benchmarks.probing import Held, course_of, held_while
from benchmarks.serving import Serving, service
from tests.databases import sqlite_url

LOOP_LAG = "orchestrator_event_loop_lag_longest_seconds"  # by the clock on the wall
_PACE = 20
_CONNECTIONS, _BURST = 32, 1_000


def measure(ground: Ground) -> Iterator[Line]:
    """Start on each, then burst."""
    events, seconds = (600, 1) if ground.quick else (20_000, 8)
    load = list(islice(lively_deliveries(events), seconds * _PACE))
    with history.lively(events) as file, service(sqlite_url(file)) as served:
        yield from _started(served, load, f"a start that builds every page of {events:,}")
    with history.projected(events) as url, service(url) as served:
        yield from _started(served, load, f"a start on {events:,} that are reflected")
        served.come_to_rest()
        behind = islice(lively_deliveries(events), len(load), len(load) + _BURST)
        yield run(_in_a_burst(served, list(behind)))


def _started(served: Serving, load: list[Delivery], what: str) -> Iterator[Line]:
    used = served.used()
    held, outcome = run(_delivered_while_it_starts(served, load))
    up = Cost(processor=used, wall=served.up_after)
    yield Line(what=f"{what}: until it answers", figure=served.up_after, unit="s", cost=up)
    yield Line(
        what=f"{what}: longest stall of a request",
        figure=1000 * held.seconds,
        unit="ms",
        aim=at_most(50),
        cost=Cost(processor=held.seconds, wall=held.wall),
        notes={"probes": held.probes, "metric": served.metric(LOOP_LAG)},
    )
    yield Line(
        what=f"{what}: longest stall of a delivery",
        figure=1000 * max(outcome.latencies),
        unit="ms",
        cost=Cost(wall=max(outcome.latencies)),
        notes={
            "p50_ms": round(1000 * outcome.percentile(0.5), 1),
            "p99_ms": round(1000 * outcome.percentile(0.99), 1),
        },
    )


async def _delivered_while_it_starts(served: Serving, load: list[Delivery]) -> tuple[Held, Outcome]:
    work = asyncio.ensure_future(paced(served.port, [each.to_service for each in load], _PACE))
    held = await held_while(served.port, served.process, _until(work))
    return held, work.result()


async def _until(work: asyncio.Future[Outcome]) -> None:
    await work


async def _in_a_burst(served: Serving, load: list[Delivery]) -> Line:
    course = await course_of(served.port, served.process, 1.0)
    sent = burst(served.port, [each.to_service for each in load], _CONNECTIONS)
    held = await held_while(served.port, served.process, sent, course)
    return Line(
        what=f"a burst of {len(load):,}: the event loop's longest hold",
        figure=1000 * held.seconds,
        unit="ms",
        aim=at_most(20),
        cost=Cost(processor=held.seconds, wall=held.wall),
        notes={"probes": held.probes, "metric": served.metric(LOOP_LAG)},
    )
