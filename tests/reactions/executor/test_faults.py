"""What goes wrong beside GitHub: it stops nobody else, and nothing is done in the dark."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from events.catalogue import LanePaused, ModeSet
from events.log import EventLog
from events.store import Store
from reactions.executor.claiming import PER_INSTALLATION
from reactions.lanes import Lanes, Reflection
from reactions.ports.answers import Repository
from tests.conftest import Clock
from tests.reactions.conductor.stages import command
from tests.reactions.executor.desk import HELD, a_desk, asked_to_fix

pytestmark = pytest.mark.anyio


class Unreadable(Lanes):
    """Lanes of which some cannot be read."""

    def __init__(self, store: Store, *repository_ids: int) -> None:
        super().__init__(store)
        self._unreadable = repository_ids

    async def lane(self, repository_id: int) -> Reflection:
        if repository_id in self._unreadable:
            raise ValueError("not to be read")
        return await super().lane(repository_id)


async def test_a_command_that_is_not_projected_yet_is_waited_for(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    rocket = desk.world.repositories[0]
    await log.append(command(LanePaused(reason="a release"), rocket.id))
    await desk.executor().step()
    assert desk.github.done == {}
    clock.advance(seconds=5)
    await desk.until_idle()  # the lane is folded by now, and says that it is paused
    assert desk.github.done == {}
    assert await desk.outcomes() == []


async def test_a_lane_that_cannot_be_read_stops_no_other(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock, ("octo-org/rocket", "octo-org/lander"))
    rocket = desk.world.repositories[0]
    executor = replace(desk.executor(), lanes=Unreadable(store, rocket.id))
    assert (await executor.step()).taken == 2
    assert desk.github.done["assign"] == 1
    clock.advance(seconds=HELD + 1)
    await desk.stage.settle()
    await desk.until_idle()
    assert desk.github.done["assign"] == 2


async def test_lanes_that_cannot_be_read_leave_room_for_others_of_their_installation(
    store: Store, log: EventLog, clock: Clock
) -> None:
    names = [f"octo-org/rocket-{number}" for number in range(PER_INSTALLATION + 1)]
    desk = await a_desk(store, log, clock, names)
    first = (each.repository_id or 0 for each in (await desk.requested("assign"))[:-1])
    executor = replace(desk.executor(), lanes=Unreadable(store, *first))
    for _ in range(3):
        await executor.step()
        clock.advance(seconds=HELD + 1)
    assert desk.github.done["assign"] == 1


async def test_no_secret_of_an_error_gets_into_log_lines_or_events(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)

    async def before(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("ghu_the-token-of-ada")

    desk.github.before = before
    with capture_logs() as lines:
        for _ in range(20):
            await desk.work()
            clock.advance(minutes=5)
    assert [action for action, _ in await desk.outcomes()] == ["failed"]
    events = await log.read(0, 1000)
    assert not any("ghu_" in event.payload for event in events)
    assert "ghu_" not in str(lines)
    assert any("RuntimeError" in str(line) for line in lines)


async def test_going_out_of_live_mode_stops_what_is_under_way_to_be_tried_again(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    await asked_to_fix(desk)

    async def before(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("once")

    desk.github.before = before
    await desk.work()
    desk.github.before = None
    await desk.says(ModeSet(mode="shadow"), desk.world.repositories[0], "shadow")
    clock.advance(minutes=1)
    await desk.until_idle()
    assert desk.github.done["comment"] == 0
    assert (await desk.outcomes())[-1][0] == "cancelled"
