"""The processes of a service beside one another, any of which may die."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from signal import SIGKILL
from types import TracebackType
from typing import Self

from tests.loop.town import Town
from tests.service import Started

ROLES = ("web", "worker", "worker")


@dataclass
class Crew:
    """One process that receives and two that work, on one database, until the block ends."""

    town: Town
    members: list[Started] = field(default_factory=list)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        self.members = [await self._join(role) for role in ROLES]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._running.aclose()

    @property
    def url(self) -> str:
        """Where the process that receives listens."""
        return self.members[0].url

    async def lose_one(self, dice: Random) -> None:
        """Kill one process, whatever it does just now, and start another in its place."""
        place = dice.randrange(len(ROLES))
        self.members[place].process.send_signal(SIGKILL)
        self.members[place].process.wait()
        self.members[place] = await self._join(ROLES[place])

    async def _join(self, role: str) -> Started:
        return await self._running.enter_async_context(self.town.process(role))
