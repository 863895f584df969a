"""The threads through which a process reads SQLite: each transaction is one trip to a thread.

A driver that takes one trip per statement costs three times as much.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, Engine

from events.store import Result, Work


class ReaderThreads:
    """Runs so many reads side by side, each in a transaction of its own."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="sqlite-reader")

    async def run(self, work: Work[Result]) -> Result:
        """Run ``work`` in a transaction, when a thread is free."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._transact, work)

    async def close(self) -> None:
        """Run what is queued, then end the threads and their connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], Result]) -> Result:
        with self._engine.begin() as connection:
            return work(connection)
