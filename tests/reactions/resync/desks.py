"""A log, its lanes, a world's GitHub and the resync, moved on by hand."""

from dataclasses import dataclass

from aggregates.lane import Lane, initial_state
from events.catalogue import ResyncObserved, content_of
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from reactions.resync import Resync
from reactions.visits import Visited
from runtime.lanes import ProjectedLanes
from tests.conftest import Clock
from tests.reactions.recovered_github import RecoveredGitHub
from tests.service import project
from tests.worlds.repositories import Repository
from tests.worlds.world import World


@dataclass
class Desk:
    """What happens is appended and projected, then looked at."""

    store: Store
    log: EventLog
    clock: Clock
    world: World
    github: RecoveredGitHub

    @property
    def reaction(self) -> Resync:
        """The reaction, which keeps nothing in memory."""
        return Resync(
            github=self.github,
            lanes=ProjectedLanes(self.store),
            log=self.log,
            store=self.store,
            clock=self.clock,
            random=lambda: 0.5,
        )

    async def happens(self, *history: NewEvent) -> None:
        """Append and project."""
        for event in history:
            await self.log.append(event)
        await project(self.store)

    async def goes_on(self) -> Visited:
        """Let the reaction look until nothing is due, and project what it recorded."""
        for _ in range(100):
            visited = await self.reaction.step()
            if not visited.visited:
                return visited
            await project(self.store)
        raise AssertionError("it never comes to rest")

    async def observed(self) -> list[ResyncObserved]:
        """What was recorded so far."""
        events = await self.log.read(0, 10_000)
        contents = [content_of(event) for event in events if event.type == "resync"]
        return [content for content in contents if isinstance(content, ResyncObserved)]

    async def lane(self, repository: Repository) -> Lane:
        """The repository's lane as it is projected."""
        lanes = (await ProjectedLanes(self.store).lane(repository.id)).lanes
        return lanes[0] if lanes else initial_state(repository.id)
