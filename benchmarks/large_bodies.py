"""Eight deliveries of 25 MB at once: memory of all processes of the service, and the loop's lag.

``python -m benchmarks.large_bodies [--hostile]`` starts a real service on SQLite, delivers, and
looks on while it is projected. Memory is the sum of what is resident in each process, seen every
few milliseconds. Lag is how long a request for liveness took at the most, whose own course is
subtracted: the median of the same while nothing is delivered. On a machine that does other things
besides, the clock on the wall tells of these. Less the time that the loop's thread, and this one,
had to wait for a processor, it tells of the loop; and whatever held it took processor time of the
service, which bounds it likewise.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.databases import SqliteTemplate
from tests.service import Client, client_at, started

AT_ONCE, SIZE = 8, 25 * 1024 * 1024
_LOOK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class _Probe:
    """How long a request for liveness took, and what the service ran meanwhile, in seconds."""

    wall: float
    unhindered: float  # less what other processes kept the loop's thread, and ours, waiting
    processor: float


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_bodies", description=__doc__)
    parser.add_argument("--hostile", action="store_true", help="JSON that costs most to parse")
    body = _body(hostile=parser.parse_args().hostile)
    with TemporaryDirectory() as name:
        url = SqliteTemplate(Path(name)).clone(Path(name))
        with started(Path(name), url) as service:
            found = asyncio.run(_measure(service.url, service.process.pid, body))
    print(json.dumps(found, indent=2))


def _body(*, hostile: bool) -> bytes:
    """Return a push of many commits with many files, or as many values as are read."""
    if hostile:
        body = b'{"a":[' + b'"ab",' * 1_200_000 + b'1],"b":"'
        return body.ljust(SIZE - 2, b"x") + b'"}'
    files = [f"src/rooms/room_{number}/walls/wall_{number}.py" for number in range(200)]
    commit = {"id": "0" * 40, "message": "Move a wall — 漢字", "added": files, "removed": []}
    told = {"ref": "refs/heads/main", "repository": {"id": 1}, "commits": [commit] * 2600}
    body = json.dumps(told, ensure_ascii=False).encode()
    return body[: -len(b"}")] + b', "pad": "' + b"x" * max(0, SIZE - len(body) - 20) + b'"}'


async def _measure(url: str, pid: int, body: bytes) -> dict[str, object]:
    async with client_at(url) as client, client_at(url) as prober:
        await _probed(prober, pid, asyncio.sleep(3.0))  # in which it comes to rest
        resting = await _probed(prober, pid, asyncio.sleep(2.0))
        watch = asyncio.create_task(_peak(pid))
        busy = await _probed(prober, pid, _deliver(client, body))
        watch.cancel()
        peaks = await watch
    course = statistics.median(each.wall for each in resting)
    return {
        "megabytes_of_a_body": round(len(body) / 1024**2, 1),
        "peak_resident_megabytes": round(peaks / 1024**2),
        "at_rest_longest_ms": _longest(resting, course),
        "longest_ms": _longest(busy, course),
        "probes": len(busy),
    }


def _longest(probes: list[_Probe], course: float) -> dict[str, float]:
    wall = max(each.wall - course for each in probes)
    held = max(min(each.unhindered - course, each.processor) for each in probes)
    return {"wall": round(1000 * wall, 1), "held_at_most": round(1000 * held, 1)}


async def _deliver(client: Client, body: bytes) -> None:
    answers = await asyncio.gather(*(client.deliver("push", body) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {202}, [a.text for a in answers]
    await asyncio.sleep(8.0)  # in which they are projected


async def _probed(prober: Client, pid: int, work: Coroutine[None, None, None]) -> list[_Probe]:
    """Ask for liveness again and again while some work goes on."""
    task = asyncio.ensure_future(work)
    took: list[_Probe] = []
    while not task.done():
        begun, used, waited = time.perf_counter(), _processor(pid), _queued(pid)
        await prober.http.get("/api/health/live")
        wall, waited = time.perf_counter() - begun, _queued(pid) - waited
        took.append(_Probe(wall, wall - waited, _processor(pid) - used))
        await asyncio.sleep(_LOOK_SECONDS)
    await task
    return took


def _processor(pid: int) -> float:
    """Return the processor seconds of a process by now, of those threads that it still has."""
    used = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            used += int(thread.read_text().split()[0])
    return used / 1e9


def _queued(pid: int) -> float:
    """Return for how many seconds the loop's thread, and ours, waited for a processor by now."""
    paths = (Path(f"/proc/{each}/schedstat") for each in (pid, os.getpid()))
    return sum(int(path.read_text().split()[1]) for path in paths) / 1e9


async def _peak(pid: int) -> int:
    """Return, once cancelled, the most bytes that a process and its children had resident."""
    most = 0
    try:
        while True:
            most = max(most, sum(_resident(each) for each in _family(pid)))
            await asyncio.sleep(_LOOK_SECONDS)
    except asyncio.CancelledError:
        return most


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
