"""Tasks are held for a time: who lost one does nothing more, and who takes it over looks first."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from events.catalogue import ActionKind
from events.log import EventLog
from events.store import Store
from reactions.as_whom import THE_USER
from reactions.executor import Holding, Pace
from reactions.executor.claiming import claim
from reactions.executor.performing import perform
from reactions.ports.answers import Issue, PullRequest, Repository
from reactions.ports.failures import NotFound
from tests.conftest import Clock
from tests.reactions.executor.desk import HELD, Desk, a_desk, asked_to_fix
from tests.reactions.executor.requests import HEAD, a_request, turns
from tests.reactions.github import MemoryGitHub
from tests.service import project

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

NAMES = tuple(f"octo-org/rocket-{number}" for number in range(4))


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def waits_while(desk: Desk, happens: Callable[[], Awaitable[None]]) -> None:
    """Let a worker wait for the person's turn while something happens."""
    pace = Pace(1.0)
    pace.rest((THE_USER,), desk.clock() + timedelta(seconds=3))

    async def pause(_seconds: float) -> None:
        await happens()

    await replace(desk.executor("slow"), pace=pace, pause=pause).step()
    await project(desk.store)


async def taken_over(desk: Desk) -> None:
    """Let so much time pass that another worker takes the task, and is at it."""
    desk.clock.advance(seconds=HELD + 1)
    other = Holding("other", HELD)
    taken = await desk.store.write(lambda c: claim(c, desk.clock(), other, 8))
    assert len(taken) == 1


async def test_who_lost_a_task_while_waiting_for_a_turn_sends_nothing(desk: Desk) -> None:
    await waits_while(desk, lambda: taken_over(desk))
    assert (desk.github.done, await desk.outcomes()) == ({}, [])
    desk.clock.advance(seconds=HELD + 1)
    await desk.until_idle()
    assert [action for action, _ in await desk.outcomes()] == ["succeeded"]


async def test_who_held_a_task_for_too_long_sends_nothing_though_nobody_took_it_over(
    desk: Desk,
) -> None:
    async def sleeps() -> None:
        desk.clock.advance(seconds=HELD + 1)
        await asyncio.sleep(0)

    await waits_while(desk, sleeps)
    assert (desk.github.done, await desk.outcomes()) == ({}, [])


async def test_a_comment_is_made_once_though_its_first_worker_woke_up_late(desk: Desk) -> None:
    await asked_to_fix(desk)

    async def sleeps() -> None:
        desk.clock.advance(seconds=HELD + 1)
        await desk.until_idle()

    await waits_while(desk, sleeps)
    assert len(desk.github.comments) == 1
    [request] = await desk.requested("ask_to_fix_ci")
    outcomes = [each for each in await desk.outcomes() if each[1]["action_id"] == str(request.id)]
    assert [action for action, _ in outcomes] == ["succeeded"]


async def test_who_lost_a_task_while_performing_records_nothing(desk: Desk) -> None:
    async def before(_what: str, _repo: Repository) -> None:
        desk.github.before = None
        await taken_over(desk)
        raise NotFound("Not Found", status=404)

    desk.github.before = before
    await desk.work("slow")
    assert await desk.outcomes() == []
    desk.clock.advance(seconds=HELD + 1)
    await desk.until_idle()
    assert [action for action, _ in await desk.outcomes()] == ["succeeded"]


async def test_workers_on_one_database_share_the_tasks(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock, NAMES)
    met: dict[str, set[str]] = {"one": set(), "two": set()}
    both = asyncio.Event()

    async def before(_what: str, repo: Repository) -> None:
        met["all"] = met.get("all", set()) | {repo.full_name}
        if len(met["all"]) == len(NAMES):
            both.set()
        await both.wait()

    desk.github.before = before
    async with asyncio.timeout(120):
        shared = await asyncio.gather(*(desk.executor(name).step() for name in ("one", "two")))
    assert sum(each.taken for each in shared) == len(NAMES)
    assert desk.github.done == Counter(assign=len(NAMES))


@pytest.mark.parametrize("kind", get_args(ActionKind))
async def test_what_may_have_been_done_is_looked_for_before_it_is_done_again(
    kind: ActionKind,
) -> None:
    repo, github = Repository(5, "octo-org/rocket"), MemoryGitHub()
    github.issues[repo.full_name, 1] = Issue(1, "I_1", "open", (), ("bug", "status:queued"))
    github.pulls[repo.full_name, 2] = PullRequest(2, "PR_2", "open", True, False, HEAD, ())  # noqa: FBT003
    github.runs[9] = {"status": "completed", "run_attempt": 1}
    github.agent_merges[2] = kind == "disable_agent_merge"
    request = a_request(kind)
    for tried in (1, 2, 3):  # as if each worker had died before it could tell of it
        outcome = await perform(turns(github, repo, kind), request, tried, None)
        assert outcome.action == "succeeded"
        assert ('"already":true' in outcome.payload) == (tried > 1)
    assert set(github.done.values()) == {1}
