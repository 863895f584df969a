"""Group commit: appends that come at the same time share one transaction.

Locking the head makes appends take turns, and each turn ends in a disk flush. Taking everybody
who waits into one turn buys that back.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from events.append import Appended, Prepared, append, prepare
from events.envelope import Event, NewEvent
from events.errors import EventRefused, LogOverloaded, LogUnavailable
from events.store import Store, is_outage

MAX_BATCH_EVENTS = 256
MAX_BATCH_BYTES = 16 * 1024 * 1024
MAX_WAITING_EVENTS = 10_000
MAX_WAITING_BYTES = 256 * 1024 * 1024

_QUICK_SECONDS = 1.0
_STALE_SECONDS = 8.0  # GitHub gives up after ten, and does not come back by itself


@dataclass(slots=True)
class _Request:
    prepared: list[Prepared]
    size: int
    done: asyncio.Future[list[Appended]]
    since: float


class Appender:
    """The one appender of a process; ``append`` returns once the events are durable."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        committed: Callable[[Sequence[Event]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._committed = committed
        self._waiting: deque[_Request] = deque()
        self._waiting_events = 0
        self._waiting_bytes = 0
        self._turn: asyncio.Task[None] | None = None

    async def append(self, new: Sequence[NewEvent]) -> list[Appended]:
        """Store events, in order and in one transaction, and return them as recorded.

        Raises LogOverloaded, LogUnavailable or EventRefused; nothing of ``new`` is stored then.
        """
        if not new:
            return []
        return await self.store(prepare_all(new), sum(len(event.payload) for event in new))

    async def store(self, prepared: list[Prepared], size: int) -> list[Appended]:
        """Store what is prepared, ``size`` bytes of payloads; raises likewise."""
        return await self.enqueue(prepared, size)

    def enqueue(self, prepared: list[Prepared], size: int) -> asyncio.Future[list[Appended]]:
        """Return what ``store`` would wait for; raises LogOverloaded, all else comes by it."""
        self._refuse_beyond_bounds(len(prepared), size)
        loop = asyncio.get_running_loop()
        request = _Request(prepared, size, loop.create_future(), loop.time())
        self._waiting.append(request)
        self._waiting_events += len(prepared)
        self._waiting_bytes += size
        if self._turn is None:
            self._turn = asyncio.create_task(self._take_turns())
        return request.done

    async def drain(self) -> None:
        """Wait until nothing is waiting to be stored."""
        while self._turn is not None:
            await asyncio.wait([self._turn])

    def _refuse_beyond_bounds(self, count: int, size: int) -> None:
        events, total = self._waiting_events + count, self._waiting_bytes + size
        if self._waiting and (events > MAX_WAITING_EVENTS or total > MAX_WAITING_BYTES):
            raise LogOverloaded("too many events are waiting to be stored; send it again later")

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # let those in who are ready at this very moment
                batch = self._next_batch()
                if fresh := [request for request in batch if not _refuse_stale(request)]:
                    await self._store_batch(fresh)
        finally:
            self._turn = None

    def _next_batch(self) -> list[_Request]:
        batch = [self._waiting.popleft()]
        count, size = len(batch[0].prepared), batch[0].size
        while self._waiting:
            count += len(self._waiting[0].prepared)
            size += self._waiting[0].size
            if count > MAX_BATCH_EVENTS or size > MAX_BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        self._waiting_events -= sum(len(request.prepared) for request in batch)
        self._waiting_bytes -= sum(request.size for request in batch)
        return batch

    async def _store_batch(self, batch: list[_Request]) -> None:
        try:
            await self._store_trying_twice(batch)
        except Exception as error:  # noqa: BLE001 (it is handed to whoever waits)
            if len(batch) == 1 or is_outage(error):
                for request in batch:
                    _fail(request, error)
            else:
                await self._store_singly(batch)

    async def _store_singly(self, batch: list[_Request]) -> None:
        """Store one by one, so that one bad row cannot refuse its neighbours."""
        for request in batch:
            await self._store_batch([request])

    async def _store_trying_twice(self, batch: list[_Request]) -> None:
        """Store; once more after a quick failure, as of a connection from before a restart."""
        started = asyncio.get_running_loop().time()
        try:
            await self._store_together(batch)
        except Exception as error:
            slow = asyncio.get_running_loop().time() - started > _QUICK_SECONDS
            if slow or not is_outage(error):
                raise
            await self._store_together(batch)

    async def _store_together(self, batch: list[_Request]) -> None:
        everything = [prepared for request in batch for prepared in request.prepared]
        results = await self._store.append(
            lambda connection: append(connection, everything, self._clock())
        )
        self._committed([result.event for result in results])
        remaining = iter(results)
        for request in batch:
            mine = [next(remaining) for _ in request.prepared]
            if not request.done.done():
                request.done.set_result(mine)


def prepare_all(new: Sequence[NewEvent]) -> list[Prepared]:
    """Prepare events; raises EventRefused."""
    try:
        return [prepare(event) for event in new]
    except UnicodeEncodeError as error:
        raise EventRefused("an event's text has a lone surrogate, which is not UTF-8") from error


def _refuse_stale(request: _Request) -> bool:
    stale = asyncio.get_running_loop().time() - request.since > _STALE_SECONDS
    if stale:
        _fail(request, TimeoutError("it waited too long to be stored"))
    return stale


def _fail(request: _Request, error: Exception) -> None:
    if not request.done.done():
        refused = _refusal(error)
        refused.__cause__ = error if refused is not error else error.__cause__
        request.done.set_exception(refused)


def _refusal(error: Exception) -> Exception:
    if is_outage(error):
        return LogUnavailable("the database did not take the event; send it again later")
    if isinstance(error, SQLAlchemyError | ValueError | OverflowError):
        return EventRefused("the database refuses this event")
    return error
