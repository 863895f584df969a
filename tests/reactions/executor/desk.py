"""A live repository with a queued issue, what was decided for it, and an executor at its desk."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from events.catalogue import ActingUserSet, ModeSet, OwnEvent
from events.envelope import Event
from events.log import EventLog
from events.store import Store
from reactions.executor import Executor, Holding, Pace, Performed
from reactions.lanes import Lanes
from reactions.ports.acting import ActingPeople, Nobody
from reactions.ports.answers import Issue
from tests.conftest import Clock
from tests.reactions.conductor.stages import Stage, command, stage
from tests.reactions.github import MemoryGitHub
from tests.service import project
from tests.worlds.issues import Issue as WorldIssue
from tests.worlds.pull_requests import PullRequest as WorldPull
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

HELD = 30.0


@dataclass
class Desk:
    """What happened, who decides, who acts, and the GitHub that is acted on."""

    store: Store
    log: EventLog
    clock: Clock
    world: World
    github: MemoryGitHub
    stage: Stage
    told: int = 0
    keys: tuple[bytes, ...] = ()
    people: ActingPeople = field(default_factory=Nobody)

    async def goes_on(self) -> None:
        """Tell what happened since, and decide."""
        told, self.told = self.told, len(self.world.deliveries)
        await self.stage.happens(*self.world.deliveries[told:])
        await self.stage.settle()

    async def says(self, content: OwnEvent, repository: Repository | None, key: str = "") -> None:
        where = repository.id if repository is not None else None
        await self.stage.happens(command(content, where, key))
        await self.stage.settle()

    def executor(
        self, holder: str = "one", random: float = 1.0, keys: tuple[bytes, ...] = ()
    ) -> Executor:
        return Executor(
            github=self.github,
            lanes=Lanes(self.store),
            log=self.log,
            store=self.store,
            clock=self.clock,
            random=lambda: random,
            holding=Holding(holder, HELD),
            pace=Pace(0.0),
            pause=lambda _seconds: asyncio.sleep(0),
            keys=keys or self.keys,
            people=self.people,
        )

    async def work(self, holder: str = "one") -> Performed:
        """Let an executor look once, and project what it recorded."""
        performed = await self.executor(holder).step()
        await project(self.store)
        return performed

    async def until_idle(self) -> None:
        """Let an executor work until nothing is due."""
        for _ in range(30):
            if not (await self.work()).taken:
                return
        raise AssertionError("it never comes to rest")

    async def requested(self, kind: str) -> list[Event]:
        return [
            each
            for each in await self.stage.own()
            if each.action == "requested" and orjson.loads(each.payload)["kind"] == kind
        ]

    async def outcomes(self) -> list[tuple[str | None, dict[str, Any]]]:
        """What came of actions, in order: the event's action and its content."""
        return [
            (each.action, orjson.loads(each.payload))
            for each in await self.stage.own()
            if each.action != "requested"
        ]


async def a_desk(
    store: Store, log: EventLog, clock: Clock, names: Sequence[str] = ("octo-org/rocket",)
) -> Desk:
    """Set up live repositories with an acting user and one queued issue each."""
    world = World()
    await project(store)
    desk = Desk(store, log, clock, world, MemoryGitHub(), stage(store, log, clock))
    await desk.stage.happens(command(ActingUserSet(user_id=100, login="ada"), None))
    for name in names:
        repository = world.repository(name)
        queue(desk, repository)
        await desk.stage.happens(command(ModeSet(mode="live"), repository.id, name))
    await desk.goes_on()
    return desk


def queue(desk: Desk, repository: Repository, title: str = "Something") -> WorldIssue:
    """Queue an issue, on both sides."""
    issue = repository.open_issue(title, labels=("status:queued",))
    known = Issue(issue.number, f"I_{issue.number}", "open", (), ("status:queued",))
    desk.github.issues[repository.full_name, issue.number] = known
    return issue


async def asked_to_fix(desk: Desk) -> WorldPull:
    """Let Copilot's pull request fail its checks, and what is decided but the comment be done."""
    issue = desk.world.repositories[0].issues[0]
    issue.assign_copilot()
    pull = desk.world.repositories[0].copilot_opens(issue)
    run_ci(pull, "failure")
    pull.finish_round()
    await desk.goes_on()
    await desk.until_idle()
    desk.clock.advance(minutes=2)
    await desk.stage.settle()
    desk.github.show(desk.world.repositories[0].full_name, pull)
    return pull
