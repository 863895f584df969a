"""Not asking too much of GitHub at once: a pause between changes, for each installation."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

_MOST = 10_000  # installations remembered


@dataclass(slots=True)
class Pace:
    """Lets one change of an installation follow the other only after ``seconds``.

    GitHub wants changes one after the other with a second between them. Each process keeps its own
    pace; where several act for one installation, GitHub's limits tell.
    """

    seconds: float = 1.0
    _turns: dict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _last: dict[int, float] = field(default_factory=dict)

    async def turn(self, installation_id: int) -> None:
        """Return when the installation's next change may be made."""
        if len(self._last) > _MOST:
            self._last.clear()
            self._turns.clear()
        loop = asyncio.get_running_loop()
        async with self._turns[installation_id]:
            since = loop.time() - self._last.get(installation_id, float("-inf"))
            if since < self.seconds:
                await asyncio.sleep(self.seconds - since)
            self._last[installation_id] = loop.time()
