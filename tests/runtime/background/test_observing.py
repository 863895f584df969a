"""Looking at GitHub in the background: nobody decides before what is missing was delivered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from events.log import EventLog
from events.store import Store
from reactions.ports.failures import Unavailable
from reactions.ports.github import GitHub
from reactions.recovery import Gate
from runtime.background.observing import ObservingGitHub
from tests.conftest import Clock
from tests.reactions.recovered_github import RecoveredGitHub
from tests.runtime.background.works import PATIENCE, at_work
from tests.service import project
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.background.leased._STANDBY_SECONDS", 0.02)


@pytest.fixture
def world() -> World:
    world = World()
    world.repository("octo-org/rocket").open_issue("One")
    return world


@pytest.fixture
def github(world: World, log: EventLog) -> RecoveredGitHub:
    return RecoveredGitHub(world, arrived=log.append)


@asynccontextmanager
async def a_process(
    name: str, github: RecoveredGitHub, log: EventLog, store: Store, clock: Clock
) -> AsyncIterator[Gate]:
    """Look at GitHub as one process does, until the block ends."""
    looking = ObservingGitHub(
        github=cast("GitHub", github),
        log=log,
        store=store,
        clock=clock,
        random=lambda: 0.5,
        instance=name,
        gate=Gate(),
        recovery_seconds=0.1,
    )
    async with at_work(*looking.works()):
        yield looking.gate


async def test_the_gate_opens_once_what_was_missing_is_in_the_log(
    world: World, github: RecoveredGitHub, log: EventLog, store: Store, clock: Clock
) -> None:
    github.attempted(world.deliveries[0], clock(), "timed out")
    clock.advance(minutes=5)
    async with a_process("first", github, log, store, clock) as gate:
        async with asyncio.timeout(PATIENCE):
            while not gate.is_open:
                await asyncio.sleep(0.02)
                clock.advance(seconds=0.02)
        told = [event.id for event in await log.read(0, 10) if event.source == "github"]
        assert told == [world.deliveries[0].id]


async def test_while_github_does_not_answer_no_process_lets_anybody_through(
    github: RecoveredGitHub, log: EventLog, store: Store, clock: Clock
) -> None:
    away = True

    async def before(asked: str) -> None:
        if away and asked == "deliveries":
            raise Unavailable("GitHub did not answer")

    github.before = before
    async with (
        a_process("first", github, log, store, clock) as first,
        a_process("second", github, log, store, clock) as second,
    ):
        for _ in range(10):
            await asyncio.sleep(0.05)
            clock.advance(seconds=0.05)
        assert (first.is_open, second.is_open) == (False, False)
        away = False
        async with asyncio.timeout(PATIENCE):
            while not (first.is_open and second.is_open):
                await asyncio.sleep(0.05)
                clock.advance(seconds=0.05)


async def test_what_is_connected_is_looked_at_in_the_background(
    world: World, github: RecoveredGitHub, log: EventLog, store: Store, clock: Clock
) -> None:
    issue = world.repositories[0].issues[0]
    github.files["octo-org/rocket"] = [("c1", "mode: live\n")]
    await log.append(world.deliveries[0])
    issue.edit_title("Another")
    await project(store)
    wanted = {"policy", "resync"}
    async with a_process("first", github, log, store, clock), asyncio.timeout(PATIENCE):
        while not wanted <= {event.type for event in await log.read(0, 100)}:
            await project(store)
            await asyncio.sleep(0.05)
