"""What was found is shown for a while, and found once for all who look meanwhile."""

import asyncio
from collections.abc import Sequence

import pytest

from runtime.doctor.examiner import Examiner
from runtime.doctor.finding import Finding, ok, problem
from tests.conftest import Clock

pytestmark = pytest.mark.anyio

FOUND = [ok("settings", "all fit"), problem("acting user", "none", "have one"), ok("App", "it is")]


class Looks:
    """Examinations that were begun; each ends once it may."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def examine(self) -> Sequence[Finding]:
        self.begun += 1
        await self.may_end.wait()
        return FOUND


async def test_steps_stand_in_set_ups_order_and_all_else_beside(clock: Clock) -> None:
    looks = Looks()
    looks.may_end.set()
    found = await Examiner(looks.examine, clock).examination()
    assert [each.check for each in found.steps] == ["App", "acting user"]
    assert [each.check for each in found.checks] == ["settings"]
    assert found.looked_at == clock.now


async def test_it_is_looked_once_for_all_who_ask_within_seconds(clock: Clock) -> None:
    looks = Looks()
    examiner = Examiner(looks.examine, clock)
    gone, *asking = [asyncio.create_task(examiner.examination()) for _ in range(3)]
    await asyncio.sleep(0)
    gone.cancel()  # whoever asked first closes the page
    looks.may_end.set()
    first, second = await asyncio.gather(*asking)
    assert (first is second, looks.begun) == (True, 1)
    for seconds, anew, begun in ((2, True, 1), (2, False, 1), (0, True, 2), (14, False, 2)):
        clock.advance(seconds=seconds)
        await examiner.examination(anew=anew)
        assert looks.begun == begun
    clock.advance(seconds=2)
    await examiner.examination()
    assert looks.begun == 3


async def test_a_look_that_fails_is_tried_again_and_one_that_goes_on_ends_with_the_process(
    clock: Clock,
) -> None:
    looks = Looks()

    async def examine() -> Sequence[Finding]:
        await looks.examine()
        raise RuntimeError

    examiner = Examiner(examine, clock)
    asked = asyncio.create_task(examiner.examination())
    await asyncio.sleep(0)
    await examiner.close()
    with pytest.raises(asyncio.CancelledError):
        await asked
    looks.may_end.set()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await examiner.examination()
    assert looks.begun == 2  # the first was given up before it began
    await examiner.close()
