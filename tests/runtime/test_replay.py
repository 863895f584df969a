"""A replay builds the same rows again, and cannot act."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from events import lease
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.activity import ACTIVITY
from projections.registry import PROJECTIONS
from projections.repositories.fold import REPOSITORIES
from runtime.background.projecting import LEASE, Projecting
from runtime.clock import now
from runtime.database import Database
from runtime.replay import UnknownProjection, chosen, rebuild
from simulator.payloads import deliveries
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import a_delivery, all_rows, another, append_hourly, project
from tests.runtime.background.works import at_work

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

SOURCE = Path(__file__).parents[2] / "src"
ACTING = {"gateway", "reactions", "simulator", "githubkit", "httpx", "httpx2"}


def unseen(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


async def empty(store: Store) -> None:
    """Remove every row but leave the checkpoints where they are."""

    def work(connection: Connection) -> None:
        for projection in PROJECTIONS:
            connection.execute(projection.tables[0].delete())

    await store.write(work)


@histories.WITH_DATABASES
@given(history=histories.histories, batch=st.integers(1, 12))
async def test_rows_built_again_are_those_that_were_live_at_any_batch_size(
    new_database: Callable[[], str], history: Sequence[NewEvent], batch: int
) -> None:
    async with another(new_database) as store:
        clock = Clock()
        await append_hourly(EventLog(store, clock, Wake()), clock, history)
        await project(store)
        live = await all_rows(store)
        await empty(store)
        assert await rebuild(store, PROJECTIONS, batch, unseen) == len(history)
        assert await all_rows(store) == live


async def test_only_the_named_projections_are_built_again(store: Database, log: EventLog) -> None:
    await log.append(a_delivery("issues", deliveries.issues()))
    await project(store)
    live = await all_rows(store)
    await empty(store)
    await rebuild(store, chosen(["activity", "repositories"]), 10, unseen)
    mended = {ACTIVITY.name, REPOSITORIES.name}
    expected = {name: rows if name in mended else {} for name, rows in live.items()}
    assert await all_rows(store) == expected


async def test_progress_is_told_up_to_the_end(store: Database, log: EventLog) -> None:
    await log.append(*[a_delivery("issues", deliveries.issues()) for _ in range(5)])
    told: list[tuple[int, int]] = []
    await rebuild(store, PROJECTIONS, 2, lambda done, total: told.append((done, total)))
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]


async def test_beside_a_running_worker_a_replay_leaves_the_work_to_it(
    store: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background.projecting.POLL_SECONDS", 0.02)
    await log.append(*[a_delivery("issues", deliveries.issues()) for _ in range(20)])
    progress = Wake()
    projecting = Projecting(
        store=store, grown=log.wake, progress=progress, clock=now, instance="the service"
    )
    async with at_work(projecting.work()), asyncio.timeout(120):
        while progress.position < 20:
            await progress.wait(progress.position, 30)
        live = await all_rows(store)
        assert await rebuild(store, PROJECTIONS, 7, unseen) == 20
        assert await all_rows(store) == live
        assert await store.read(lambda c: lease.holder_of(c, LEASE, now())) == "the service"


def test_no_name_chooses_every_projection_and_an_unknown_one_is_refused() -> None:
    assert chosen([]) == PROJECTIONS
    with pytest.raises(UnknownProjection, match="'lanes of gold' is no projection; there are"):
        chosen(["activity", "lanes of gold"])


def test_a_name_given_twice_chooses_its_projection_once() -> None:
    assert chosen(["activity", "repositories", "activity"]) == (ACTIVITY, REPOSITORIES)


@pytest.mark.parametrize("module", ["runtime.replay", "projections.registry"])
def test_nothing_that_could_act_is_loaded_with(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    done = subprocess.run(  # noqa: S603 (our own arguments)
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert module.partition(".")[0] in loaded
    assert loaded & ACTING == set()
