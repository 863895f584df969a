"""What the dashboard shows in tests: a simulated GitHub's work, conducted once, stopped midway.

It ends where each kind of thing is to be seen: work that is done, work that waits for a merge,
for a person, for a review and in queues, a session that failed, Agent Merge, a failure without its
logs, a ceiling that is used up, a paused repository, and one in shadow mode.
"""

import asyncio
import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias
from uuid import uuid4

import httpx2
from sqlalchemy import Connection, Table, insert, make_url, select, update

from runtime.database import open_database
from runtime.demo.running import Onlooker, orchestrator
from runtime.migrate import newest_revision
from runtime.tables import metadata
from simulator.plan import (
    CiHabits,
    CopilotHabits,
    IssuePlan,
    PeopleHabits,
    Plan,
    RepositoryPlan,
    Script,
    SessionEnd,
)
from simulator.serving import listen
from simulator.simulator import Simulator
from tests.databases import sqlite_url

ROCKET, LANDER, RELAY = "orbit-works/rocket", "orbit-works/lander", "orbit-works/relay"
BEACON, ANTENNA = "orbit-works/beacon", "orbit-works/antenna"
PROBE, TRACKER = "orbit-works/probe", "orbit-works/tracker"
PAUSED_FOR = "Release freeze until Thursday"

_LIVE = "mode: live\nci: {settle_seconds: 1, max_attempts: 2}\nreview: {quiet_seconds: 1}\n"
_MERGES = _LIVE + "merge: {automatic: true}\n"
_TWO_SESSIONS = _LIVE + "budget: {sessions_per_month: 2}\n"
_MENDS_ITSELF = _LIVE + "mend: agent_merge\nqueue: {max_active: 2}\n"
_ALWAYS = 1_000  # more check runs than there are
_PATIENCE = 120.0  # seconds until the last of it stands as it should
_POLICY = ".github/copilot-orchestrator.yml"
_QUEUED = ("status:queued",)


def _issue(
    title: str,
    *checks: str,
    reviews: tuple[str, ...] = ("approved",),
    sessions: tuple[SessionEnd, ...] = (),
) -> IssuePlan:
    script = Script(
        ignored_assignments=0,
        checks=checks or ("success",),
        reviews=reviews,  # type: ignore[arg-type]  # verdicts, as written below
        sessions=sessions,
    )
    return IssuePlan(title=title, labels=_QUEUED, script=script)


def _repository(
    name: str, policy: str, *issues: IssuePlan, previews: bool = False
) -> RepositoryPlan:
    return RepositoryPlan(
        full_name=name,
        files={_POLICY: policy} if policy else {},
        issues=issues,
        required_checks=("lint", "test"),
        required_approvals=1,
        tasks=previews,
        agent_merge=previews,
    )


Row: TypeAlias = dict[str, Any]

PLAN = Plan(
    repositories=(
        _repository(
            ROCKET,
            _TWO_SESSIONS,
            _issue("Commands are refused after a restart", "failure", "success"),
            _issue("The countdown skips a second"),
            _issue("Say why a burn was aborted"),
        ),
        _repository(
            LANDER,
            _LIVE,
            _issue("The landing legs deploy twice", *("failure",) * 8),
            _issue("The altimeter reads feet as metres"),
        ),
        _repository(
            RELAY,
            _MERGES,
            _issue("Telemetry loses its last packet", reviews=("changes_requested", "approved")),
            _issue("Retry the uplink with a backoff"),
        ),
        _repository(BEACON, _LIVE, _issue("The log is too loud")),
        _repository(
            PROBE,
            _MENDS_ITSELF,
            _issue("The probe forgets its heading", sessions=("failed",)),
            _issue("The shutter sticks in the cold", "failure", "success"),
            previews=True,
        ),
        _repository(TRACKER, _LIVE, _issue("The battery is read twice", *("failure",) * 8)),
        _repository(ANTENNA, "", _issue("Fuel is rounded up")),
    ),
    seed=7,
    speed=2700.0,
    copilot=CopilotHabits(never_starts=0.0),
    ci=CiHabits(fails=0.0),
    people=PeopleHabits(requests_changes=0.0, merges=False),
)
# Where each comes to rest: repository, issue, stage.
RESTING = (
    (ROCKET, 1, "merge_ready"),
    (LANDER, 1, "needs_human"),
    (RELAY, 1, "done"),
    (RELAY, 2, "done"),
    (BEACON, 1, "merge_ready"),
    (PROBE, 1, "needs_human"),
    (PROBE, 2, "merge_ready"),
    (TRACKER, 1, "needs_human"),
)


