"""A log that never rests."""

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from reactions.lanes import Lanes
from tests.projections.builders import redelivered
from tests.service import project


class GrowingLanes(Lanes):
    """Lanes that catch up whenever somebody looks, while one more delivery is appended."""

    def __init__(self, store: Store, log: EventLog, delivery: NewEvent) -> None:
        super().__init__(store)
        self._store = store
        self._log = log
        self._delivery = delivery

    async def position(self) -> int:
        await project(self._store)
        await self._log.append(redelivered(self._delivery))
        return await super().position()
