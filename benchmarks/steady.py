"""A delivery in the steady state: one at a time, with everything on, in a service with a past.

Processor time is that of the whole process, over a stretch of deliveries that come at a pace, less
nothing: what runs while nothing comes stands beside it. Freshness is how long after its 202 a page
shows a delivery: at once a reader asks, over another connection, for ``GET …/workflows/1`` of its
repository with the ``min_position`` that was answered, until it has the whole page. Some five times
a second somebody looks, whatever the pace.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from time import perf_counter
from typing import Any

from benchmarks import history
from benchmarks.caller import Answer, connected, run
from benchmarks.figures import Cost, Line, at_most
from benchmarks.ground import Ground
from benchmarks.load import (
    Delivery,
    Outcome,
    burst,
    get_request,
    lively_deliveries,
    paced,
    percentile,
    position_of,
)
from benchmarks.serving import Serving, bare, service
from tests.service import BEARER

PAST = 2_000  # events that were there before
_PACE, _SUSTAINED, _FRESH = 20, 150, (20, 50)  # a second
_LOOKS = 5
_CONNECTIONS = 32


@dataclass
class _Reader:
    """Looks at what was delivered, and keeps how long after its 202 each was shown."""

    load: list[Delivery]
    every: int
    port: int
    shown: list[float] = field(default_factory=list)

    async def answered(self, number: int, answer: Answer) -> None:
        """Look, if it is time to."""
        if number % self.every:
            return
        repository = self.load[number].event.repository_id
        path = f"/api/repositories/{repository}/workflows/1"
        asked = get_request(f"{path}?min_position={position_of(answer)}", **BEARER)
        began = perf_counter()
        async with connected(self.port) as [caller]:
            answer = await caller.ask(asked)
            while answer.status == HTTPStatus.SERVICE_UNAVAILABLE:  # it waited for five seconds
                answer = await caller.ask(asked)
        assert answer.status == HTTPStatus.OK, answer
        self.shown.append(perf_counter() - began)


def measure(ground: Ground) -> Iterator[Line]:
    """Deliver at a pace, and look at what becomes of it."""
    seconds = 1 if ground.quick else 8
    told = lively_deliveries(PAST)
    with history.projected(PAST) as url, bare() as ceiling, service(url) as served:
        served.come_to_rest()
        run(_paced(served, list(islice(told, 5 * _PACE)), 5 * _PACE))  # warm
        served.come_to_rest()
        idle = _idle(served)
        yield _one_at_a_time(served, ceiling, list(islice(told, seconds * _PACE)), idle)
        for pace in _FRESH:
            yield _fresh(served, list(islice(told, seconds * pace)), pace)
            served.come_to_rest()
        yield _sustained(served, list(islice(told, seconds * _SUSTAINED // 2)))


def _one_at_a_time(served: Serving, ceiling: Serving, load: list[Delivery], idle: float) -> Line:
    requests = [each.to_bare for each in load]
    run(burst(ceiling.port, requests, _CONNECTIONS))  # warm
    nothing = _used_each(ceiling, burst(ceiling.port, requests * 5, _CONNECTIONS))
    at_the_pace = _used_each(ceiling, paced(ceiling.port, requests, _PACE))
    before = served.used()
    outcome = run(_paced(served, load, _PACE))
    served.come_to_rest()
    ours = (served.used() - before) / len(load)
    return Line(
        what=f"a delivery, {_PACE} a second one at a time, everything on",
        figure=ours / nothing,
        unit="times",
        aim=at_most(20),
        cost=Cost(processor=ours, wall=outcome.percentile(0.5)),
        against="the bare route at its cheapest, under load",
        yardstick=Cost(processor=nothing),
        notes={
            "ack_p99_ms": round(1000 * outcome.percentile(0.99), 1),
            "processor_share_while_nothing_comes": round(idle, 4),
            "bare_at_the_same_pace_us": round(1e6 * at_the_pace),
            "deliveries": len(load),
        },
    )


def _used_each(served: Serving, work: Coroutine[Any, Any, Outcome]) -> float:
    before, outcome = served.used(), run(work)
    return (served.used() - before) / len(outcome.latencies)


def _fresh(served: Serving, load: list[Delivery], pace: int) -> Line:
    reader = _Reader(load, max(1, pace // _LOOKS), served.port)
    before = served.used()
    outcome = run(paced(served.port, [each.to_service for each in load], pace, reader.answered))
    used = (served.used() - before) / len(load)
    return Line(
        what=f"from 202 to the page, p99, {pace} a second",
        figure=1000 * percentile(reader.shown, 0.99),
        unit="ms",
        aim=at_most(100) if pace == max(_FRESH) else None,
        cost=Cost(processor=used, wall=percentile(reader.shown, 0.5)),
        notes={
            "p50_ms": round(1000 * percentile(reader.shown, 0.5), 1),
            "longest_ms": round(1000 * max(reader.shown), 1),
            "ack_p99_ms": round(1000 * outcome.percentile(0.99), 1),
            "looks": len(reader.shown),
        },
    )


def _sustained(served: Serving, load: list[Delivery]) -> Line:
    before = served.used()
    outcome = run(_paced(served, load, _SUSTAINED))
    lag, caught_up = served.lag(), served.come_to_rest()
    return Line(
        what=f"{_SUSTAINED} a second sustained: acknowledged, p99",
        figure=1000 * outcome.percentile(0.99),
        unit="ms",
        aim=at_most(50),
        cost=Cost(processor=(served.used() - before) / len(load), wall=outcome.percentile(0.5)),
        notes={
            "per_second": round(outcome.per_second),
            "p50_ms": round(1000 * outcome.percentile(0.5), 1),
            "lag_at_the_end": lag,
            "caught_up_after_seconds": round(caught_up, 2),
            "deliveries": len(load),
        },
    )


async def _paced(served: Serving, load: list[Delivery], pace: int) -> Outcome:
    return await paced(served.port, [each.to_service for each in load], pace)


def _idle(served: Serving, seconds: float = 2.0) -> float:
    before = served.used()
    asyncio.run(asyncio.sleep(seconds))
    return (served.used() - before) / seconds
