"""``doctor`` as a real command, against a simulated GitHub and without one."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from tests.service import PROGRAM, environment, run

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@on_one_database
def test_offline_it_judges_what_is_here(tmp_path: Path, database_url: str) -> None:
    ran = run(tmp_path, "doctor", "--offline", "--json", database_url=database_url)
    report = json.loads(ran.stdout)
    assert (ran.returncode, report["healthy"]) == (0, True)
    assert {each["check"]: each["state"] for each in report["findings"]} == {
        "webhook secret": "ok",
        "admin token": "ok",
        "database": "ok",
        "GitHub": "skipped",
    }


def test_a_database_that_is_not_there_is_a_problem_with_advice(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/none.db"
    ran = run(tmp_path, "doctor", "--offline", database_url=url)
    assert ran.returncode == 1
    assert "migrate" in ran.stdout
    assert ran.stderr == ""


@pytest.mark.parametrize(
    "nonsense",
    [
        {"github_private_key": "no key", "github_app_id": "1"},
        {"github_private_key": "-----BEGIN nothing", "github_app_id": "1"},
    ],
)
@on_one_database
def test_a_key_that_is_none_is_a_finding(
    tmp_path: Path, database_url: str, nonsense: dict[str, str]
) -> None:
    ran = run(tmp_path, "doctor", "--json", database_url=database_url, **nonsense)
    assert ran.returncode == 1
    [finding] = [e for e in json.loads(ran.stdout)["findings"] if e["check"] == "app"]
    assert finding["state"] == "problem"
    assert "Traceback" not in ran.stderr


@on_one_database
async def test_a_whole_set_up_is_well(tmp_path: Path, database_url: str) -> None:
    plan = Plan(repositories=(RepositoryPlan(full_name="orbit-works/rocket"),), speed=1)
    async with Simulator(plan) as github:
        report, status = await examined(tmp_path, database_url, github, github.user_token)
        states = {each["check"]: each["state"] for each in report["findings"]}
        assert status == 0, report
        assert states["app"] == states["clock"] == states["acting user"] == "ok"
        assert states["copilot in orbit-works/rocket"] == "ok"
        assert "problem" not in states.values()


@on_one_database
async def test_a_token_that_github_does_not_take_and_copilot_turned_off_are_found(
    tmp_path: Path, database_url: str
) -> None:
    plan = Plan(
        repositories=(RepositoryPlan(full_name="orbit-works/rocket", copilot=False),), speed=1
    )
    async with Simulator(plan) as github:
        report, status = await examined(tmp_path, database_url, github, github.user_token)
        states = {each["check"]: each["state"] for each in report["findings"]}
        assert (status, states["copilot in orbit-works/rocket"]) == (1, "problem")
        report, status = await examined(tmp_path, database_url, github, "ghu_gone")
        states = {each["check"]: each["state"] for each in report["findings"]}
        assert (status, states["acting user"]) == (1, "problem")
        assert "ghu_gone" not in json.dumps(report)


async def examined(
    folder: Path, database_url: str, github: Simulator, token: str
) -> tuple[dict[str, Any], int]:
    settings = {
        "github_api_url": github.url,
        "github_app_id": str(github.app_id),
        "github_private_key": github.private_key,
        "acting_user_token": token,
    }
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        "doctor",
        "--json",
        cwd=folder,
        env=environment(database_url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert b"Traceback" not in err
    report: dict[str, Any] = json.loads(out)
    return report, process.returncode or 0
