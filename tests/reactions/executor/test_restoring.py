"""Tasks can be lost, the log cannot: what has its outcome is not done again, what has none is."""

import asyncio
from dataclasses import replace
from typing import NoReturn

import pytest
from sqlalchemy import Connection

from events.log import EventLog
from events.store import Store
from events.table import table_of
from projections.registry import PROJECTIONS
from reactions.checkpoints import ReactionCheckpointRow
from reactions.executor.tasks import ActionTaskRow
from reactions.ports.answers import Repository
from runtime.replay import rebuild
from tests.conftest import Clock
from tests.reactions.executor.desk import Desk, a_desk, asked_to_fix
from tests.service import project

pytestmark = pytest.mark.anyio

TASKS = table_of(ActionTaskRow)
CHECKPOINTS = table_of(ReactionCheckpointRow)


class Untouched:
    """A GitHub of which nobody may ask anything."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"GitHub was asked for {name}")


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def loses(store: Store, *, checkpoints: bool) -> None:
    """Empty the table of tasks, perhaps with all that says how far anybody has read."""

    def work(connection: Connection) -> None:
        connection.execute(TASKS.delete())
        if checkpoints:
            connection.execute(CHECKPOINTS.delete())

    await store.write(work)


async def replays(store: Store) -> None:
    await rebuild(store, PROJECTIONS, 100, lambda _done, _total: None)


async def outcomes_of(desk: Desk, kind: str) -> list[str | None]:
    ids = {str(each.id) for each in await desk.requested(kind)}
    return [action for action, told in await desk.outcomes() if told["action_id"] in ids]


@pytest.mark.parametrize("checkpoints", [False, True])
async def test_a_replay_of_what_is_over_asks_nothing_of_github(
    desk: Desk,
    checkpoints: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    await asked_to_fix(desk)
    await desk.until_idle()
    recorded = len(await desk.outcomes())
    await loses(desk.store, checkpoints=checkpoints)
    await replays(desk.store)
    nobody = replace(desk.executor(), github=Untouched())
    assert await nobody.restore()
    assert await nobody.step() == await nobody.step()
    await project(desk.store)
    assert len(await desk.outcomes()) == recorded


@pytest.mark.parametrize("checkpoints", [False, True])
async def test_what_was_asked_for_and_lost_is_done_once(
    desk: Desk,
    checkpoints: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    desk.github.before = _never
    await desk.work()
    desk.github.before = None
    await loses(desk.store, checkpoints=checkpoints)
    assert await desk.executor().restore()
    await desk.until_idle()
    assert desk.github.done["assign"] == 1
    assert await outcomes_of(desk, "assign") == ["succeeded"]


async def test_it_waits_until_what_came_of_actions_is_known(desk: Desk) -> None:
    await desk.executor().step()  # its outcome is not projected yet
    await loses(desk.store, checkpoints=False)
    await desk.executor().step()
    assert not await desk.executor().restore()
    await project(desk.store)
    assert await desk.executor().restore()
    assert (await desk.work()).next_due is None


async def test_what_was_done_before_all_but_the_log_was_lost_is_seen_and_not_done_again(
    desk: Desk,
) -> None:
    """A worker had made the comment and died; hours later the database is back, from the log."""
    await asked_to_fix(desk)

    async def die(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    desk.github.after = die
    with pytest.raises(asyncio.CancelledError):
        await desk.executor("dead").step()
    desk.github.after = None
    desk.clock.advance(hours=3)
    await loses(desk.store, checkpoints=True)
    await replays(desk.store)
    await desk.until_idle()
    await desk.stage.settle()
    await desk.until_idle()
    assert [as_user for *_, as_user in desk.github.comments].count(True) == 1
    assert await outcomes_of(desk, "ask_to_fix_ci") == ["succeeded"]


async def _never(_what: str, _repo: Repository) -> None:
    await asyncio.sleep(0)
    raise ConnectionError
