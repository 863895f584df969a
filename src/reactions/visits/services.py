"""What a reaction that visits repositories is handed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from events.log import EventLog
from events.store import Store
from reactions.lanes import Lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Lanes, log and store, a clock of aware UTC time, and a guard.

    ``guard`` runs in every writing transaction and raises when this process should not be visiting.
    """

    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    guard: Callable[[Connection], None] = lambda _connection: None

    async def write(self, change: Callable[[Connection], None]) -> None:
        """Change something in one transaction, as long as the guard lets us."""

        def work(connection: Connection) -> None:
            self.guard(connection)
            change(connection)

        await self.store.write(work)
