"""How long something may hold the event loop before others on it get their chance."""

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class LoopShare:
    """Lets others on the event loop go on once it was held for so many seconds."""

    seconds: float
    _since: float = field(default_factory=time.perf_counter)

    async def offer(self) -> None:
        """Let others go on, if it is time; to be asked every millisecond or so."""
        if time.perf_counter() - self._since >= self.seconds:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
