"""``costs`` tells a person what a month cost, by asking the server that runs."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx2
import pytest

from events.catalogue import About, PolicyChanged, own_event
from events.log import EventLog
from events.wake import Wake
from runtime.database import open_database
from simulator.payloads import a_repository, an_issue, deliveries
from tests.databases import SqliteTemplate
from tests.projections.builders import a_delivery
from tests.projections.costs.happenings import a_session
from tests.projections.own_events import a_request
from tests.service import TOKEN, Started, run, started, until

ROCKET = a_repository()
HERE = About(installation_id=1, repository_id=ROCKET["id"])
OTHERS = 205  # more repositories than one answer lists
NOON: Final = datetime(2026, 1, 20, 12, tzinfo=UTC)


@dataclass
class Month:
    """A running service whose log has a month of work; ``told``: up to here all of the rocket's."""

    service: Started
    told: int

    def costs(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in an empty folder, with the admin token in its settings."""
        away = {"database_url": "sqlite+aiosqlite:///nowhere/at.db"}
        return run(folder, "costs", *arguments, "--url", self.service.url, **away)


@pytest.fixture(scope="module")
def month(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate
) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("service")
    url = sqlite_template.clone(folder)
    told = asyncio.run(_told(url))
    with started(folder, url) as service:
        path = f"{service.url}/api/costs?min_position={told + OTHERS}"
        held = {"Authorization": f"Bearer {TOKEN}"}
        until(lambda: httpx2.get(path, headers=held, timeout=30).is_success)
        yield Month(service, told)


async def _told(url: str) -> int:
    """Tell of the work; return the position up to which it is the rocket's."""
    budget = {"mode": "live", "budget": {"sessions_per_day": 2}}
    policy = PolicyChanged.model_validate(
        {"layer": "repository", "origin": "a file", "content": "", "document": budget}
    )
    others = [About(installation_id=1, repository_id=1000 + number) for number in range(OTHERS)]
    issue = an_issue(17, repository=ROCKET, labels=("status:queued",))
    database = open_database(url)
    try:
        log = EventLog(database, lambda: NOON, Wake())
        known = await log.append(
            own_event(policy, uuid4(), about=HERE),
            a_delivery("issues", deliveries.issues(issue=issue, repository=ROCKET)),
            a_request(about=HERE, token="1"),
            a_request(about=HERE, token="1", kind="ask_to_fix_ci"),
            a_session(12, about=HERE),
        )
        await log.append(*(a_request(about=each, issue_number=3) for each in others))
        return known[-1].event.position
    finally:
        await database.close()


def cells(line: str) -> list[str]:
    return line.split()


def test_a_month_is_a_table_by_repository_with_what_all_cost_together(
    month: Month, tmp_path: Path
) -> None:
    shown = month.costs(tmp_path, "--month", "2026-01")
    assert (shown.returncode, shown.stderr) == (0, "")
    head, _, columns, *rows = shown.stdout.splitlines()
    assert head == "Costs in 2026-01, which ends 2026-02-01T00:00:00Z"
    assert cells(columns)[1:] == ["sessions", "assignments", "rounds", "reruns", "minutes"]
    assert len(rows) == 1 + OTHERS + 1
    by_name = {cells(row)[0]: cells(row)[1:] for row in rows}
    assert by_name[ROCKET["full_name"]] == ["2", "1", "1", "0", "12"]
    assert by_name["altogether"] == [str(OTHERS + 2), str(OTHERS + 1), "1", "0", "12"]
    assert sum(figures[-1] == "-" for figures in by_name.values()) == OTHERS  # nothing was told
    assert {len(line) for line in (columns, *rows)} == {len(columns)}


def test_one_repository_is_shown_by_issue_and_as_of_then_with_what_is_allowed(
    month: Month, tmp_path: Path
) -> None:
    shown = month.costs(tmp_path, ROCKET["full_name"].upper(), "--as-of", str(month.told))
    assert (shown.returncode, shown.stderr) == (0, "")
    head, _, _, *rows, _, allowed = shown.stdout.splitlines()
    assert head.startswith(f"Costs of {ROCKET['full_name'].upper()} in 2026-01, which ends ")
    assert [cells(row)[:2] for row in rows] == [["#17", "2"], ["altogether", "2"]]
    assert allowed == (
        "2 of 2 of budget.sessions_per_day, used up, until 2026-01-21T00:00:00Z; may be raised by "
        "a maintainer, in the repository's .github/copilot-orchestrator.yml"
    )


def test_a_month_in_which_nothing_was_had_done_says_so(month: Month, tmp_path: Path) -> None:
    shown = month.costs(tmp_path, "--month", "2025-12")
    assert shown.stdout.splitlines()[-1] == "nothing was had done"


def test_as_json_it_is_what_the_server_answers_on_all_pages(month: Month, tmp_path: Path) -> None:
    found = json.loads(month.costs(tmp_path, "--month", "2026-01", "--json").stdout)
    assert (len(found["items"]), found["next"]) == (1 + OTHERS, None)
    assert found["totals"]["sessions"] == OTHERS + 2


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (("nobody/nothing",), 1, "knows no repository nobody/nothing"),
        (("--as-of", "tomorrow"), 1, "as_of"),
        (("rocket",), 2, "write OWNER/NAME"),
        (("--month", "2026-13"), 2, "write YYYY-MM"),
    ],
)
def test_what_cannot_be_told_is_an_error(
    month: Month, tmp_path: Path, arguments: tuple[str, ...], status: int, error: str
) -> None:
    shown = month.costs(tmp_path, *arguments)
    assert (shown.returncode, shown.stdout) == (status, "")
    assert error in shown.stderr