def history_in(folder: Path) -> Path:
    """Return a database file that holds it, made by whichever worker of a run comes first."""
    made = folder / f"dashboard-history-{newest_revision()}.db"
    with (folder / "dashboard-history.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            place = folder / f"history-{os.getpid()}"
            place.mkdir()
            asyncio.run(_conduct(place))
            with closing(sqlite3.connect(place / "demo.db")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.move(place / "demo.db", made)
    return made


def copied_to(history: Path, url: str) -> None:
    """Copy all of it into a fresh, migrated database."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        shutil.copyfile(history, str(target.database))
    else:
        asyncio.run(_copy(sqlite_url(history), url))


async def _conduct(place: Path) -> None:
    listener = listen("127.0.0.1", 0)
    url = "http://{}:{}".format(*listener.getsockname())
    github = Simulator(PLAN, webhook_url=f"{url}/api/webhooks/github")
    github.on_cue("check_run", "completed", partial(_lose_logs, github), times=_ALWAYS)
    async with github, orchestrator(github, listener, place) as (process, token):
        onlooker = Onlooker(process.database, lambda _line: None, monotonic())
        async with httpx2.AsyncClient(base_url=url, timeout=_PATIENCE) as client:
            await _until_rested(onlooker)
            client.headers["Authorization"] = f"Bearer {token}"
            await _until_told(client, LANDER)
            await _until_told(client, TRACKER)
            position = await _pause(client, BEACON)
            reflected = await client.get("/api/dashboard", params={"min_position": position})
            reflected.raise_for_status()


def _lose_logs(github: Simulator, _: object) -> None:
    """Have the logs of one repository's jobs expire with the jobs: how they failed lacks them."""
    checks = github.repository(TRACKER).checks
    checks.expired_logs.update(run.id for run in checks.runs)


async def _until_rested(onlooker: Onlooker) -> None:
    until = monotonic() + _PATIENCE
    while True:
        await onlooker.look()
        ids = {name: number for number, name in onlooker.names.items()}
        stages = {(ids.get(name, 0), issue): stage for name, issue, stage in RESTING}
        if all(key in onlooker.stages and onlooker.stages[key] == stages[key] for key in stages):
            return
        assert monotonic() < until, f"it never came to rest: {onlooker.stages}"
        await asyncio.sleep(0.2)


async def _until_told(client: httpx2.AsyncClient, name: str) -> None:
    """Wait until GitHub told how the checks failed of a repository's first issue."""
    number = await _id_of(client, name)
    until = monotonic() + _PATIENCE
    while True:
        shown = (await client.get(f"/api/repositories/{number}/workflows/1")).json()
        if shown["failure"] is not None:
            return
        assert monotonic() < until, f"it was never told: {shown}"
        await asyncio.sleep(0.2)


async def _id_of(client: httpx2.AsyncClient, name: str) -> int:
    found = (await client.get("/api/repositories")).json()["items"]
    [number] = [each["id"] for each in found if each["full_name"] == name]
    return int(number)


async def _pause(client: httpx2.AsyncClient, name: str) -> int:
    number = await _id_of(client, name)
    answer = await client.post(
        f"/api/repositories/{number}/pause",
        json={"reason": PAUSED_FOR},
        headers={"Idempotency-Key": str(uuid4())},
    )
    answer.raise_for_status()
    return int(answer.json()["position"])


async def _copy(source: str, target: str) -> None:
    origin, copy = open_database(source), open_database(target)
    try:
        for table in metadata.sorted_tables:
            rows = await origin.read(partial(_rows, table))
            if rows:
                await copy.write(partial(_put, table, rows))
    finally:
        await origin.close()
        await copy.close()


def _rows(table: Table, connection: Connection) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def _put(table: Table, rows: list[Row], connection: Connection) -> None:
    """Write rows; what a migrated database has already, as the log's head, is replaced."""
    if connection.execute(select(table)).first() is None:
        connection.execute(insert(table), rows)
    else:
        [row] = rows
        connection.execute(update(table).values(row))
