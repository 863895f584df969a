"""What holds back whoever acts until the past is complete."""

import asyncio
from contextlib import suppress


class Gate:
    """Closed until it is opened, and open from then on."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether nobody is held back any more."""
        return self._opened.is_set()

    def open(self) -> None:
        """Let everybody through; again is no harm."""
        self._opened.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """Return once it is open, or after a time whether it is or not; say which."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._opened.wait()
        return self.is_open
