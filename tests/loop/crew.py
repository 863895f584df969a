"""The processes of a service beside one another, any of which may die."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from signal import SIGKILL

from tests.loop.town import Town
from tests.service import Started

ROLES = ("web", "worker", "worker")


@dataclass
class Crew:
    """One process that receives and two that work, on one database."""

    town: Town
    running: AsyncExitStack
    members: list[Started] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the process that receives listens."""
        return self.members[0].url

    async def lose_one(self, dice: Random) -> None:
        """Kill one process, whatever it does just now, and start another in its place."""
        place = dice.randrange(len(ROLES))
        self.members[place].process.send_signal(SIGKILL)
        self.members[place].process.wait()
        self.members[place] = await self.join(ROLES[place])

    async def join(self, role: str) -> Started:
        """Start one more process."""
        return await self.running.enter_async_context(self.town.process(role))


@asynccontextmanager
async def a_crew(town: Town) -> AsyncIterator[Crew]:
    """Run a crew until the block ends."""
    async with AsyncExitStack() as running:
        crew = Crew(town, running)
        for role in ROLES:
            crew.members.append(await crew.join(role))
        yield crew
