"""How long the event loop is held by its longest step."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from benchmarks.figures import Cost, Line, at_most


@dataclass
class Longest:
    """The longest step: in processor time of the loop's thread, and by the clock on the wall.

    On a machine that does other things besides, only the first says what the step itself takes.
    """

    processor: float = 0.0
    wall: float = 0.0

    def in_milliseconds(self) -> dict[str, float]:
        """Return both."""
        return {"processor": round(1000 * self.processor, 1), "wall": round(1000 * self.wall, 1)}


@contextmanager
def watched_steps() -> Iterator[Longest]:
    """Time every callback of asyncio's loops while the block runs."""
    longest, run = Longest(), asyncio.Handle._run  # noqa: SLF001 (there is no public place)

    def timed(handle: asyncio.Handle) -> None:
        wall, processor = time.perf_counter(), time.thread_time()
        run(handle)
        longest.processor = max(longest.processor, time.thread_time() - processor)
        longest.wall = max(longest.wall, time.perf_counter() - wall)

    with patch.object(asyncio.Handle, "_run", timed):
        yield longest


def longest_step(what: str, found: dict[str, float]) -> Line:
    """Return the line of a longest step, of what ``in_milliseconds`` gave."""
    took = Cost(processor=found["processor"] / 1000, wall=found["wall"] / 1000)
    return Line(what=what, figure=found["processor"], unit="ms", aim=at_most(20), cost=took)
