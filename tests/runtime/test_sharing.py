"""Processes that share a rebuild: it is the same as by one, whoever of them is killed."""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from events.catalogue import About, ScopePaused, WorkflowEnqueued
from events.log import EventLog
from projections.engine import builds
from projections.registry import PROJECTIONS
from runtime.database import Database
from runtime.replay import Sharing, build_ahead, rebuild
from runtime.sharing import ShareFailed
from tests.conftest import BOTH, SOAK
from tests.events.builders import an_event
from tests.forkserver import Copy, copy
from tests.projections.builders import Rows, positions, project
from tests.projections.engine.test_parts import everything
from tests.projections.own_events import told
from tests.projections.test_runner import everyone_at
from tests.runtime.test_no_downtime import PATIENCE, long_past, made_by_an_older_release, until
from tests.runtime.test_replay import unseen
from tests.service import environment

pytestmark = pytest.mark.anyio


# Each test starts processes; which database it is matters to what they build, which one test sees.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[1:], indirect=True)

EVENTS = 2_600  # more than those for which no process is started
FEW = 10  # at once, where processes are to be killed before they are done, however fast they are
SAID = "said"


async def filled(store: Database, log: EventLog) -> dict[str, Rows]:
    """Fill the log with what happens in many repositories, and return what is then shown."""
    numbers = (1 + n % 20 for n in range(EVENTS - 2))
    await log.append(
        *(an_event(type="issues", repository_id=n, installation_id=1) for n in numbers)
    )
    await log.append(told(WorkflowEnqueued(issue_number=17)), told(ScopePaused(), About()))
    await project(store)
    return await everything(store)


async def test_what_two_processes_build_is_what_was_live(
    store: Database, log: EventLog, database_url: str
) -> None:
    live = await filled(store, log)
    seen: list[tuple[int, int]] = []
    sharing = Sharing(2, database_url)
    await rebuild(store, PROJECTIONS, 500, lambda *far: seen.append(far), sharing)
    assert await everything(store) == live
    assert await positions(store) == everyone_at(EVENTS)
    assert seen == sorted(seen)
    assert seen[-1] == (EVENTS, EVENTS)


@on_one_database
async def test_a_rebuild_of_which_processes_are_killed_is_gone_on_with_by_others(
    store: Database, log: EventLog, database_url: str, tmp_path: Path
) -> None:
    """First one of those that were started, then the one that leads."""
    live = await filled(store, log)
    with replaying(tmp_path, database_url, "--jobs", "3") as leader:
        await until(lambda: store.read(is_begun))
        await until(two_children_of(leader.pid))
        others = children_of(leader.pid)
        os.kill(others[0], signal.SIGKILL)
        assert await asyncio.to_thread(leader.wait, PATIENCE) == 1
    said = (tmp_path / SAID).read_text().splitlines()
    [line] = [line for line in said if not line.startswith("replaying: ")]
    assert re.match(r"error: process [23] of 3 at the build was ended by signal 9; what is", line)
    assert len(others) == 2
    assert not any(map(is_there, others))
    before = await store.read(half_built)
    with replaying(tmp_path, database_url, "--jobs", "2") as leader:
        await until(lambda: store.read(lambda c: half_built(c) > before))
        others = children_of(leader.pid)
        leader.kill()
        await until(nobody_of(others))
    assert len(others) == 1
    [build] = await store.read(lambda c: builds.builds_of(c, PROJECTIONS))
    [theirs] = [position for part, position in build.parts.items() if part.number == 1]
    assert theirs < EVENTS  # nobody went on alone
    await store.write(long_past)
    with replaying(tmp_path, database_url, "--jobs", "2", "--batch", "500") as other:
        assert await asyncio.to_thread(other.wait, PATIENCE) == 0
    assert await everything(store) == live


@on_one_database
async def test_a_process_that_fails_ends_the_rebuild_with_its_reason(
    store: Database, log: EventLog, tmp_path: Path
) -> None:
    """Its database is not there, as this one's is."""
    await filled(store, log)
    absent = f"sqlite+aiosqlite:///{tmp_path / 'no folder' / 'log.db'}"
    with pytest.raises(ShareFailed, match=r"process 2 of 2 at the build failed: .*; what is built"):
        await rebuild(store, PROJECTIONS, 200, unseen, Sharing(2, absent))
    assert await positions(store) == everyone_at(EVENTS)


@on_one_database
async def test_several_build_ahead_what_a_release_changed(
    store: Database, log: EventLog, database_url: str
) -> None:
    live = await filled(store, log)
    await store.write(made_by_an_older_release)
    names, reached = await build_ahead(store, PROJECTIONS, 200, unseen, Sharing(2, database_url))
    assert (len(names), reached) == (len(PROJECTIONS), EVENTS)
    [build] = await store.read(lambda c: builds.builds_of(c, PROJECTIONS))
    assert build.is_whole
    await rebuild(store, PROJECTIONS, 200, unseen)
    assert await everything(store) == live


@contextmanager
def replaying(folder: Path, database_url: str, *options: str) -> Iterator[Copy]:
    """Run ``replay``, which says what it says in a file; it is killed if it is still there."""
    command = ["replay", "--batch", str(FEW), *options]
    with (folder / SAID).open("wb") as said:
        process = copy(command, folder, environment(database_url), said.fileno(), said.fileno())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def is_begun(connection: Connection) -> bool:
    """Whether each part was begun."""
    return any(build.position > 0 for build in builds.builds_of(connection, PROJECTIONS))


def half_built(connection: Connection) -> int:
    """How far the parts are, on an average."""
    return builds.mean_position(connection, [each.name for each in PROJECTIONS]) or 0


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def two_children_of(pid: int) -> Callable[[], Awaitable[bool]]:
    async def there() -> bool:
        return len(children_of(pid)) == 2

    return there


def nobody_of(pids: list[int]) -> Callable[[], Awaitable[bool]]:
    async def gone() -> bool:
        return not any(map(is_there, pids))

    return gone


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
