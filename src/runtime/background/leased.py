"""Background work that one process does at a time: it holds a lease, and steps again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from api.background import TaskHealth
from events import lease
from events.errors import OrchestratorError
from events.store import Store, named
from runtime.logs import because

_STANDBY_SECONDS = 2.0  # between looks whether the holder is gone
_LOOKS_SECONDS = 1.0  # between looks whether anything is wanted
_FRESH = lease.LASTS / 3
_RENEWS_SECONDS = _FRESH.total_seconds()
_FIRST_BACKOFF = 1.0
_LONGEST_BACKOFF = 30.0
_NEVER = datetime.min.replace(tzinfo=UTC)

_log = structlog.get_logger("background")


class LeaseLost(OrchestratorError):
    """Another process does this work now."""


class Lease:
    """A lease that this process takes, renews and gives back; ``guard`` is for transactions.

    ``term`` counts how often it was taken: while it stays, nobody else can have held the lease.
    ``clock`` measures for how long it was held; ``judge`` gives the time by which all processes
    judge it, None: the database's.
    """

    def __init__(
        self,
        name: str,
        store: Store,
        clock: Callable[[], datetime],
        instance: str,
        judge: Callable[[], lease.Now] | None = None,
    ) -> None:
        self.name = name
        self._store = store
        self._clock = clock
        self._instance = instance
        self._judge = judge or clock
        self._renewed = _NEVER
        self.term = 0

    def guard(self, connection: Connection) -> None:
        """Take or renew it within a transaction; raises LeaseLost.

        While it is fresh it is only looked at: to write it with every transaction costs more than
        many of them do.
        """
        now, judged = self._clock(), self._judge()
        if now - self._renewed <= _FRESH and lease.is_held(
            connection, self.name, self._instance, judged
        ):
            return
        if not lease.acquire(connection, self.name, self._instance, judged):
            self._renewed = _NEVER
            raise LeaseLost(self.name)
        if now - self._renewed >= lease.LASTS:
            self.term += 1
        self._renewed = now

    async def hold(self) -> None:
        """Take it, or renew it in good time; raises LeaseLost.

        Looks before it writes, so that standing by keeps nobody from appending.
        """
        if self._clock() - self._renewed > _FRESH:
            if await self._store.read(self._holder) not in (None, self._instance):
                self._renewed = _NEVER
                raise LeaseLost(self.name)
            await self._store.write(self.guard)

    async def release(self) -> None:
        """Give it back if it may be ours, so that another process takes over at once."""
        if self._renewed is _NEVER:
            return
        self._renewed = _NEVER
        await self._store.write(lambda c: lease.release(c, self.name, self._instance))

    def _holder(self, connection: Connection) -> str | None:
        return lease.holder_of(connection, self.name, self._judge())


async def _nothing() -> None:
    """Leave it to whoever holds the lease."""


async def _always() -> bool:
    return True


class LeasedWork:
    """Steps for as long as it holds a lease; a step says for how many seconds it then rests.

    A step may take longer than a lease lasts: it is renewed meanwhile. A ``rest`` may end early,
    standing by and waiting after a fault do not. ``elsewhere`` is called again and again while
    another process holds the lease. Where nothing is ``wanted`` it gives the lease back, and looks
    again a second later.
    """

    def __init__(
        self,
        held: Lease,
        step: Callable[[], Awaitable[float]],
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        elsewhere: Callable[[], Awaitable[None]] = _nothing,
        wanted: Callable[[], Awaitable[bool]] = _always,
    ) -> None:
        self._held = held
        self._step = step
        self._rest = rest
        self._elsewhere = elsewhere
        self._wanted = wanted
        self._backoff = _FIRST_BACKOFF
        self.health = TaskHealth(held.name)

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time."""
        try:
            while True:
                await self._once()
        finally:
            await _give_back(self._held)

    async def _once(self) -> None:
        try:
            await self._work()
            self._backoff = _FIRST_BACKOFF
        except Exception as error:  # noqa: BLE001 (the service lives on; it is tried again)
            self.health.failed(named(error))
            _log.error(
                "background work failed; it is tried again",
                work=self._held.name,
                seconds=self._backoff,
                **because(error),
            )
            # Whoever fails for longer than the lease lasts lets another process try.
            await asyncio.sleep(self._backoff)
            self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)

    async def _work(self) -> None:
        try:
            seconds = await self._stepped()
        except LeaseLost:
            await self._elsewhere()
            self.health.well()
            await asyncio.sleep(_STANDBY_SECONDS)
        else:
            self.health.well()
            # It wakes in good time to renew the lease.
            await self._rest(min(seconds, _RENEWS_SECONDS))

    async def _stepped(self) -> float:
        if not await self._wanted():
            await self._held.release()
            return _LOOKS_SECONDS
        await self._held.hold()
        renewing = _Renewing(self._held)
        try:
            return await self._step()
        finally:
            await renewing.end()


class _Renewing:
    """Renews a lease while a step takes long; what goes wrong is for the step's guard to find.

    Nearly every step is over by then, so that no task is made before.
    """

    def __init__(self, held: Lease) -> None:
        self._held = held
        self._task: asyncio.Task[None] | None = None
        self._begins = asyncio.get_running_loop().call_later(_RENEWS_SECONDS, self._begin)

    async def end(self) -> None:
        """Renew it no longer."""
        self._begins.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        while True:
            await self._held.hold()
            await asyncio.sleep(_RENEWS_SECONDS)


async def _give_back(held: Lease) -> None:
    try:
        await held.release()
    except Exception:  # noqa: BLE001 (it runs out by itself)
        _log.debug("a lease is left to run out", work=held.name)
