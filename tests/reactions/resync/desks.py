"""A desk for the resync."""

from aggregates.lane import Lane, initial_state
from events.catalogue import ResyncObserved, content_of
from reactions.lanes import Lanes
from reactions.resync import Resync
from tests.reactions.desks import Visiting, VisitingDesk
from tests.worlds.repositories import Repository


class Desk(VisitingDesk):
    """What a resync sees of a world."""

    @property
    def reaction(self) -> Visiting:
        """The reaction, which keeps nothing in memory."""
        return Resync(github=self.github, services=self.services, random=lambda: 0.5)

    async def observed(self) -> list[ResyncObserved]:
        """What was recorded so far."""
        events = await self.log.read(0, 10_000)
        contents = [content_of(event) for event in events if event.type == "resync"]
        return [content for content in contents if isinstance(content, ResyncObserved)]

    async def lane(self, repository: Repository) -> Lane:
        """The repository's lane as it is projected."""
        lanes = (await Lanes(self.store).lane(repository.id)).lanes
        return lanes[0].lane if lanes else initial_state(repository.id)
