"""The background work of doing on GitHub what was decided; any number of processes may."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from api.background import TaskHealth
from events.store import named
from events.wake import Wake
from reactions.executor import Executor, Performed
from runtime.background.listening import until_due
from runtime.logs import because

_SHORTEST_SECONDS = 0.05  # of a rest, when nothing was free that is due
_FIRST_BACKOFF = 1.0
_SLOW_SECONDS = 2.0  # after which others are no longer kept waiting
_AT_ONCE = 4  # steps
_LAST_SECONDS = 0.5  # for what is under way at the end
_LONGEST_BACKOFF = 30.0

_log = structlog.get_logger("executor")


class ActionWorker:
    """Keeps an executor at work: when the log grows, and when something that was put off is due.

    While one step is slow, since GitHub is to one of its repositories, the next is taken beside it.
    """

    def __init__(self, executor: Executor, grown: Wake, clock: Callable[[], datetime]) -> None:
        self._executor = executor
        self._grown = grown
        self._clock = clock
        self._backoff = _FIRST_BACKOFF
        self._steps: set[asyncio.Task[Performed]] = set()
        self._restored = False
        self.health = TaskHealth("actions")

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time.

        What does not end soon then is taken over once it is held no longer.
        """
        try:
            while True:
                await self._work()
        finally:
            await self._end()

    async def _work(self) -> None:
        heard = self._grown.position
        steps = self._steps
        steps.add(asyncio.create_task(self._step()))
        when = asyncio.FIRST_COMPLETED
        slow = _SLOW_SECONDS if len(steps) < _AT_ONCE else None
        over, self._steps = await asyncio.wait(steps, timeout=slow, return_when=when)
        ended = [performed for step in over if (performed := await self._ended(step))]
        if ended and not any(performed.taken for performed in ended):
            now = self._clock()
            rests = [until_due(each.next_due, now, _SHORTEST_SECONDS) for each in ended]
            await self._grown.wait(heard, min(rests))

    async def _step(self) -> Performed:
        """Look once whether tasks were lost, as soon as that can be known; then do what is due."""
        self._restored = self._restored or await self._executor.restore()
        return await self._executor.step()

    async def _ended(self, step: asyncio.Task[Performed]) -> Performed | None:
        try:
            performed = await step
        except Exception as error:  # noqa: BLE001 (the service lives on; actions wait in their table)
            self.health.failed(named(error))
            _log.error("acting failed; it is tried again", seconds=self._backoff, **because(error))
            await asyncio.sleep(self._backoff)
            self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)
            return None
        self._backoff = _FIRST_BACKOFF
        self.health.well()
        return performed

    async def _end(self) -> None:
        """Let what is under way come to its end, if that is near."""
        if not self._steps:
            return
        _, left = await asyncio.wait(self._steps, timeout=_LAST_SECONDS)
        for step in left:
            step.cancel()
        await asyncio.gather(*self._steps, return_exceptions=True)
