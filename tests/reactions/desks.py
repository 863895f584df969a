"""A log, its lanes, a world's GitHub and a reaction that visits, moved on by hand."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from reactions.lanes import Lanes
from reactions.visits import Services, Visited
from tests.conftest import Clock
from tests.reactions.recovered_github import RecoveredGitHub
from tests.service import project


class Visiting(Protocol):
    """A reaction that visits what is due."""

    async def step(self) -> Visited: ...


@dataclass
class VisitingDesk(ABC):
    """What happens is appended and projected, then looked at."""

    store: Store
    log: EventLog
    clock: Clock
    github: RecoveredGitHub

    @property
    def lanes(self) -> Lanes:
        """The lanes as the reaction reads them."""
        return Lanes(self.store)

    @property
    def services(self) -> Services:
        """What the reaction is handed."""
        return Services(lanes=self.lanes, log=self.log, store=self.store, clock=self.clock)

    @property
    @abstractmethod
    def reaction(self) -> Visiting:
        """The reaction, which keeps nothing in memory."""

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
