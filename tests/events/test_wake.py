"""Waking those who wait for more of the log."""

import asyncio

import pytest

from events.wake import Wake

pytestmark = pytest.mark.anyio

LONG = 3600.0  # never waited for
GUARD = 10.0  # what should end at once fails after this, and does not hang


async def waiting(wake: Wake, after: int) -> asyncio.Task[None]:
    """Start to wait, and return once the waiter really waits."""
    task = asyncio.create_task(wake.wait(after, LONG))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def woken(*tasks: asyncio.Task[None]) -> None:
    async with asyncio.timeout(GUARD):
        await asyncio.gather(*tasks)


async def test_a_signal_wakes_everybody_who_waits() -> None:
    wake = Wake()
    tasks = [await waiting(wake, 0) for _ in range(3)]
    wake.signal(1)
    await woken(*tasks)


async def test_what_was_heard_before_is_not_waited_for() -> None:
    wake = Wake()
    wake.signal(5)
    await woken(asyncio.create_task(wake.wait(4, LONG)))


async def test_the_position_one_has_is_no_reason_to_wake() -> None:
    wake = Wake()
    wake.signal(5)
    task = await waiting(wake, 5)
    wake.signal(6)
    await woken(task)


async def test_what_another_process_signalled_wakes_too() -> None:
    wake = Wake()
    task = await waiting(wake, 0)
    wake.heard(1)
    await woken(task)


async def test_the_wait_ends_with_its_time() -> None:
    await Wake().wait(0, 0)


async def test_the_wait_can_be_repeated_after_its_time() -> None:
    wake = Wake()
    await wake.wait(0, 0)
    task = await waiting(wake, 0)
    wake.signal(1)
    await woken(task)


async def test_one_who_gave_up_does_not_hinder_the_others() -> None:
    wake = Wake()
    gone, staying = await waiting(wake, 0), await waiting(wake, 0)
    gone.cancel()
    wake.signal(1)  # before the one who gave up has noticed
    await woken(staying)
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_one_who_is_cancelled_as_the_signal_comes_is_cancelled() -> None:
    wake = Wake()
    task = await waiting(wake, 0)
    wake.signal(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await woken(task)


async def test_the_newest_position_is_remembered_whatever_the_order_of_hearing() -> None:
    wake = Wake()
    assert wake.position == 0
    for position in (3, 7, 5):
        wake.heard(position)
    assert wake.position == 7


async def test_listeners_are_told_of_what_this_process_signals_and_of_nothing_else() -> None:
    wake = Wake()
    told: list[tuple[str, int]] = []
    wake.listen(lambda position: told.append(("first", position)))
    wake.listen(lambda position: told.append(("second", position)))
    wake.signal(4)
    wake.heard(9)
    assert told == [("first", 4), ("second", 4)]
