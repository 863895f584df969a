"""Asking how Copilot's session stands: as a person, once for what is news, seldom in vain."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reactions.ports.answers import Repository, Task
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound, RateLimited, Refused
from simulator.payloads import a_user
from tests.reactions.asking.desk import NAME, Desk, a_live_repository, an_assigned_issue
from tests.worlds.people import maintainer
from tests.worlds.world import World

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.anyio, on_one_database]


async def assigned(desk: Desk, world: World, issues: int = 1) -> None:
    """Have Copilot on some issues, without pull requests yet."""
    repository = await a_live_repository(desk, world)
    for _ in range(issues):
        an_assigned_issue(repository)
    await desk.goes_on(world)


def a_task(desk: Desk, name: str = "7", *, state: str = "in_progress", pull: int = 0) -> Task:
    now = desk.clock() + timedelta(days=3650)  # behind whatever happened in the world
    return Task(
        id=name,
        state=state,
        html_url=f"https://github.com/{NAME}/tasks/{name}",
        created_at=now,
        updated_at=now,
        pull_ids=(pull,) if pull else (),
    )


async def test_the_only_task_without_a_pull_request_is_the_only_such_issues(
    desk: Desk, world: World
) -> None:
    await assigned(desk, world)
    desk.github.tasks_seen = (a_task(desk),)
    asked = await desk.asks()
    [answer] = await desk.answers("session")
    assert (answer["id"], answer["state"], answer["pull_number"]) == ("7", "in_progress", None)
    assert asked.next_due == desk.clock() + timedelta(minutes=2)


async def test_where_several_fit_none_is_taken(desk: Desk, world: World) -> None:
    await assigned(desk, world, issues=2)
    desk.github.tasks_seen = (a_task(desk),)
    await desk.asks()
    assert await desk.answers("session") == []


async def test_two_tasks_for_one_issue_are_none(desk: Desk, world: World) -> None:
    await assigned(desk, world)
    desk.github.tasks_seen = (a_task(desk), a_task(desk, "8"))
    await desk.asks()
    assert await desk.answers("session") == []


async def test_a_task_names_its_pull_request(desk: Desk, world: World) -> None:
    repository = await a_live_repository(desk, world)
    pull = repository.copilot_opens(an_assigned_issue(repository))
    await desk.goes_on(world)
    lane = (await desk.lane(repository.id)).pull_request(pull.number).seen
    assert lane is not None
    desk.github.tasks_seen = (a_task(desk), a_task(desk, "8", pull=lane.id))
    await desk.asks()
    [answer] = await desk.answers("session")
    assert (answer["id"], answer["pull_number"]) == ("8", pull.number)


async def test_a_round_begins_with_the_word_of_somebody_who_may_tell_copilot_and_no_strangers(
    desk: Desk, world: World
) -> None:
    """Or anybody who comments would have the minutes before it be nobody's."""
    repository = await a_live_repository(desk, world)
    pull = repository.copilot_opens(an_assigned_issue(repository))
    pull.comment("@copilot go on", by=maintainer)
    told_at = datetime.fromisoformat(pull.updated_at)
    pull.comment("@copilot hello", by=a_user("a-stranger"), association="NONE")
    desk.github.permissions["a-stranger"] = "read"
    await desk.goes_on(world)
    seen = (await desk.lane(repository.id)).pull_request(pull.number).seen
    assert seen is not None
    task = a_task(desk, pull=seen.id)
    desk.github.tasks_seen = (replace(task, created_at=told_at - timedelta(hours=1)),)
    await desk.asks()
    [answer] = await desk.answers("session")
    assert answer["began_at"] == told_at.isoformat()


async def test_what_is_known_is_recorded_once(desk: Desk, world: World) -> None:
    await assigned(desk, world)
    task = a_task(desk)
    desk.github.tasks_seen = (task,)
    await desk.asks()
    for _ in range(3):
        desk.clock.advance(minutes=10)
        await desk.asks()
    assert desk.github.asked_of_people.count("tasks") == 4
    assert len(await desk.answers("session")) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound("Not Found", status=404),
        Forbidden("Resource not accessible", status=403),
        Refused("GitHub refused", status=400),
    ],
)
async def test_where_github_tells_nothing_that_is_an_answer_and_it_is_asked_seldom(
    desk: Desk, world: World, refusal: GitHubFailure
) -> None:
    async def refuse(what: str, _repo: Repository) -> None:
        if what == "tasks":
            raise refusal

    desk.github.asking = refuse
    await assigned(desk, world)
    asked = await desk.asks()
    assert asked.next_due == desk.clock() + timedelta(hours=1)
    desk.clock.advance(hours=1)
    asked = await desk.asks()
    assert asked.next_due == desk.clock() + timedelta(hours=2)
    assert [each["state"] for each in await desk.answers("session")] == ["unsupported"]
    assert [each.failures for each in await desk.all_questions()] == [0]


async def test_a_persons_budget_keeps_no_other_question_back(desk: Desk, world: World) -> None:
    until = desk.clock() + timedelta(minutes=30)

    async def refuse(what: str, _repo: Repository) -> None:
        if what == "tasks":
            limited = RateLimited("slow down", until=until, secondary=False, status=403)
            limited.holder = "user"
            raise limited

    desk.github.asking = refuse
    await assigned(desk, world, issues=2)
    asked = await desk.asks()
    assert desk.github.asked_of_people == ["tasks"]
    assert asked.next_due == until
