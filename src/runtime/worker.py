"""The background work of the service: done by one process at a time."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from events import lease
from events.store import Store
from events.wake import Wake
from projections.checkpoints import CheckpointMoved
from projections.registry import PROJECTIONS
from projections.runner import Runner

LEASE = "projections"
_POLL_SECONDS = 1.0
_STANDBY_SECONDS = 3.0
_LONGEST_BACKOFF = 30.0

_log = structlog.get_logger("worker")


class ProjectionWorker:
    """Keeps the projections at the log's head for as long as this process holds the lease."""

    def __init__(
        self,
        store: Store,
        grown: Wake,
        progress: Wake,
        clock: Callable[[], datetime],
        instance: str,
    ) -> None:
        self._store = store
        self._grown = grown
        self._progress = progress
        self._clock = clock
        self._instance = instance
        self._renewed = datetime.min.replace(tzinfo=UTC)
        self._runner = Runner(PROJECTIONS, store, store, self._hold_lease)

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time."""
        backoff = _POLL_SECONDS
        while True:
            try:
                await self._work()
                backoff = _POLL_SECONDS
            except CheckpointMoved as moved:
                _log.debug("another process is projecting", reason=str(moved))
                await asyncio.sleep(_STANDBY_SECONDS)
            except Exception:  # noqa: BLE001 (the service lives on without its pages)
                _log.exception("projecting failed; it is tried again", seconds=backoff)
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, _LONGEST_BACKOFF)

    async def release(self) -> None:
        """Give the lease back, so that another process takes over at once."""
        await self._store.write(lambda connection: lease.release(connection, LEASE, self._instance))

    async def _work(self) -> None:
        if not await self._store.write(self._take_lease):
            raise CheckpointMoved("it holds the lease")
        restarted = await self._runner.prepare()
        if restarted:
            _log.info("building projections from the log", projections=restarted)
        reached = 0
        while True:
            if position := await self._runner.step():
                reached = position
                self._progress.signal(position)
            else:
                await self._idle(reached)

    async def _idle(self, reached: int) -> None:
        """Wait for the log to grow; renew the lease when a third of it is over."""
        if self._clock() - self._renewed > lease.LASTS / 3:
            await self._store.write(self._hold_lease)
        await self._grown.wait(reached, _POLL_SECONDS)

    def _take_lease(self, connection: Connection) -> bool:
        self._renewed = self._clock()
        return lease.acquire(connection, LEASE, self._instance, self._renewed)

    def _hold_lease(self, connection: Connection) -> None:
        if not self._take_lease(connection):
            raise CheckpointMoved("the lease went to another process")
