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
from runtime.logs import because

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
        self._backoff = _POLL_SECONDS
        self._renewed = datetime.min.replace(tzinfo=UTC)
        self._runner = Runner(PROJECTIONS, store, store, self._hold_lease)

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time."""
        while True:
            try:
                await self._work()
            except CheckpointMoved as moved:
                _log.debug("another process is projecting", reason=str(moved))
                await asyncio.sleep(_STANDBY_SECONDS)
            except Exception as error:  # noqa: BLE001 (the service lives on without its pages)
                _log.error(
                    "projecting failed; it is tried again", seconds=self._backoff, **because(error)
                )
                await asyncio.sleep(self._backoff)
                self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)

    async def release(self) -> None:
        """Give the lease back, so that another process takes over at once."""
        await self._store.write(lambda connection: lease.release(connection, LEASE, self._instance))

    async def _work(self) -> None:
        if not await self._store.write(self._take_lease):
            raise CheckpointMoved("it holds the lease")
        restarted = await self._runner.prepare()
        if restarted:
            _log.info("building projections from the log", projections=restarted)
        while True:
            heard = self._grown.position
            if position := await self._runner.step():
                self._progress.signal(position)
            else:
                await self._idle(heard)
            self._backoff = _POLL_SECONDS

    async def _idle(self, heard: int) -> None:
        """Wait for more than was heard of before we looked; renew the lease in good time."""
        if self._clock() - self._renewed > lease.LASTS / 3:
            await self._store.write(self._hold_lease)
        await self._grown.wait(heard, _POLL_SECONDS)

    def _take_lease(self, connection: Connection) -> bool:
        self._renewed = self._clock()
        return lease.acquire(connection, LEASE, self._instance, self._renewed)

    def _hold_lease(self, connection: Connection) -> None:
        if not self._take_lease(connection):
            raise CheckpointMoved("the lease went to another process")
