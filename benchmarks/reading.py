"""Reading pages, against a bare route that answers the same bytes from memory."""

import statistics
from collections.abc import Iterator
from time import perf_counter

from benchmarks import history
from benchmarks.bare import PAGE
from benchmarks.caller import Answer, connected, run
from benchmarks.figures import Cost, Line, at_most
from benchmarks.ground import Ground
from benchmarks.load import get_request, percentile, put_request
from benchmarks.serving import Serving, bare, service
from simulator.payloads import a_repository
from tests.service import BEARER

_REPOSITORY = a_repository("octo-org/service-0")["id"]
PAGES = {
    "GET /api/repositories/{id}": (f"/api/repositories/{_REPOSITORY}", at_most(3)),
    "GET /api/dashboard": ("/api/dashboard", at_most(6)),
}


def measure(ground: Ground) -> Iterator[Line]:
    """Read each page one at a time from a service at rest."""
    events, times = (600, 10) if ground.quick else (10_000, 150)
    with history.projected(events) as url, bare() as ceiling, service(url) as served:
        served.come_to_rest()
        for name, (path, aim) in PAGES.items():
            answer, cost, walls = read(served, path, times)
            run(_put(ceiling, answer.body))
            _, theirs, _ = read(ceiling, PAGE, times)
            yield Line(
                what=f"`{name}` after {events:,} events",
                figure=1000 * cost.processor,
                unit="ms",
                aim=aim,
                cost=cost,
                against="a bare route with the same bytes",
                yardstick=theirs,
                notes={
                    "p99_ms": round(1000 * percentile(walls, 0.99), 1),
                    "bytes": len(answer.body),
                },
            )


def read(served: Serving, path: str, times: int) -> tuple[Answer, Cost, list[float]]:
    """Read a page so often; processor time is that of the whole process."""
    request = get_request(path, **BEARER)
    run(_asked(served, request, times // 5))  # warm
    before = served.used()
    answer, walls = run(_asked(served, request, times))
    used = (served.used() - before) / times
    return answer, Cost(processor=used, wall=statistics.median(walls)), walls


async def _asked(served: Serving, request: bytes, times: int) -> tuple[Answer, list[float]]:
    async with connected(served.port) as [caller]:
        walls: list[float] = []
        while True:
            began = perf_counter()
            answer = await caller.must(request)
            walls.append(perf_counter() - began)
            if len(walls) >= times:
                return answer, walls


async def _put(served: Serving, body: bytes) -> None:
    async with connected(served.port) as [caller]:
        await caller.must(put_request(PAGE, body))
