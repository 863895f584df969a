"""The background work of doing on GitHub what was decided; any number of processes may."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from events.wake import Wake
from reactions.executor import Executor, Performed

_POLL_SECONDS = 1.0
_LONGEST_BACKOFF = 30.0

_log = structlog.get_logger("executor")


class ActionWorker:
    """Keeps an executor at work: when the log grows, and when something that was put off is due."""

    def __init__(self, executor: Executor, grown: Wake, clock: Callable[[], datetime]) -> None:
        self._executor = executor
        self._grown = grown
        self._clock = clock
        self._backoff = _POLL_SECONDS

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time.

        An action that is under way then is taken over once it is held no longer.
        """
        while True:
            try:
                await self._work()
                self._backoff = _POLL_SECONDS
            except Exception:  # noqa: BLE001 (the service lives on; actions wait in their table)
                _log.exception("acting failed; it is tried again", seconds=self._backoff)
                await asyncio.sleep(self._backoff)
                self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)

    async def _work(self) -> None:
        heard = self._grown.position
        performed = await self._executor.step()
        if not performed.taken:
            await self._grown.wait(heard, self._patience(performed))

    def _patience(self, performed: Performed) -> float:
        """Return for how long nothing is to be done, in seconds, unless the log grows."""
        if performed.next_due is None:
            return _POLL_SECONDS
        until = (performed.next_due - self._clock()).total_seconds()
        return min(_POLL_SECONDS, max(0.05, until))
