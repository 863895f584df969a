"""The clocks of the service: the machine's, and one that no correction of it moves."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)


def elapsed() -> float:
    """Return seconds that pass also while the machine sleeps, where it counts them."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class SteadyClock:
    """Runs on from the time at which it was made, for waits.

    A clock that is corrected, as after a jump of a day, must neither end them early nor draw them
    out.
    """

    def __init__(
        self, wall: Callable[[], datetime] = now, seconds: Callable[[], float] = elapsed
    ) -> None:
        self._began = wall()
        self._seconds = seconds
        self._first = seconds()

    def __call__(self) -> datetime:
        """Return the time, aware and UTC."""
        return self._began + timedelta(seconds=self._seconds() - self._first)
