"""The background work of deciding: each share of the lanes by one process at a time."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from events import lease
from events.errors import OrchestratorError
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from reactions.conductor import Conductor, Looked
from reactions.ports.lanes import Partition
from runtime.lanes import ProjectedLanes

PARTITIONS = 4
_POLL_SECONDS = 1.0
_BEHIND_SECONDS = 0.05  # until the lanes have caught up, if this process does not project
_PAUSE_SECONDS = 0.05  # between looks, so that a busy log is decided upon in batches
_LONGEST_BACKOFF = 30.0

_log = structlog.get_logger("conductor")


class LeaseLost(OrchestratorError):
    """Another process decides for these lanes now."""


class ConductorWorker:
    """Decides for as many shares of the lanes as this process holds leases of."""

    def __init__(
        self,
        log: EventLog,
        store: Store,
        progress: Wake,
        clock: Callable[[], datetime],
        instance: str,
    ) -> None:
        self._event_log = log
        self._store = store
        self._progress = progress
        self._clock = clock
        self._instance = instance
        self._backoff = _POLL_SECONDS
        self._mine: set[int] = set()
        self._tried = datetime.min.replace(tzinfo=UTC)
        self._conductors = [self._conductor(number) for number in range(PARTITIONS)]

    async def run(self) -> None:
        """Work until cancelled; a fault is logged and tried again, later each time."""
        while True:
            try:
                await self._look()
                self._backoff = _POLL_SECONDS
            except LeaseLost as lost:
                _log.debug("another process decides", reason=str(lost))
                await asyncio.sleep(_POLL_SECONDS)
            except Exception:  # noqa: BLE001 (the service lives on; what was missed is decided later)
                _log.exception("deciding failed; it is tried again", seconds=self._backoff)
                await asyncio.sleep(self._backoff)
                self._backoff = min(2 * self._backoff, _LONGEST_BACKOFF)

    async def release(self) -> None:
        """Give the leases back, so that another process takes over at once."""
        names = [_lease(number) for number in range(PARTITIONS)]

        def work(connection: Connection) -> None:
            for name in names:
                lease.release(connection, name, self._instance)

        await self._store.write(work)

    def _conductor(self, number: int) -> Conductor:
        return Conductor(
            lanes=ProjectedLanes(self._store),
            log=self._event_log,
            store=self._store,
            clock=self._clock,
            partition=Partition(number, PARTITIONS),
            guard=lambda connection: self._hold(connection, number),
        )

    async def _look(self) -> None:
        heard = self._progress.position
        if self._clock() - self._tried > lease.LASTS / 5:
            await self._store.write(self._take_leases)
        mine = [each for each in self._conductors if each.partition.number in self._mine]
        looks = [await conductor.step() for conductor in mine]
        await asyncio.sleep(_PAUSE_SECONDS)
        if any(look.behind for look in looks):
            await self._progress.wait(heard, _BEHIND_SECONDS)
        elif not any(look.appended for look in looks):
            await self._progress.wait(heard, self._patience(looks))

    def _patience(self, looks: list[Looked]) -> float:
        """Return for how long nothing is to be done, in seconds, unless something is heard."""
        due = min((look.next_due for look in looks if look.next_due), default=None)
        if due is None:
            return _POLL_SECONDS
        return min(_POLL_SECONDS, max(0.0, (due - self._clock()).total_seconds()))

    def _take_leases(self, connection: Connection) -> None:
        """Renew one's own leases, and take those that are free."""
        self._tried = self._clock()
        for number in range(PARTITIONS):
            self._acquire(connection, number)

    def _hold(self, connection: Connection, number: int) -> None:
        if not self._acquire(connection, number):
            raise LeaseLost(_lease(number))

    def _acquire(self, connection: Connection, number: int) -> bool:
        held = lease.acquire(connection, _lease(number), self._instance, self._clock())
        (self._mine.add if held else self._mine.discard)(number)
        return held


def _lease(number: int) -> str:
    return f"conductor-{number}"
