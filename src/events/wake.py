"""Waking readers when the log has grown; only a hint, since everyone also polls."""

import asyncio
from collections.abc import Callable


class Wake:
    """Remembers the newest position heard of and wakes whoever waits for more."""

    def __init__(self) -> None:
        self._position = 0
        self._waiters: set[asyncio.Future[None]] = set()
        self._listeners: list[Callable[[int], None]] = []

    @property
    def position(self) -> int:
        """The newest position heard of."""
        return self._position

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with each new position signalled by this process."""
        self._listeners.append(listener)

    def signal(self, position: int) -> None:
        """Tell everyone, other processes too, that the log now reaches ``position``."""
        self.heard(position)
        for listener in self._listeners:
            listener(position)

    def heard(self, position: int) -> None:
        """Wake this process's waiters; what another process signalled arrives here."""
        self._position = max(self._position, position)
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self, after: int, seconds: float) -> None:
        """Return when a position beyond ``after`` was heard of, or after ``seconds``."""
        if self._position > after:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)
