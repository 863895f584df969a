"""The checks of a running service: made when somebody looks, once for all who look at a time.

Each asks GitHub some twenty questions. So what was found is shown for a while, whoever asks, and
whoever wants it anew gets what is being found already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.doctor.app import APP
from runtime.doctor.copilot import ACTING_USER
from runtime.doctor.finding import Finding
from runtime.doctor.installations import INSTALLATIONS
from runtime.doctor.repositories import POLICIES, REPOSITORIES
from runtime.doctor.sign_in import ADMINISTRATORS

# What set-up does, in its order; all else is checked beside.
STEPS = (APP, INSTALLATIONS, ADMINISTRATORS, REPOSITORIES, ACTING_USER, POLICIES)

_KEPT = timedelta(seconds=15)
_LEAST = timedelta(seconds=3)  # between two for which somebody asks anew


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, and when that was looked at: set-up's steps in their order, all else."""

    looked_at: datetime
    steps: Sequence[Finding]
    checks: Sequence[Finding]


class Examiner:
    """Keeps what was found last, and looks again when that is too old."""

    def __init__(
        self, examine: Callable[[], Awaitable[Sequence[Finding]]], clock: Callable[[], datetime]
    ) -> None:
        self._examine = examine
        self._clock = clock
        self._last: Examination | None = None
        self._running: asyncio.Task[Examination] | None = None

    async def examination(self, *, anew: bool = False) -> Examination:
        """Return what is found, seconds old at most; ``anew``: as it is now."""
        last, age = self._last, _LEAST if anew else _KEPT
        if last is not None and abs(self._clock() - last.looked_at) < age:
            return last
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._look())
        return await asyncio.shield(self._running)  # others wait for it who do not go away

    async def close(self) -> None:
        """Give up what is being looked at."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def _look(self) -> Examination:
        findings = await self._examine()
        steps = [each for name in STEPS for each in findings if each.check == name]
        checks = [each for each in findings if each.check not in STEPS]
        self._last = Examination(self._clock(), steps, checks)
        return self._last
