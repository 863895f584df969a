"""Processor time of another process, and on which processor one runs. Linux."""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

_SCHEDULED = 2  # the clock of a process that counts what its threads ran, in nanoseconds


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used so far, ended threads included.

    The id of such a clock follows from the process's: ``clock_getcpuclockid(3)``, which Python
    does not offer.
    """
    return time.clock_gettime((~process << 3) | _SCHEDULED)


def queued_seconds(process: int) -> float:
    """Return for how long the first thread of a process has waited for a processor so far."""
    told = Path(f"/proc/{process}/schedstat").read_text(encoding="ascii")
    return int(told.split()[1]) / 1e9


def pin(which: int) -> None:
    """Ask for one processor, counted from the first (0) or the last (-1) that we may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {_allowed()[which]})


def starting_on(which: int) -> AbstractContextManager[None]:
    """Have the processes that are started in the block run on one processor for good."""
    return _held_to({_allowed()[which]})


def anywhere() -> AbstractContextManager[None]:
    """Have what runs and is started in the block choose among all processors."""
    return _held_to(_AT_FIRST)


@contextmanager
def _held_to(processors: set[int]) -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def _allowed() -> list[int]:
    """Return the processors that we were given when we were started."""
    return sorted(_AT_FIRST)


_AT_FIRST = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}
