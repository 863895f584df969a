"""Before a merge GitHub is asked anew whether those who approved may still write there."""

from datetime import timedelta
from uuid import UUID

import pytest

from events.catalogue import PolicyChanged, ServiceStarted
from events.log import EventLog
from events.store import Store
from reactions.asking import Asking
from reactions.executor.vouching import GOOD_FOR
from reactions.lanes import Lanes
from reactions.ports.answers import Repository
from reactions.ports.failures import Unavailable
from reactions.visits import Services
from tests.conftest import Clock
from tests.reactions.conductor.stages import command
from tests.reactions.executor.desk import Desk, a_desk
from tests.worlds.people import reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.stories import run_ci

pytestmark = pytest.mark.anyio

LOGIN = reviewer["login"]
BY_ITSELF = PolicyChanged(
    layer="server", origin="a test", content="", document={"merge": {"automatic": True}}
)


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    desk = await a_desk(store, log, clock)
    started = ServiceStarted(instance=UUID(int=1), version="1", role="all", has_app=True)
    await desk.stage.happens(command(started, None))
    return desk


async def approved(desk: Desk) -> PullRequest:
    """Have the merge asked for, since GitHub said just now that who approved may write."""
    rocket = desk.world.repositories[0]
    await desk.says(BY_ITSELF, None)
    issue = rocket.issues[0]
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "success")
    pull.finish_round()
    pull.mark_ready()
    pull.review(reviewer, "approved")
    await desk.goes_on()
    await desk.until_idle()
    desk.clock.advance(minutes=2)
    await desk.stage.settle()
    desk.github.show(rocket.full_name, pull)
    desk.github.worlds.append(desk.world)
    assert await desk.requested("merge") == []
    services = Services(lanes=Lanes(desk.store), log=desk.log, store=desk.store, clock=desk.clock)
    await Asking(github=desk.github, services=services).step()
    await desk.stage.settle()
    assert len(await desk.requested("merge")) == 1
    desk.github.asked.clear()
    return pull


async def looks_twice(desk: Desk) -> None:
    """Let the executor ask, and look again once lanes reflect what was answered."""
    await desk.until_idle()
    assert desk.github.done["merge"] == 0
    desk.clock.advance(seconds=2)
    await desk.until_idle()


async def outcomes_of_merges(desk: Desk) -> list[tuple[str | None, str]]:
    merges = {str(each.id) for each in await desk.requested("merge")}
    return [
        (action, told.get("why", ""))
        for action, told in await desk.outcomes()
        if told["action_id"] in merges
    ]


async def test_an_answer_of_the_last_ten_minutes_is_good_enough(desk: Desk) -> None:
    await approved(desk)
    desk.clock.advance(seconds=GOOD_FOR.total_seconds())
    await desk.until_idle()
    assert (desk.github.done["merge"], desk.github.asked) == (1, [])


async def test_an_older_one_is_asked_for_anew_once(desk: Desk) -> None:
    await approved(desk)
    desk.clock.advance(seconds=GOOD_FOR.total_seconds() + 1)
    await looks_twice(desk)
    assert (desk.github.done["merge"], desk.github.asked) == (1, [f"permission {LOGIN}"])


async def test_whose_approver_lost_write_access_is_not_merged(desk: Desk) -> None:
    await approved(desk)
    desk.github.permissions[LOGIN] = "read"
    desk.clock.advance(minutes=11)
    await looks_twice(desk)
    [(action, why)] = await outcomes_of_merges(desk)
    assert action == "cancelled"
    assert "0 of 1 approvals" in why
    assert desk.github.done["merge"] == 0
    assert desk.github.asked == [f"permission {LOGIN}"]


async def test_an_answer_of_a_clock_that_was_ahead_is_none_of_the_last_minutes(desk: Desk) -> None:
    desk.clock.advance(hours=3)
    await approved(desk)
    desk.clock.now -= timedelta(hours=2)
    await desk.until_idle()
    assert desk.github.asked == [f"permission {LOGIN}"]


async def test_what_github_answers_once_a_clock_was_set_back_counts(desk: Desk) -> None:
    """Or who lost access is asked about for as long as it was ahead, and nothing comes of it."""
    desk.clock.advance(hours=3)
    await approved(desk)
    desk.clock.now -= timedelta(hours=2)
    desk.github.permissions[LOGIN] = "read"
    await looks_twice(desk)
    [(action, _)] = await outcomes_of_merges(desk)
    assert (action, desk.github.done["merge"]) == ("cancelled", 0)


async def test_while_github_does_not_answer_nothing_is_merged(desk: Desk) -> None:
    await approved(desk)

    async def asking(_what: str, _repo: Repository) -> None:
        raise Unavailable("Bad Gateway", status=502)

    desk.github.asking = asking
    desk.clock.advance(minutes=11)
    await desk.work()
    assert desk.github.done["merge"] == 0
    desk.github.asking = None
    desk.clock.advance(minutes=11)
    await looks_twice(desk)
    assert desk.github.done["merge"] == 1
