"""Asking GitHub what lanes leave open: answers are recorded once, and asked for again in time."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from events.catalogue import PolicyChanged
from events.log import EventLog
from events.store import Store
from reactions.ports.answers import Ended, Repository
from reactions.ports.failures import Forbidden, RateLimited, Unavailable
from tests.conftest import Clock
from tests.reactions.asking.desk import NAME, Desk, a_desk, a_reviewed_pull
from tests.reactions.conductor.stages import command
from tests.worlds.people import another_reviewer, maintainer, reviewer
from tests.worlds.stories import run_ci
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

OTHERS = "octo-org/lander"
ANOTHER = 77  # an installation
OF_REVIEWER = f"permission {reviewer['login']}"


async def test_who_approved_is_asked_about_once_and_the_answer_is_kept(
    desk: Desk, world: World
) -> None:
    await a_reviewed_pull(desk, world)
    assert [each.waits for each in await desk.questions()] == [True]
    asked = await desk.asks()
    assert desk.github.asked == [OF_REVIEWER]
    [answer] = await desk.answers()
    asked_after = answer.pop("asked_after")
    assert answer == {
        "permission": "write",
        "asked_at": "2026-01-01T00:00:00+00:00",
        "user": {"id": reviewer["id"], "login": reviewer["login"]},
    }
    assert isinstance(asked_after, int)
    assert 0 < asked_after < (await desk.log.head()).position
    assert asked.next_due == desk.clock() + timedelta(hours=24)
    [question] = await desk.questions()
    assert (question.waits, question.asked) == (False, 1)


async def test_it_is_asked_again_a_day_later_and_then_kept_with_its_time(
    desk: Desk, world: World
) -> None:
    await a_reviewed_pull(desk, world)
    await desk.asks()
    desk.clock.advance(hours=23, minutes=59)
    await desk.asks()
    assert desk.github.asked == [OF_REVIEWER]
    desk.github.permissions[reviewer["login"]] = "read"
    desk.clock.advance(minutes=1)
    await desk.asks()
    assert [each["permission"] for each in await desk.answers()] == ["write", "read"]


async def test_it_is_asked_again_at_once_when_access_may_have_changed(
    desk: Desk, world: World
) -> None:
    await a_reviewed_pull(desk, world)
    await desk.asks()
    world.repository(NAME).send("member", "removed", by=maintainer)
    await desk.goes_on(world)
    await desk.asks()
    assert desk.github.asked == [OF_REVIEWER] * 2


async def test_a_login_that_is_somebody_elses_by_now_may_do_nothing(
    desk: Desk, world: World
) -> None:
    desk.github.users[reviewer["login"]] = 4711
    await a_reviewed_pull(desk, world)
    await desk.asks()
    [answer] = await desk.answers()
    assert (answer["permission"], answer["user"]) == (
        "none",
        {"id": reviewer["id"], "login": reviewer["login"]},
    )


async def test_whom_github_does_not_know_may_do_nothing(desk: Desk, world: World) -> None:
    desk.github.permissions[reviewer["login"]] = "none"
    await a_reviewed_pull(desk, world)
    await desk.asks()
    assert [each["permission"] for each in await desk.answers()] == ["none"]


async def test_what_fails_is_asked_later_each_time_and_stops_no_other(
    desk: Desk, world: World
) -> None:
    async def asking(what: str, _repo: Repository) -> None:
        if what == OF_REVIEWER:
            raise Unavailable("Bad Gateway", status=502)

    desk.github.asking = asking
    pull = await a_reviewed_pull(desk, world)
    pull.review(another_reviewer, "approved")
    await desk.goes_on(world)
    waits = []
    for _ in range(12):
        asked = await desk.asking().step()
        await desk.stage.settle()
        assert asked.next_due is not None
        waits.append((asked.next_due - desk.clock()).total_seconds())
        desk.clock.now = asked.next_due
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert desk.github.asked.count(f"permission {another_reviewer['login']}") == 1
    [failing] = [each for each in await desk.questions() if each.failures]
    assert (failing.login, failing.error) == (reviewer["login"], "Bad Gateway")
    desk.github.asking = None
    await desk.asks()
    assert {(each.failures, each.error) for each in await desk.questions()} == {(0, None)}


async def test_a_rate_limit_lets_one_installation_rest_and_no_other(
    desk: Desk, world: World
) -> None:
    until = desk.clock() + timedelta(minutes=7)

    async def asking(_what: str, repo: Repository) -> None:
        if repo.full_name == NAME:
            raise RateLimited("slow down", until=until, secondary=False, status=403)

    desk.github.asking = asking
    pull = await a_reviewed_pull(desk, world)
    pull.review(another_reviewer, "approved")
    await desk.goes_on(world)
    await a_reviewed_pull(desk, World(ANOTHER), OTHERS)
    await desk.asking().step()
    assert len(desk.github.asked) == 2  # one of each
    assert len(await desk.answers()) == 1
    resting = [each for each in await desk.all_questions() if each.installation_id != ANOTHER]
    assert {each.due_at for each in resting} == {until}
    await desk.stage.settle()
    desk.github.asking = None
    desk.clock.now = until
    await desk.asks()
    assert len(await desk.answers()) == 3


async def test_nothing_is_asked_while_lanes_are_behind_the_log(desk: Desk, world: World) -> None:
    await a_reviewed_pull(desk, world)
    world.repository(NAME).open_issue("One more")
    await desk.log.append(world.deliveries[-1])
    assert (await desk.asking().step()).behind
    assert desk.github.asked == []
    await desk.stage.settle()
    await desk.asks()
    assert desk.github.asked == [OF_REVIEWER]


async def test_without_an_app_nobody_is_asked(store: Store, log: EventLog, clock: Clock) -> None:
    desk = await a_desk(store, log, clock, has_app=False)
    await a_reviewed_pull(desk, World())
    assert (await desk.asks()).next_due is None
    assert (await desk.questions(), desk.github.asked) == ([], [])


async def test_what_a_pull_request_that_only_fits_closes_is_asked_until_there_is_evidence(
    desk: Desk, world: World
) -> None:
    rocket = world.repository(NAME)
    issue = rocket.open_issue("Something", labels=("status:queued",))
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue, closes=False)
    await desk.goes_on(world)
    asked = await desk.asks()
    assert desk.github.asked == [f"closing {pull.number}"]
    assert asked.next_due == desk.clock() + timedelta(minutes=1)
    desk.github.closing[pull.number] = (issue.number,)
    desk.clock.advance(minutes=1)
    await desk.asks()
    assert [each["issues"] for each in await desk.answers("closing")] == [[], [issue.number]]
    assert await desk.questions() == []


async def test_whether_copilots_round_ended_silently_is_asked_until_it_did(
    desk: Desk, world: World
) -> None:
    silent = PolicyChanged(
        layer="server", origin="a test", content="", document={"ci": {"settle_seconds": 0}}
    )
    await desk.stage.happens(command(silent, None))
    rocket = world.repository(NAME)
    issue = rocket.open_issue("Something", labels=("status:queued",))
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "failure")
    pull.finish_round()
    pull.comment("@copilot please mend it", maintainer)
    await desk.goes_on(world)
    await desk.asks()
    assert f"work {pull.number}" in desk.github.asked
    assert await desk.answers("work") == []
    ended = datetime.fromisoformat(world.clock.now) + timedelta(minutes=20)
    desk.github.ended[pull.number] = Ended(ended, failed=False)
    desk.clock.advance(minutes=5)
    await desk.asks()
    [answer] = await desk.answers("work")
    assert answer == {"finished_at": ended.isoformat(), "failed": False}
    assert "work" not in {each.kind for each in await desk.questions()}


async def test_a_refusal_leaves_the_question_open(desk: Desk, world: World) -> None:
    async def asking(_what: str, _repo: Repository) -> None:
        raise Forbidden("Resource not accessible by integration", status=403)

    desk.github.asking = asking
    await a_reviewed_pull(desk, world)
    await desk.asks()
    [question] = await desk.questions()
    assert (question.waits, question.failures) == (True, 1)
    assert await desk.answers() == []


async def test_whoever_asks_is_woken_exactly_when_something_is_to_be_asked_at_once(
    desk: Desk, world: World
) -> None:
    woken = [desk.stage.conductor.asked.position]
    await a_reviewed_pull(desk, world)
    woken.append(desk.stage.conductor.asked.position)
    await desk.asks()
    world.repository(NAME).open_issue("One more")
    await desk.goes_on(world)
    woken.append(desk.stage.conductor.asked.position)
    world.repository(NAME).send("member", "removed", by=maintainer)
    await desk.goes_on(world)
    woken.append(desk.stage.conductor.asked.position)
    assert [now - before for before, now in pairwise(woken)] == [1, 0, 1]
