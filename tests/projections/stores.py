"""Stores with a fault, around a real one."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from events.store import Result, Store, Work


class Around:
    """A store that does what another does; its subclasses differ in one thing."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def dialect(self) -> str:
        return self.store.dialect

    async def append(self, work: Work[Result]) -> Result:
        return await self.store.append(work)

    async def write(self, work: Work[Result]) -> Result:
        return await self.store.write(work)

    async def read(self, work: Work[Result]) -> Result:
        return await self.store.read(work)


class CountingReads(Around):
    """Counts the transactions that read."""

    reads = 0

    async def read(self, work: Work[Result]) -> Result:
        self.reads += 1
        return await super().read(work)


class FailingWrite(Around):
    """Fails the writes of the given numbers after their work, before they could be committed."""

    def __init__(self, store: Store, *numbers: int) -> None:
        super().__init__(store)
        self.failing = set(numbers)
        self.writes = 0

    async def write(self, work: Work[Result]) -> Result:
        self.writes += 1
        fails = self.writes in self.failing

        def then_fail(connection: Connection) -> Result:
            result = work(connection)
            if fails:
                raise gone()
            return result

        return await super().write(then_fail)


class Interrupted(Around):
    """Lets something else happen just before the first write."""

    def __init__(self, store: Store, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(store)
        self.meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def write(self, work: Work[Result]) -> Result:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await super().write(work)


def gone() -> OperationalError:
    """What a database raises when it is not there."""
    return OperationalError("COMMIT", None, Exception("the connection was lost"))
