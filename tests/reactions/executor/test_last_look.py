"""What is known right before a change decides whether it is made, also after a wait for a turn."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from events.catalogue import LanePaused, LaneResumed, ModeSet
from events.log import EventLog
from events.store import Store
from reactions.as_whom import THE_USER
from reactions.executor import Pace
from reactions.ports.answers import Repository
from reactions.ports.failures import RateLimited, Unavailable
from tests.conftest import Clock
from tests.reactions.conductor.stages import command
from tests.reactions.executor.desk import Desk, a_desk, asked_to_fix
from tests.service import project

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def waits_while(desk: Desk, happens: Callable[[], Awaitable[None]]) -> list[float]:
    """Let an executor wait for the person's turn while something happens; returns its waits."""
    pace, waits = Pace(1.0), list[float]()
    pace.rest((THE_USER,), desk.clock() + timedelta(seconds=3))

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            await happens()

    await replace(desk.executor(), pace=pace, pause=pause).step()
    await project(desk.store)
    return waits


async def outcome_of(desk: Desk, kind: str) -> tuple[str | None, str]:
    """What came of the newest action of a kind, and why if it was called off."""
    *_, request = await desk.requested(kind)
    found = [each for each in await desk.outcomes() if each[1]["action_id"] == str(request.id)]
    return (found[0][0], found[0][1].get("why", "")) if found else (None, "")


async def test_what_waits_for_its_turn_is_sent_when_it_is_still_wanted(desk: Desk) -> None:
    async def nothing() -> None:
        desk.clock.advance(seconds=3)

    assert await waits_while(desk, nothing) == [3.0]
    assert desk.github.done["assign"] == 1


async def test_what_passes_while_it_waits_for_its_turn_is_called_off(desk: Desk) -> None:
    async def goes_off() -> None:
        await desk.says(ModeSet(mode="off"), desk.world.repositories[0], "off")

    await waits_while(desk, goes_off)
    assert desk.github.done == {}
    assert await outcome_of(desk, "assign") == ("cancelled", "the mode is off")


async def test_a_head_that_moves_while_a_comment_waits_for_its_turn_calls_it_off(
    desk: Desk,
) -> None:
    pull = await asked_to_fix(desk)

    async def moves() -> None:
        pull.push()
        await desk.goes_on()

    await waits_while(desk, moves)
    assert desk.github.comments == []
    assert await outcome_of(desk, "ask_to_fix_ci") == (
        "cancelled",
        "the pull request's head moved on",
    )


async def test_a_merge_while_a_comment_waits_for_its_turn_calls_it_off(desk: Desk) -> None:
    pull = await asked_to_fix(desk)

    async def merged() -> None:
        pull.mark_ready()
        pull.merge()
        await desk.goes_on()

    await waits_while(desk, merged)
    assert desk.github.comments == []
    assert (await outcome_of(desk, "ask_to_fix_ci"))[0] == "cancelled"


async def test_a_pause_while_it_waits_for_its_turn_puts_it_off(desk: Desk) -> None:
    rocket = desk.world.repositories[0]

    async def paused() -> None:
        await desk.says(LanePaused(reason="a release"), rocket)

    await waits_while(desk, paused)
    assert (desk.github.done, await desk.outcomes()) == ({}, [])
    await desk.says(LaneResumed(), rocket)
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("succeeded", 1)


async def test_a_lane_that_falls_behind_while_it_waits_for_its_turn_puts_it_off(
    desk: Desk,
) -> None:
    async def unprojected() -> None:
        await desk.log.append(command(ModeSet(mode="off"), desk.world.repositories[0].id, "off"))

    waits = await waits_while(desk, unprojected)
    assert len(waits) > 1  # it looks for a while, then lets go
    assert (desk.github.done, await desk.outcomes()) == ({}, [])
    desk.clock.advance(seconds=2)
    await desk.until_idle()
    assert await outcome_of(desk, "assign") == ("cancelled", "the mode is off")


@pytest.mark.parametrize("what", ["limit", "outage"])
async def test_what_passes_while_github_wants_it_to_wait_is_called_off(
    desk: Desk, what: str
) -> None:
    until = desk.clock() + timedelta(minutes=10)

    async def before(_what: str, _repo: Repository) -> None:
        if what == "limit":
            raise RateLimited("slow down", until=until, secondary=True, status=403)
        raise Unavailable("Service Unavailable", until=until, status=503)

    desk.github.before = before
    await desk.work()
    desk.github.before = None
    await desk.says(ModeSet(mode="off"), desk.world.repositories[0], "off")
    desk.clock.advance(minutes=9, seconds=59)
    assert (await desk.work()).taken == 0
    desk.clock.advance(seconds=2)
    await desk.work()
    assert desk.github.done == {}
    assert await outcome_of(desk, "assign") == ("cancelled", "the mode is off")


async def test_the_second_change_of_an_action_is_asked_for_like_the_first(desk: Desk) -> None:
    rocket = desk.world.repositories[0]
    rocket.issues[0].assign_copilot()
    await desk.goes_on()
    await desk.work()  # the assignment has passed

    async def after(what: str, _repo: Repository) -> None:
        if what == "add_label":
            await desk.says(LanePaused(reason="a release"), rocket)

    desk.github.after = after
    await desk.until_idle()
    assert (desk.github.done["add_label"], desk.github.done["remove_label"]) == (1, 0)
    await desk.says(LaneResumed(), rocket)
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    assert desk.github.issues["octo-org/rocket", 1].labels == ("status:in_progress",)


async def test_what_github_shows_to_be_over_waits_for_the_delivery_that_tells_of_it(
    desk: Desk,
) -> None:
    key = ("octo-org/rocket", 1)
    desk.github.issues[key] = replace(desk.github.issues[key], state="closed")
    await desk.work()
    assert (desk.github.done, await desk.outcomes()) == ({}, [])
    desk.world.repositories[0].issues[0].close()
    await desk.goes_on()
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    assert desk.github.done["assign"] == 0
    assert (await outcome_of(desk, "assign"))[0] == "cancelled"
