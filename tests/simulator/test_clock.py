import asyncio
from datetime import timedelta

import pytest

from simulator.clock import Clock
from tests.simulator.builders import STARTS_AT, a_clock


def test_every_change_has_a_later_second() -> None:
    clock = a_clock()

    stamps = [clock.stamp() for _ in range(3)]

    assert stamps == ["2026-11-02T09:00:01Z", "2026-11-02T09:00:02Z", "2026-11-02T09:00:03Z"]
    assert clock.now == STARTS_AT + timedelta(seconds=3)


def test_with_ties_changes_of_a_moment_share_a_second() -> None:
    clock = a_clock(ties=5)

    first = [clock.stamp(), clock.stamp()]
    clock.advance(6)

    assert first == ["2026-11-02T09:00:00Z"] * 2
    assert clock.stamp() == "2026-11-02T09:00:06Z"


def test_what_is_due_is_done_in_the_order_of_its_time_and_not_before() -> None:
    clock = a_clock()
    done: list[str] = []
    clock.after(20, lambda: done.append("late"))

    def remember_to_remember() -> None:
        clock.after(5, lambda: done.append("between"))

    clock.after(10, remember_to_remember)
    clock.after(1, lambda: done.append("never")).cancel()

    clock.advance(15)
    assert done == ["between"]
    clock.advance(5)
    assert done == ["between", "late"]
    assert clock.elapsed == 20


@pytest.mark.anyio
async def test_a_running_clock_goes_at_its_speed() -> None:
    clock = Clock(STARTS_AT, speed=1000)
    done = asyncio.Event()
    clock.after(20, done.set)
    running = asyncio.create_task(clock.run())

    async with asyncio.timeout(5):
        await done.wait()

    assert clock.elapsed >= 20
    running.cancel()


@pytest.mark.anyio
async def test_what_raises_ends_the_clock() -> None:
    clock = Clock(STARTS_AT, speed=1000)

    def fail() -> None:
        raise ValueError("by purpose")

    clock.after(1, fail)

    async with asyncio.timeout(5):
        with pytest.raises(ValueError, match="by purpose"):
            await clock.run()
