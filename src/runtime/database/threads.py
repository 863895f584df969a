"""The threads through which a process reads and writes SQLite.

One writes: two writing connections of one process would fight over SQLite's lock by sleeping and
retrying, which costs an order of magnitude. Several read, each transaction one trip to a thread: a
driver that takes one trip per statement costs three times as much.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from events.store import Result, Work

Job: TypeAlias = Callable[[], None]

APPEND, OTHER = 0, 1
# Stride scheduling: time spent counts this many times over against a kind's claim to be next.
# When both always wait, appends get three quarters of the writer's time.
_STRIDE = (1.0, 3.0)


class Turns:
    """Two queues of jobs shared out by time spent; ``take`` blocks, ``put`` does not."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: tuple[deque[Job], deque[Job]] = (deque(), deque())
        self._claims = [0.0, 0.0]
        self._closed = False

    def put(self, kind: int, job: Job) -> None:
        """Queue a job of a kind, ``APPEND`` or ``OTHER``."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the database is closed")
            if not self._queues[kind]:  # one who slept has saved up no claim
                self._claims[kind] = max(self._claims[kind], self._claims[1 - kind])
            self._queues[kind].append(job)
            self._changed.notify()

    def take(self) -> tuple[int, Job] | None:
        """Return the next job, waiting for one; None once closed and empty."""
        with self._changed:
            while not any(self._queues):
                if self._closed:
                    return None
                self._changed.wait()
            kind = self._next_kind()
            return kind, self._queues[kind].popleft()

    def spent(self, kind: int, seconds: float) -> None:
        """Count the time that a job of a kind took."""
        with self._changed:
            self._claims[kind] += seconds * _STRIDE[kind]

    def close(self) -> None:
        """Take no more jobs; those queued are still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next_kind(self) -> int:
        if not self._queues[OTHER]:
            return APPEND
        if not self._queues[APPEND]:
            return OTHER
        return APPEND if self._claims[APPEND] <= self._claims[OTHER] else OTHER


# A flush per commit is what makes an append durable. Other writes can be made again from the log,
# and the log's next flush covers them: the write-ahead log is one sequence.
_SYNCHRONOUS = ("PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL")


class WriterThread:
    """Runs transactions one after the other on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turns = Turns()
        self._connections: deque[Connection] = deque()
        self._synchronous = -1
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, kind: int, work: Work[Result]) -> Result:
        """Run ``work`` in a transaction of a kind (``turns.APPEND`` or ``turns.OTHER``)."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            try:
                result = self._transact(kind, work)
            except BaseException as error:  # noqa: BLE001 (whatever it is belongs to the caller)
                deliver = partial(done.set_exception, error)
            else:
                deliver = partial(done.set_result, result)
            if not loop.is_closed():
                loop.call_soon_threadsafe(_unless_given_up, done, deliver)

        self._turns.put(kind, job)
        return await done

    async def close(self) -> None:
        """Run what is queued, then end the thread and its connection."""
        self._turns.close()
        await asyncio.to_thread(self._thread.join)
        _close(self._connections)
        self._engine.dispose()

    def _run(self) -> None:
        while (turn := self._turns.take()) is not None:
            kind, job = turn
            started = perf_counter()
            job()
            self._turns.spent(kind, perf_counter() - started)

    def _transact(self, kind: int, work: Callable[[Connection], Result]) -> Result:
        with _kept(self._engine, self._connections) as connection:
            if kind != self._synchronous:
                self._set_synchronous(connection, kind)
            with connection.begin():
                return work(connection)

    def _set_synchronous(self, connection: Connection, kind: int) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 (for the type checker; the pool just gave it)
        driver.execute(_SYNCHRONOUS[kind])
        self._synchronous = kind


class ReaderThreads:
    """Runs so many reads side by side, each in a transaction of its own."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="sqlite-reader")
        self._connections: deque[Connection] = deque()

    async def run(self, work: Work[Result]) -> Result:
        """Run ``work`` in a transaction, when a thread is free."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._transact, work)

    async def close(self) -> None:
        """Run what is queued, then end the threads and their connections."""
        await asyncio.to_thread(self._threads.shutdown)
        _close(self._connections)
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], Result]) -> Result:
        with _kept(self._engine, self._connections) as connection, connection.begin():
            return work(connection)


@contextmanager
def _kept(engine: Engine, idle: deque[Connection]) -> Iterator[Connection]:
    """Lend a connection for a transaction, and keep it unless that failed.

    To have it from the engine's pool each time takes longer than most transactions.
    """
    try:
        connection = idle.pop()
    except IndexError:  # none is idle, or another thread was faster
        connection = engine.connect()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    idle.append(connection)


def _close(connections: deque[Connection]) -> None:
    while connections:
        connections.pop().close()


def _unless_given_up(done: asyncio.Future[Result], deliver: Callable[[], None]) -> None:
    if not done.done():
        deliver()
