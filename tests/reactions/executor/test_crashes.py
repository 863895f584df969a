"""What a worker that died left behind: done or not, it is never done twice."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.catalogue import ModeSet
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from reactions.executor.outcomes import MAX_ATTEMPTS
from reactions.ports.answers import Repository
from runtime.database import open_database
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.reactions.executor.desk import HELD, Desk, a_desk, asked_to_fix
from tests.service import project

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def die(_what: str, _repo: Repository) -> None:
    await asyncio.sleep(0)
    raise asyncio.CancelledError


async def dies_after(desk: Desk) -> None:
    """Let a worker do the next action and die before it is recorded."""
    desk.github.after = die
    with pytest.raises(asyncio.CancelledError):
        await desk.executor("dead").step()
    desk.github.after = None


async def test_what_was_done_before_a_long_outage_is_not_called_off_and_done_again(
    desk: Desk,
) -> None:
    await asked_to_fix(desk)
    await dies_after(desk)
    desk.clock.advance(hours=2)
    await desk.until_idle()
    await desk.stage.settle()
    await desk.until_idle()
    assert [as_user for *_, as_user in desk.github.comments].count(True) == 1
    assert len(await desk.requested("ask_to_fix_ci")) == 1
    assert ("succeeded", True) in [
        (action, content.get("answer", {}).get("already"))
        for action, content in await desk.outcomes()
    ]


async def test_what_was_done_counts_though_its_reason_passed_since(desk: Desk) -> None:
    pull = await asked_to_fix(desk)
    await dies_after(desk)
    pull.push()
    await desk.goes_on()
    desk.clock.advance(seconds=HELD + 1)
    await desk.until_idle()
    [request] = await desk.requested("ask_to_fix_ci")
    [outcome] = [
        (action, content)
        for action, content in await desk.outcomes()
        if content["action_id"] == str(request.id)
    ]
    assert outcome[0] == "succeeded"
    assert (outcome[1]["answer"]["already"], outcome[1]["answer"]["comment_id"]) == (True, 1)


async def test_what_was_not_done_is_called_off_when_its_reason_passed_since(desk: Desk) -> None:
    desk.github.before = die
    with pytest.raises(asyncio.CancelledError):
        await desk.executor("dead").step()
    desk.github.before = None
    await desk.says(ModeSet(mode="off"), desk.world.repositories[0], "off")
    desk.clock.advance(seconds=HELD + 1)
    await desk.until_idle()
    [(action, content)] = await desk.outcomes()
    assert (action, content["why"]) == ("cancelled", "the mode is off")
    assert desk.github.done == {}


async def test_what_every_worker_dies_of_is_given_up(desk: Desk) -> None:
    desk.github.before = die
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(asyncio.CancelledError):
            await desk.executor("dead").step()
        desk.clock.advance(seconds=HELD + 1)
    await desk.work()
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("failed", MAX_ATTEMPTS)
    assert "tried" in content["error"]


class Died(BaseException):
    """As a killed process: nothing of ours handles it."""


CRASHES = st.lists(
    st.tuples(st.sampled_from(["before", "after"]), st.sampled_from([45, 400, 4000])), max_size=5
)


@settings(
    max_examples=10,
)
@given(crashes=CRASHES, dice=st.randoms(use_true_random=False))
def test_a_comment_is_there_once_wherever_and_for_however_long_workers_die(
    sqlite_template: SqliteTemplate,
    tmp_path_factory: pytest.TempPathFactory,
    crashes: list[tuple[str, int]],
    dice: Random,
) -> None:
    url = sqlite_template.clone(tmp_path_factory.mktemp("crashes"))
    asyncio.run(_lived_through(url, crashes, dice))


async def _lived_through(url: str, crashes: list[tuple[str, int]], dice: Random) -> None:
    database, clock = open_database(url), Clock()
    try:
        desk = await a_desk(database, EventLog(database, clock, Wake()), clock)
        await asked_to_fix(desk)
        for where, seconds in crashes:
            desk.github.before, desk.github.after = _hooks(where)
            await _two_at_once(desk, dice)
            clock.advance(seconds=seconds)
        desk.github.before = desk.github.after = None
        for _ in range(4):
            await _two_at_once(desk, dice)
            clock.advance(seconds=45)
        assert [as_user for *_, as_user in desk.github.comments].count(True) == 1
    finally:
        await database.close()


async def _two_at_once(desk: Desk, dice: Random) -> None:
    workers = [desk.executor(name) for name in ("one", "two")]
    dice.shuffle(workers)
    await asyncio.gather(*(each.step() for each in workers), return_exceptions=True)
    await project(desk.store)
    await desk.stage.settle()


def _hooks(where: str) -> tuple[Callable[[str, Repository], Awaitable[None]] | None, ...]:
    async def killed(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise Died

    return (killed, None) if where == "before" else (None, killed)
