"""Telling Python's cyclic garbage collector, and the allocator, what kind of process this is."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Parsing a delivery makes hundreds of containers that die at once by reference count. At the
# default of 700 the collector would run several times for each delivery and find nothing. While a
# log is projected, much of what is made stays, and a look at it holds the event loop: at 5,000 and
# three such looks for 15 ms of the processor, at these for 8, for 2 % more in all.
_THRESHOLDS = (2_000, 2, 1_000)
# glibc learns to keep what is as large as what was freed: after some deliveries of 25 MB, hundreds
# of megabytes. Told a bound, it learns nothing.
_M_MMAP_THRESHOLD, _GIVEN_BACK = -3, 1024 * 1024  # bytes


def settle() -> None:
    """Call once everything is loaded: what is there now stays, and is not looked at again."""
    with suppress(AttributeError, OSError):  # glibc only
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _GIVEN_BACK)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def loading() -> Iterator[None]:
    """Let the collector rest while modules are loaded: nothing of what they make is garbage.

    It took a quarter of the time that loading takes, and a look at all of it when a process ends
    a sixth of what a short command takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
