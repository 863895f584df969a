"""For how long background work rests: until it hears of something, or until something is due."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from events.wake import Wake

POLL_SECONDS = 1.0  # at which everybody looks, heard of or not


def until_due(due: datetime | None, now: datetime, least: float = 0.0) -> float:
    """Return the seconds until something is due, from ``least`` to POLL_SECONDS."""
    seconds = POLL_SECONDS if due is None else (due - now).total_seconds()
    return min(POLL_SECONDS, max(least, seconds))


class Listening:
    """Steps and the rests between them, which news ends, also news that came during the step.

    Each rest lasts ``pause`` seconds at the least, so that what comes at once is looked at at once.
    """

    def __init__(self, wake: Wake, step: Callable[[], Awaitable[float]], pause: float) -> None:
        self._wake = wake
        self._step = step
        self._pause = pause
        self._heard = 0

    async def step(self) -> float:
        """Step, and return for how many seconds nothing is to be done unless there is news."""
        self._heard = self._wake.position
        return await self._step()

    async def rest(self, seconds: float) -> None:
        """Rest until there is news, or for so long."""
        await asyncio.sleep(self._pause)
        await self._wake.wait(self._heard, seconds)
