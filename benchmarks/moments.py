"""Any moment, and why: what it costs to answer as of then where one repository has a long past."""

from collections.abc import Iterator
from itertools import islice

import httpx2

from benchmarks import history
from benchmarks.figures import Line, at_most
from benchmarks.filling import append, project
from benchmarks.ground import POSTGRESQL, Ground
from benchmarks.load import percentile
from benchmarks.reading import read
from benchmarks.serving import Serving, service
from simulator.payloads import a_repository
from tests.service import BEARER

_ID = a_repository("octo-org/service-0")["id"]
_OF_ONE = f"/api/repositories/{_ID}"
_AIM = at_most(200)  # milliseconds by the clock on the wall


def measure(ground: Ground) -> Iterator[Line]:
    """Ask for the end, and for the middle, of a repository's events on each database."""
    events, times = (2_000, 5) if ground.quick else (100_000, 30)
    for dialect in ground.dialects:
        with ground.database(dialect, history.kept(events, lanes=1)) as url:
            if dialect == POSTGRESQL:
                append(url, islice(history.happenings(lanes=1), events), history.Ticking())
            project(url)
            with service(url) as served:
                served.come_to_rest()
                for where, position in (("the end", events), ("the middle", events // 2)):
                    for path in _pages(served, position):
                        told = path.replace(str(_ID), "{id}").partition("?")[0]
                        name = f"`GET {told}` as of {where} of {events:,} events, {dialect}"
                        yield _line(served, path, times, name)


def _pages(served: Serving, position: int) -> Iterator[str]:
    """Yield what takes a moment, and why the issue that changed last then is where it was."""
    then = f"as_of={position}"
    listed = f"/api/workflows?repository={_ID}&limit=200&{then}"
    yield from (f"/api/dashboard?{then}", f"/api/repositories?{then}", f"{_OF_ONE}?{then}", listed)
    yield from (f"{_OF_ONE}/queue?{then}", f"{_OF_ONE}/policy?{then}", f"/api/actions?{then}")
    answer = httpx2.get(f"http://127.0.0.1:{served.port}{listed}", headers=BEARER, timeout=60)
    number = answer.json()["items"][0]["issue"]["number"]
    yield f"{_OF_ONE}/workflows/{number}?{then}"
    yield f"{_OF_ONE}/workflows/{number}/explain?{then}"


def _line(served: Serving, path: str, times: int, name: str) -> Line:
    answer, cost, walls = read(served, path, times)
    return Line(
        what=name,
        figure=1000 * cost.wall,
        unit="ms",
        aim=_AIM,
        cost=cost,
        notes={
            "p99_ms": round(1000 * percentile(walls, 0.99), 1),
            "bytes": len(answer.body),
        },
    )
