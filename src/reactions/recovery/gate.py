"""What holds back whoever acts until the past is complete."""

import asyncio


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

    async def wait(self) -> None:
        """Return once it is open."""
        await self._opened.wait()
