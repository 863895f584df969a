"""A live repository whose pull request somebody approves, and who asks GitHub about them."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from aggregates.lane import Lane
from aggregates.stages import place
from aggregates.surroundings import circumstances
from aggregates.workflow import workflow_of
from events.catalogue import (
    ActingUserSet,
    Json,
    ModeSet,
    ResyncObserved,
    ServiceStarted,
    content_of,
)
from events.log import EventLog
from events.store import Store
from events.table import table_of
from reactions.asking import Asking
from reactions.asking.asking import Asked
from reactions.asking.table import OpenQuestion, QuestionRow
from reactions.lanes import Lanes
from reactions.visits import Services
from tests.conftest import Clock
from tests.reactions.conductor.stages import Stage, command, stage
from tests.reactions.github import MemoryGitHub
from tests.service import project
from tests.worlds.issues import Issue
from tests.worlds.people import reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

NAME = "octo-org/rocket"


@dataclass
class Desk:
    """What happened, who decides, who asks, and the GitHub that is asked."""

    store: Store
    log: EventLog
    clock: Clock
    github: MemoryGitHub
    stage: Stage
    told: Counter[World] = field(default_factory=Counter)

    def asking(self) -> Asking:
        services = Services(
            lanes=Lanes(self.store), log=self.log, store=self.store, clock=self.clock
        )
        return Asking(github=self.github, services=services)

    async def goes_on(self, world: World) -> None:
        """Tell what happened since, and decide."""
        told, self.told[world] = self.told[world], len(world.deliveries)
        if world not in self.github.worlds:
            self.github.worlds.append(world)
        await self.stage.happens(*world.deliveries[told:])
        await self.stage.settle()

    async def asks(self) -> Asked:
        """Ask until nothing is due, and let lanes reflect and decide upon what was answered."""
        for _ in range(20):
            asked = await self.asking().step()
            await self.stage.settle()
            if not asked.asked:
                return asked
        raise AssertionError("it never comes to rest")

    async def answers(self, kind: str = "permission") -> list[dict[str, Json]]:
        """What was recorded of one kind, in order."""
        events = [each for each in await self.log.read(0, 10_000) if each.type == "resync"]
        contents = [content_of(event) for event in events]
        return [
            content.object
            for content in contents
            if isinstance(content, ResyncObserved) and content.kind == kind
        ]

    async def questions(self) -> list[OpenQuestion]:
        """The questions that stand, by kind and login, but what is asked of nearly all work."""
        usual = ("mergeable", "session", "agent_merge")
        return [each for each in await self.all_questions() if each.kind not in usual]

    async def all_questions(self) -> list[OpenQuestion]:
        """All questions that stand, by kind and login."""
        every = select(table_of(QuestionRow))
        rows = await self.store.read(lambda c: c.execute(every).mappings().all())
        found = [OpenQuestion.model_construct(**row) for row in rows]
        return sorted(found, key=lambda each: (each.kind, each.login))

    async def lane(self, number: int) -> Lane:
        """What is known of a repository."""
        [reflected] = (await Lanes(self.store).lane(number)).lanes
        return reflected.lane

    async def shown(self, issue: Issue) -> str:
        """The reason on an issue's page."""
        number = issue.repository.id
        around = await Lanes(self.store).lane(number)
        [reflected] = around.lanes
        found = workflow_of(
            reflected.lane, circumstances(reflected.lane, around.surroundings), issue.number
        )
        assert found is not None
        return place(found).reason


async def a_desk(store: Store, log: EventLog, clock: Clock, *, has_app: bool = True) -> Desk:
    """Let there be an App, unless not, and an acting user."""
    await project(store)
    desk = Desk(store, log, clock, MemoryGitHub(), stage(store, log, clock))
    started = ServiceStarted(instance=UUID(int=1), version="1", role="all", has_app=has_app)
    await desk.stage.happens(command(started, None))
    await desk.stage.happens(command(ActingUserSet(user_id=100, login="ada"), None))
    return desk


async def a_live_repository(desk: Desk, world: World, name: str = NAME) -> Repository:
    """Have what is decided in a repository be done."""
    repository = world.repository(name)
    await desk.stage.happens(command(ModeSet(mode="live"), repository.id, name))
    return repository


def an_assigned_issue(repository: Repository) -> Issue:
    """Have Copilot on an issue of the queue."""
    issue = repository.open_issue("Something", labels=("status:queued",))
    issue.assign_copilot()
    return issue


def a_finished_round(repository: Repository, conclusion: str = "success") -> PullRequest:
    """Have Copilot's pull request come to this, when its round is over; nobody is told yet."""
    pull = repository.copilot_opens(an_assigned_issue(repository))
    run_ci(pull, conclusion)
    pull.finish_round()
    return pull


async def a_reviewed_pull(desk: Desk, world: World, name: str = NAME) -> PullRequest:
    """Have Copilot's pull request approved, by one of whom GitHub only hints that they may."""
    pull = a_finished_round(await a_live_repository(desk, world, name))
    pull.mark_ready()
    pull.review(reviewer, "approved")
    await desk.goes_on(world)
    return pull
