"""A merge that GitHub turns down for now: something moved, and a delivery may be on its way."""

import pytest

from events.catalogue import PolicyChanged
from events.log import EventLog
from events.store import Store
from reactions.executor.outcomes import MAX_CONFLICTS
from reactions.ports.answers import Repository
from reactions.ports.failures import Conflict
from tests.conftest import Clock
from tests.reactions.executor.desk import Desk, a_desk
from tests.worlds.pull_requests import PullRequest
from tests.worlds.stories import run_ci

pytestmark = pytest.mark.anyio

BY_ITSELF = PolicyChanged(
    layer="server",
    origin="a test",
    content="",
    document={"merge": {"automatic": True}, "review": {"approvals": 0}},
)
MODIFIED = Conflict("Base branch was modified. Review and try the merge again.", status=405)


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def asked_to_merge(desk: Desk) -> PullRequest:
    """Let Copilot's pull request be all that it takes to be merged."""
    rocket = desk.world.repositories[0]
    await desk.says(BY_ITSELF, None)
    issue = rocket.issues[0]
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "success")
    pull.finish_round()
    pull.mark_ready()
    await desk.goes_on()
    await desk.until_idle()
    desk.clock.advance(minutes=2)
    await desk.stage.settle()
    desk.github.show(rocket.full_name, pull)
    return pull


def turning_down(desk: Desk, times: int) -> None:
    left = [MODIFIED] * times

    async def before(done: str, _repo: Repository) -> None:
        if done == "merge" and left:
            raise left.pop()

    desk.github.before = before


async def works_for_a_while(desk: Desk) -> None:
    for _ in range(2 * MAX_CONFLICTS):
        await desk.until_idle()
        await desk.stage.settle()
        desk.clock.advance(seconds=30)


async def outcomes_of_merges(desk: Desk) -> list[tuple[str | None, int | None]]:
    """What came of merges, and after how many attempts."""
    merges = {str(each.id) for each in await desk.requested("merge")}
    return [
        (action, told.get("attempts"))
        for action, told in await desk.outcomes()
        if told["action_id"] in merges
    ]


async def test_a_merge_that_a_change_of_the_base_came_before_is_tried_again(desk: Desk) -> None:
    await asked_to_merge(desk)
    turning_down(desk, times=2)
    await works_for_a_while(desk)
    assert desk.github.done["merge"] == 1
    assert await outcomes_of_merges(desk) == [("succeeded", 3)]
    assert await desk.requested("hand_to_person") == []


async def test_a_merge_before_which_the_head_moved_is_called_off_and_no_person_asked(
    desk: Desk,
) -> None:
    pull = await asked_to_merge(desk)
    turning_down(desk, times=1)
    await desk.until_idle()
    await desk.stage.settle()
    pull.push()
    await desk.goes_on()
    await works_for_a_while(desk)
    assert await outcomes_of_merges(desk) == [("cancelled", None)]
    assert await desk.requested("hand_to_person") == []


async def test_a_merge_that_is_turned_down_every_time_needs_a_person(desk: Desk) -> None:
    await asked_to_merge(desk)
    turning_down(desk, times=9)
    await works_for_a_while(desk)
    assert await outcomes_of_merges(desk) == [("failed", MAX_CONFLICTS)]
    assert len(await desk.requested("hand_to_person")) == 1
