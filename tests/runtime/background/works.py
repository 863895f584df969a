"""Background work, done while a test goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from runtime.background.leased import LeasedWork

PATIENCE = 120.0  # seconds after which something that should come is taken not to


@asynccontextmanager
async def at_work(*works: LeasedWork) -> AsyncIterator[None]:
    """Let works be done until the block ends."""
    tasks = [asyncio.create_task(work.run()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
