"""Asking whether Agent Merge is on: as a person, once for each head, where GitHub knows of it."""

from datetime import timedelta

import pytest

from events.catalogue import ActionRequested, content_of
from reactions.ports.answers import Repository
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound, Refused, Unavailable
from tests.reactions.asking.desk import Desk, a_finished_round, a_live_repository
from tests.worlds.pull_requests import PullRequest
from tests.worlds.world import World

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.anyio, on_one_database]


async def a_conflict(desk: Desk, world: World) -> PullRequest:
    """Have Copilot's pull request conflict with its base when its round is over."""
    pull = a_finished_round(await a_live_repository(desk, world))
    desk.github.mergeable[pull.number] = False
    await desk.goes_on(world)
    return pull


async def decided(desk: Desk) -> list[str]:
    events = [each for each in await desk.log.read(0, 10_000) if each.type == "action"]
    contents = [content_of(each) for each in events]
    asked = [each.kind for each in contents if isinstance(each, ActionRequested)]
    return [kind for kind in asked if kind in ("ask_to_resolve_conflicts", "enable_agent_merge")]


@pytest.mark.parametrize(("on", "kinds"), [(True, []), (False, ["ask_to_resolve_conflicts"])])
async def test_it_is_asked_once_a_head_and_copilot_is_where_it_is_off(
    desk: Desk, world: World, *, on: bool, kinds: list[str]
) -> None:
    pull = await a_conflict(desk, world)
    desk.github.agent_merges[pull.number] = on
    await desk.asks()
    [answer] = await desk.answers("agent_merge")
    assert (answer["head_sha"], answer["mends"]) == (pull.head_sha, "conflicts")
    assert (answer["supported"], answer["enabled"]) == (True, on)
    assert await decided(desk) == kinds
    desk.clock.advance(hours=3)
    await desk.asks()
    assert desk.github.asked_of_people.count(f"agent merge {pull.number}") == 1


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound("Not Found", status=404),
        Forbidden("Resource not accessible", status=403),
        Refused("GitHub refused", status=400),
    ],
)
async def test_where_github_knows_none_that_is_an_answer_and_copilot_is_asked(
    desk: Desk, world: World, refusal: GitHubFailure
) -> None:
    async def refuse(what: str, _repo: Repository) -> None:
        if what == "agent merge":
            raise refusal

    desk.github.asking = refuse
    await a_conflict(desk, world)
    await desk.asks()
    assert [each["supported"] for each in await desk.answers("agent_merge")] == [False]
    assert await decided(desk) == ["ask_to_resolve_conflicts"]


async def test_an_answer_that_nobody_understands_is_none(desk: Desk, world: World) -> None:
    pull = await a_conflict(desk, world)
    desk.github.agent_merges[pull.number] = None
    await desk.asks()
    assert [each["supported"] for each in await desk.answers("agent_merge")] == [False]


async def test_while_github_does_not_answer_copilot_is_not_asked(desk: Desk, world: World) -> None:
    async def fail(what: str, _repo: Repository) -> None:
        if what == "agent merge":
            raise Unavailable("Bad Gateway", status=502)

    desk.github.asking = fail
    pull = await a_conflict(desk, world)
    asked = await desk.asks()
    assert (await desk.answers("agent_merge"), await decided(desk)) == ([], [])
    assert asked.next_due is not None
    assert asked.next_due <= desk.clock() + timedelta(seconds=5)
    desk.github.asking = None
    desk.github.agent_merges[pull.number] = False
    desk.clock.advance(seconds=5)
    await desk.asks()
    assert await decided(desk) == ["ask_to_resolve_conflicts"]
