"""How long a request has to wait while a service does something else: the hold of its event loop.

A request for liveness asks nothing of the service but its loop; its own course, the median of the
same while nothing goes on, is subtracted. On a machine that does other things besides, the clock
on the wall tells of these. Less the time that the loop's thread, and ours, had to wait for a
processor, it tells of the loop; and whatever held it took processor time of the service, which
bounds it likewise. Linux.
"""

import asyncio
import os
import statistics
from collections.abc import Coroutine
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from benchmarks.caller import Caller, connected
from benchmarks.load import get_request
from benchmarks.processor import processor_seconds, queued_seconds

_LOOK_SECONDS = 0.005
_LIVE = get_request("/api/health/live")


@dataclass(frozen=True, slots=True)
class Held:
    """How long the loop was held at the longest, in seconds, and how often it was asked.

    ``wall``: by the clock on the wall, whatever the reason.
    """

    seconds: float
    wall: float
    probes: int

    def in_milliseconds(self) -> dict[str, float]:
        """Return both."""
        return {"held": round(1000 * self.seconds, 1), "wall": round(1000 * self.wall, 1)}


@dataclass(frozen=True, slots=True)
class _Probe:
    """How long a request for liveness took, and what the service ran meanwhile, in seconds."""

    wall: float
    unhindered: float  # less what other processes kept the loop's thread, and ours, waiting
    processor: float


async def course_of(port: int, pid: int, seconds: float = 2.0) -> float:
    """Return how long a request for liveness takes while nothing goes on."""
    return statistics.median(each.wall for each in await _probed(port, pid, asyncio.sleep(seconds)))


async def held_while(
    port: int, pid: int, work: Coroutine[Any, Any, object], course: float = 0.0
) -> Held:
    """Ask for liveness again and again while some work goes on."""
    probes = await _probed(port, pid, work)
    return Held(
        max(min(each.unhindered - course, each.processor) for each in probes),
        max(each.wall - course for each in probes),
        len(probes),
    )


async def _probed(port: int, pid: int, work: Coroutine[Any, Any, object]) -> list[_Probe]:
    async with connected(port) as [caller]:
        task = asyncio.ensure_future(work)
        probes: list[_Probe] = []
        while not task.done():
            probes.append(await _probe(caller, pid))
            await asyncio.sleep(_LOOK_SECONDS)
        await task
        return probes


async def _probe(caller: Caller, pid: int) -> _Probe:
    begun, used, waited = perf_counter(), processor_seconds(pid), _queued(pid)
    await caller.must(_LIVE)
    wall, waited = perf_counter() - begun, _queued(pid) - waited
    return _Probe(wall, wall - waited, processor_seconds(pid) - used)


def _queued(pid: int) -> float:
    """Return for how many seconds the loop's thread, and ours, waited for a processor by now."""
    return queued_seconds(pid) + queued_seconds(os.getpid())
