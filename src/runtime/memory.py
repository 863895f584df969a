"""Telling the interpreter, and the allocator, what kind of process this is."""

import asyncio
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Parsing a delivery makes hundreds of containers that die at once by reference count. While a log
# is projected, much of what is made stays, and a look at it holds the event loop: at 2,000 and
# three such looks for 2 to 8 ms. Each container is looked at twice however large the looks are:
# bursts took no more of the processor with these. The third generation is looked at as seldom as
# it was, once in some millions that stayed.
_THRESHOLDS = (700, 1, 4_000)
# A start on a log of a million events keeps a million containers, and one look at all of them takes
# 0.34 s of the processor, on the loop, whenever its turn comes. For a quarter of an hour what is
# kept is set aside instead, from time to time.
_STARTING_SECONDS = (10, 50, 240, 600)  # from one time to the next
_NEVER = 2**31 - 1
# The loop's thread gives the interpreter away whenever it asks the kernel for something. A thread
# of the database that has it then keeps it for this long where it runs Python, and a turn of the
# loop asks often: at the default of 5 ms a burst held the loop for 17 to 37 ms, with this, the
# looks above and shorter turns of what goes on besides for 9 to 13, and more is acknowledged.
_SWITCH_SECONDS = 0.0001
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
    sys.setswitchinterval(_SWITCH_SECONDS)


async def set_aside_what_is_kept() -> None:
    """Have no look at everything hold the event loop while a start reads what it keeps.

    What is set aside is let go of as ever, by reference count, but for cycles.
    """
    gc.set_threshold(*_THRESHOLDS[:2], _NEVER)
    try:
        for seconds in _STARTING_SECONDS:
            await asyncio.sleep(seconds)
            gc.freeze()
    finally:
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
