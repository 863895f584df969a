"""What a process says of itself at its start: recorded where it is news, tried until it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from aggregates.scope import Scope
from events.read import head
from events.store import Store
from projections.lane_queries import around_lanes, folded

_LOOK_SECONDS = 0.1
_RETRY_SECONDS = 10.0


@dataclass(slots=True)
class Announcement:
    """One thing to be recorded, once what was said of it before is folded.

    ``record`` appends it, unless what holds around all lanes says so already; ``failed`` is told
    of every error, after which it is tried again.
    """

    store: Store
    record: Callable[[Scope], Awaitable[None]]
    failed: Callable[[Exception], None]
    _since: int | None = field(default=None, init=False)  # where the log ended at the first look

    async def run(self) -> None:
        """Work until it is recorded."""
        again: float | None = 0.0
        while again is not None:
            await asyncio.sleep(again)
            again = await self._try()

    async def _try(self) -> float | None:
        """Record it; return the seconds to wait before another try, if any."""
        try:
            around = await self.store.read(self._around)
            if around is None:
                return _LOOK_SECONDS
            await self.record(around)
        except Exception as error:  # noqa: BLE001 (whatever it is, the service works on)
            self.failed(error)
            return _RETRY_SECONDS
        return None

    def _around(self, connection: Connection) -> Scope | None:
        """Return the scopes, None while they do not reflect the log as it was at the first look."""
        if self._since is None:
            self._since = head(connection).position
        return around_lanes(connection) if folded(connection) >= self._since else None
