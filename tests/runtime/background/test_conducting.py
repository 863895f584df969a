"""Deciding in the background: at once, each share by itself, and by another process after this."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from events import lease
from events.append import Appended
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Result, Store, Work
from events.wake import Wake
from runtime.background.conducting import PARTITIONS, Conducting
from tests.conftest import Clock
from tests.projections.stores import Around
from tests.runtime.background.works import PATIENCE, at_work
from tests.service import project
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens but for what is heard: looking again, and standing by, take too long."""
    monkeypatch.setattr("runtime.background.listening.POLL_SECONDS", 2 * PATIENCE)
    monkeypatch.setattr("runtime.background.leased._RENEWS_SECONDS", 2 * PATIENCE)


class Meeting(EventLog):
    """A log where something happens before what is decided for one repository is appended."""

    repository_id: int | None = None

    async def meets(self) -> None:
        """Do nothing; a test says what happens."""

    async def append(self, *new: NewEvent) -> list[Appended]:
        if new[0].repository_id == self.repository_id and new[0].type == "action":
            await self.meets()
        return await super().append(*new)


class Holding(Around):
    """A store that, once told to, keeps what was read back until it is told to go on."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.held = 0
        self.on = asyncio.Event()
        self.on.set()

    async def read(self, work: Work[Result]) -> Result:
        result = await super().read(work)
        self.held += not self.on.is_set()
        await self.on.wait()
        return result


@dataclass
class Scene:
    """A world of which is told what happens, and a process that decides."""

    store: Store
    log: EventLog
    clock: Clock
    world: World = field(default_factory=World)
    shares: list[Wake] = field(default_factory=lambda: [Wake() for _ in range(PARTITIONS)])
    told: int = 0

    def conducting(self, instance: str) -> Conducting:
        return Conducting(
            log=self.log,
            store=self.store,
            shares=self.shares,
            clock=self.clock,
            instance=instance,
        )

    @asynccontextmanager
    async def process(self, instance: str = "one") -> AsyncIterator[None]:
        """Decide as one process does, until the block ends."""
        async with at_work(*self.conducting(instance).works()):
            yield

    async def happens(self) -> None:
        """Append what is new in the world, project it, and tell that it is projected."""
        for event in self.world.deliveries[self.told :]:
            await self.log.append(event)
        self.told = len(self.world.deliveries)
        await project(self.store)
        self.moved((await self.log.head()).position)

    def moved(self, position: int) -> None:
        """Tell that lanes are folded up to a position."""
        for share in self.shares:
            share.signal(position)

    async def decided(self, repository: Repository) -> None:
        """Wait until something was decided for a repository."""
        async with asyncio.timeout(PATIENCE):
            while repository.id not in await self.deciding():  # noqa: ASYNC110 (the log's wake is not ours)
                await asyncio.sleep(0.01)

    async def deciding(self) -> set[int | None]:
        """Return the repositories for which something was decided."""
        events = await self.log.read(0, 1000)
        return {event.repository_id for event in events if event.type == "action"}

    async def holders(self) -> set[str | None]:
        """Return who holds the leases."""
        names = [f"conductor-{number}" for number in range(PARTITIONS)]
        return await self.store.read(
            lambda c: {lease.holder_of(c, name, self.clock()) for name in names}
        )

    async def held_by(self, instance: str) -> None:
        """Wait until one process holds all leases."""
        async with asyncio.timeout(PATIENCE):
            while await self.holders() != {instance}:  # noqa: ASYNC110 (a row sets no event)
                await asyncio.sleep(0.01)


@pytest.fixture
async def scene(store: Store, clock: Clock) -> Scene:
    await project(store)
    return Scene(store, Meeting(store, clock, Wake()), clock)


def in_another_share(world: World, repository: Repository) -> Repository:
    """Return a repository for which another conductor decides."""
    others = (world.repository(f"octo-org/lander-{number}") for number in range(100))
    return next(each for each in others if (each.id - repository.id) % PARTITIONS)


def queue(*repositories: Repository) -> None:
    for repository in repositories:
        repository.open_issue("One", labels=("status:queued",))


async def test_it_decides_as_soon_as_the_lanes_moved_on(scene: Scene) -> None:
    rocket = scene.world.repository("octo-org/rocket")
    async with scene.process():
        await scene.held_by("one")
        queue(rocket)
        await scene.happens()
        await scene.decided(rocket)


async def test_what_moves_on_while_it_looks_is_decided_without_another_sign(scene: Scene) -> None:
    rocket = scene.world.repository("octo-org/rocket")
    store = Holding(scene.store)
    async with at_work(*replace(scene.conducting("one"), store=store).works()):
        await scene.held_by("one")
        queue(rocket, rocket)
        store.on.clear()
        scene.moved(1)  # of the two or more events that are yet to come
        async with asyncio.timeout(PATIENCE):
            while store.held < PARTITIONS:  # noqa: ASYNC110 (reads set no event)
                await asyncio.sleep(0.01)
        await scene.happens()
        store.on.set()
        await scene.decided(rocket)


@pytest.mark.parametrize("fails", [False, True], ids=["slow", "failing"])
async def test_a_share_that_is_slow_or_fails_holds_no_other_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    monkeypatch.setattr("runtime.background.leased._FIRST_BACKOFF", 2 * PATIENCE)
    rocket = scene.world.repository("octo-org/rocket")
    lander = in_another_share(scene.world, rocket)
    met = asyncio.Event()

    async def meets() -> None:
        met.set()
        if fails:
            raise RuntimeError("what nobody thought of")
        await asyncio.Event().wait()

    assert isinstance(scene.log, Meeting)
    monkeypatch.setattr(scene.log, "repository_id", rocket.id)
    monkeypatch.setattr(scene.log, "meets", meets)
    async with scene.process():
        queue(rocket)
        await scene.happens()
        async with asyncio.timeout(PATIENCE):
            await met.wait()
        queue(lander)
        await scene.happens()
        await scene.decided(lander)
        assert rocket.id not in await scene.deciding()


async def test_what_failed_is_decided_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.background.leased._FIRST_BACKOFF", 0.02)
    rocket = scene.world.repository("octo-org/rocket")
    tried = 0

    async def meets() -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise RuntimeError("what nobody thought of")

    assert isinstance(scene.log, Meeting)
    monkeypatch.setattr(scene.log, "repository_id", rocket.id)
    monkeypatch.setattr(scene.log, "meets", meets)
    async with scene.process():
        queue(rocket)
        await scene.happens()
        await scene.decided(rocket)


async def test_of_two_processes_one_decides_and_the_other_takes_over_when_it_ends(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background.leased._STANDBY_SECONDS", 0.02)
    rocket = scene.world.repository("octo-org/rocket")
    async with AsyncExitStack() as second:
        async with scene.process("first"):
            await scene.held_by("first")
            await second.enter_async_context(scene.process("second"))
            await asyncio.sleep(0.1)
            assert await scene.holders() == {"first"}
        await scene.held_by("second")
        queue(rocket)
        await scene.happens()
        await scene.decided(rocket)
    assert await scene.holders() == {None}
