"""GitHub is asked what conflicts until it knows, and again when the head or the base moves."""

from datetime import timedelta

import pytest

from events.catalogue import ActionRequested, content_of
from simulator.payloads import a_push
from tests.conftest import Clock
from tests.reactions.asking.desk import Desk, a_reviewed_pull
from tests.reactions.conductor.stages import stage
from tests.worlds.people import maintainer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)]


async def conflicts(desk: Desk, pull: PullRequest) -> list[object]:
    """What GitHub answered of a pull request as it is."""
    found = [e for e in await desk.answers("mergeable") if e["head"] == {"sha": pull.head_sha}]
    return [each["mergeable"] for each in found]


async def test_it_is_asked_soon_again_while_github_computes_and_no_more_once_it_said(
    desk: Desk, world: World
) -> None:
    desk.github.mergeable[2] = None
    pull = await a_reviewed_pull(desk, world)
    for seconds in (0, 4, 1, 9, 1):
        desk.clock.advance(seconds=seconds)
        await desk.asks()
    assert (desk.github.looked_at, await conflicts(desk, pull)) == ([2, 2, 2], [])
    desk.github.mergeable[2] = False
    desk.clock.advance(seconds=20)
    await desk.asks()
    assert await conflicts(desk, pull) == [False]
    assert "mergeable" not in [each.kind for each in await desk.all_questions()]
    assert "conflicts with main" in await desk.shown(pull.issue)
    requested = [e for e in await desk.log.read(0, 10_000) if e.type == "action"]
    asked = [each for each in map(content_of, requested) if isinstance(each, ActionRequested)]
    kinds = [each.kind for each in asked]
    assert kinds.count("ask_to_resolve_conflicts") == 1


async def test_it_is_asked_at_once_when_the_base_or_the_head_moves(
    desk: Desk, world: World
) -> None:
    pull = await a_reviewed_pull(desk, world)
    await desk.asks()
    assert await conflicts(desk, pull) == [True]
    repository = pull.repository
    for ref in ("refs/heads/elsewhere", "refs/heads/main"):
        push = a_push(ref, repository=repository.snapshot())
        repository.send("push", by=maintainer, push=push)
        await desk.goes_on(world)
        desk.clock.advance(seconds=1)
        await desk.asks()
    assert await conflicts(desk, pull) == [True, True]
    pull.push()
    await desk.goes_on(world)
    await desk.asks()
    assert (len(desk.github.looked_at), await conflicts(desk, pull)) == (3, [True])


@pytest.mark.parametrize("ahead", [timedelta(days=-1), timedelta(days=1)])
async def test_an_answer_counts_whatever_the_clock_of_whoever_asks_shows(
    desk: Desk, world: World, clock: Clock, ahead: timedelta
) -> None:
    """A process keeps the time at which it began for its waits; events have the machine's."""
    pull = await a_reviewed_pull(desk, world)
    await desk.asks()
    desk.clock = Clock()
    desk.clock.now = clock.now + ahead
    desk.stage = stage(desk.store, desk.log, desk.clock)
    for answer in (True, False):
        push = a_push("refs/heads/main", repository=pull.repository.snapshot())
        pull.repository.send("push", by=maintainer, push=push)
        await desk.goes_on(world)
        assert "mergeable" in [each.kind for each in await desk.all_questions()]
        desk.github.mergeable[2] = answer
        await desk.asks()
        assert "mergeable" not in [each.kind for each in await desk.all_questions()]
        assert (await conflicts(desk, pull))[-1] is answer
