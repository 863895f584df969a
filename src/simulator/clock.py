"""The simulator's clock: its time runs faster than ours, and what is to be done waits on it."""

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeAlias

Doing: TypeAlias = Callable[[], None]

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(order=True, slots=True)
class Appointment:
    """Something to be done at a time; ``cancel`` calls it off."""

    due: float
    place: int
    what: Doing | None = field(compare=False)

    def cancel(self) -> None:
        """Call it off."""
        self.what = None


class Clock:
    """GitHub's clock, ``speed`` simulated seconds to one of ours; at 0 only ``advance`` moves it.

    With ``ties`` changes within so many seconds of one another bear the same time; without, each
    change is at least one second later than the one before.
    """

    def __init__(
        self,
        starts_at: datetime,
        speed: float = 0.0,
        *,
        ties: float = 0.0,
        flow: Callable[[], float] = time.monotonic,
    ) -> None:
        self.speed = speed
        self.ties = ties
        self._starts_at = starts_at.astimezone(UTC).replace(microsecond=0)
        self._flow = flow
        self._origin = flow()
        self._skipped = 0.0
        self._last = self._starts_at
        self._agenda: list[Appointment] = []
        self._places = count()
        self._changed = asyncio.Event()

    @property
    def now(self) -> datetime:
        """The time, never before that of the last change."""
        return max(self._last, self._starts_at + timedelta(seconds=int(self.elapsed)))

    @property
    def elapsed(self) -> float:
        """Simulated seconds since the start."""
        return self._skipped + self.speed * (self._flow() - self._origin)

    @property
    def next_due(self) -> float | None:
        """When the next thing is to be done, in seconds since the start; None when nothing is."""
        while self._agenda and self._agenda[0].what is None:
            heapq.heappop(self._agenda)
        return self._agenda[0].due if self._agenda else None

    def written(self) -> str:
        """Return the time as GitHub writes it."""
        return self.now.strftime(_FORMAT)

    def stamp(self) -> str:
        """Return the time of a change."""
        now = self._starts_at + timedelta(seconds=int(self.elapsed))
        if not self.ties:
            self._last = max(now, self._last + timedelta(seconds=1))
        elif now - self._last >= timedelta(seconds=self.ties):
            self._last = now
        return self._last.strftime(_FORMAT)

    def after(self, seconds: float, what: Doing) -> Appointment:
        """Do something when so many simulated seconds have passed."""
        appointment = Appointment(self.elapsed + seconds, next(self._places), what)
        heapq.heappush(self._agenda, appointment)
        self._changed.set()
        return appointment

    def advance(self, seconds: float) -> None:
        """Let time pass at once, and do what falls due in it, in order."""
        target = self.elapsed + seconds
        while (due := self.next_due) is not None and due <= target:
            self._skipped += max(0.0, due - self.elapsed)
            self._do_next()
        self._skipped += max(0.0, target - self.elapsed)

    async def run(self) -> None:
        """Do what falls due, for ever; what raises ends it."""
        while True:
            self._changed.clear()
            due = self.next_due
            if due is not None and due <= self.elapsed:
                self._do_next()
                await asyncio.sleep(0)  # so that requests are answered between two doings
            else:
                await self._wait(None if due is None or not self.speed else due - self.elapsed)

    def _do_next(self) -> None:
        what = heapq.heappop(self._agenda).what
        if what is not None:
            what()

    async def _wait(self, seconds: float | None) -> None:
        real = None if seconds is None else seconds / self.speed
        try:
            async with asyncio.timeout(real):
                await self._changed.wait()
        except TimeoutError:
            return
