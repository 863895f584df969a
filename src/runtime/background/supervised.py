"""Work that must not end: whatever ends it, it is started again, later each time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

import structlog

from api.background import TaskHealth
from events.errors import OrchestratorError
from events.store import named
from runtime.logs import because

_FIRST_BACKOFF = 1.0  # seconds
_LONGEST_BACKOFF = 30.0
_WELL_SECONDS = 60.0  # of work, after which the next end is taken for the first again
_PROVEN_SECONDS = 2.0  # of work, after which it is at work again

_log = structlog.get_logger("background")


class Ended(OrchestratorError):
    """Work returned that never should."""


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of background work; ``run`` begins it afresh each time.

    One that ``ends`` has done what it is for when it returns; of any other that is a fault, too.
    """

    name: str
    run: Callable[[], Coroutine[None, None, None]]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Has work done for ever; ``random`` returns a number from 0 to 1, for the jitter."""

    random: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, work: Work, health: TaskHealth) -> None:
        """Do it until it has done what it is for, or until cancelled; raises nothing else."""
        loop = asyncio.get_running_loop()
        backoff = _FIRST_BACKOFF
        while True:
            began = loop.time()
            proven = loop.call_later(_PROVEN_SECONDS, _prove, health, health.failures)
            error = await _end_of(work)
            proven.cancel()
            if error is None:
                return health.well()
            if loop.time() - began >= _WELL_SECONDS:
                backoff = _FIRST_BACKOFF
            seconds = backoff * (0.5 + self.random() / 2)
            health.failed(named(error))
            _tell(work, error, seconds)
            await self.sleep(seconds)
            backoff = min(2 * backoff, _LONGEST_BACKOFF)


async def _end_of(work: Work) -> BaseException | None:
    """Do it and return what ended it; only who cancels this very task is obeyed."""
    try:
        await work.run()
    except asyncio.CancelledError as stray:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return stray
    except Exception as error:  # noqa: BLE001 (whatever it is, the work goes on)
        return error
    return None if work.ends else Ended("it returned, and should not have")


def _tell(work: Work, error: BaseException, seconds: float) -> None:
    why = because(error) if isinstance(error, Exception) else {"error": named(error)}
    _log.error("background work ended; it is started again", work=work.name, seconds=seconds, **why)


def _prove(health: TaskHealth, failures: int) -> None:
    """Take work that was begun and goes on for well, unless it told that it fails itself."""
    if health.failures == failures:
        health.well()
