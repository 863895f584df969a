"""``doctor`` as a real command, against a simulated GitHub and without one."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from tests.service import run
from tests.simulator.running import a_receiver, until

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

ROCKET = "orbit-works/rocket"
PEM = "-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n-----END RSA PRIVATE KEY-----"


def states(report: dict[str, Any]) -> dict[str, str]:
    return {
        f"{each['check']} {each['about']}".strip(): each["state"] for each in report["findings"]
    }


@on_one_database
def test_offline_a_fresh_installation_is_healthy(tmp_path: Path, database_url: str) -> None:
    ran = run(tmp_path, "doctor", "--offline", "--json", database_url=database_url)
    report = json.loads(ran.stdout)
    assert (ran.returncode, ran.stderr, report["healthy"]) == (0, "", True)
    assert set(states(report).values()) == {"ok", "warning", "skipped"}
    assert [each["check"] for each in report["findings"] if each["state"] == "warning"] == [
        "secret key",
        "sign-in",
        "administrators",
        "App",
        "acting user",
    ]


@on_one_database
def test_people_get_a_line_for_each_finding(tmp_path: Path, database_url: str) -> None:
    ran = run(tmp_path, "doctor", "--offline", database_url=database_url, admin_token="")
    *lines, summary = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr) == (1, "")
    assert [line.split()[0] for line in lines].count("problem") == 1
    [line] = [line for line in lines if line.startswith("problem")]
    assert "ORCHESTRATOR_ADMIN_TOKEN is not set" in line
    assert "→ set a random one" in line
    assert "1 to mend" in summary


NONSENSE: list[tuple[set[str], dict[str, str]]] = [
    (
        {
            "settings",
            "webhook secret",
            "admin token",
            "policy file",
            "database",
            "GitHub",
        },
        {
            "github_api_url": "http://127.0.0.1:1",
            "log_level": "hunter2",
            "metrics_open": "hunter2",
            "recovery_seconds": "-1",
            "webhook_secret": "changeme",
            "admin_token": "hun ter2",
            "policy_file": "/no/such/file",
            "database_url": "mysql://anna:hunter2@host/x",
        },
    ),
    (
        {"settings", "policy file", "database", "App", "acting user"},
        {
            "policy_file": "/",
            "database_url": "postgresql+asyncpg://anna:hunter2@127.0.0.1:1/x",
            "github_api_url": "http://[hunter2",
            "github_app_id": "hunter2",
            "github_private_key": "/hunter2/\x01",
            "acting_user_token": "hunter2 hunter2",
        },
    ),
    (
        {"settings", "App"},
        {"github_api_url": "ftp://hunter2", "github_app_id": "1", "github_private_key": PEM},
    ),
]


@pytest.mark.parametrize(("checks", "nonsense"), NONSENSE)
@on_one_database
def test_nonsense_is_a_problem_with_advice_and_no_traceback(
    tmp_path: Path, database_url: str, checks: set[str], nonsense: dict[str, str]
) -> None:
    ran = run(tmp_path, "doctor", "--json", **{"database_url": database_url} | nonsense)
    assert (ran.returncode, ran.stderr) == (1, "")
    report = json.loads(ran.stdout)
    problems = [each for each in report["findings"] if each["state"] == "problem"]
    assert {each["check"] for each in problems} == checks
    assert all(each["advice"] for each in problems)
    assert "hunter2" not in ran.stdout.replace("/hunter2", "")  # a path may be told
    assert "it failed with" not in ran.stdout
    assert not report["healthy"]


async def examined(
    folder: Path, database_url: str, github: Simulator, token: str
) -> tuple[dict[str, str], int]:
    """Return the state of each check and the command's status."""
    settings = {
        "github_api_url": github.url,
        "github_app_id": str(github.app_id),
        "github_private_key": github.private_key,
        "acting_user_token": token,
    }
    told = settings | {"database_url": database_url}
    ran = await asyncio.to_thread(run, folder, "doctor", "--json", **told)
    assert ran.stderr == ""
    assert token not in ran.stdout
    return states(json.loads(ran.stdout)), ran.returncode


def a_plan(*, copilot: bool = True) -> Plan:
    return Plan(repositories=(RepositoryPlan(full_name=ROCKET, copilot=copilot),), speed=1)


@on_one_database
async def test_a_whole_set_up_has_no_problem(tmp_path: Path, database_url: str) -> None:
    async with a_receiver() as receiver, Simulator(a_plan(), webhook_url=receiver.url) as github:
        await until(lambda: receiver.got)
        found, status = await examined(tmp_path, database_url, github, github.user_token)
    assert "problem" not in found.values(), found
    assert status == 0
    for check in ("GitHub", "clock", "App", "deliveries", "acting user", f"Copilot {ROCKET}"):
        assert found[check] == "ok"
    assert found[f"Actions approval {ROCKET}"] == "skipped"  # the simulator has no such endpoint


@on_one_database
async def test_an_app_without_a_webhook_is_a_problem(tmp_path: Path, database_url: str) -> None:
    async with Simulator(a_plan()) as github:
        found, status = await examined(tmp_path, database_url, github, github.user_token)
    assert (status, found["webhook"], found["App"]) == (1, "problem", "ok")


@on_one_database
async def test_copilot_turned_off_is_a_problem(tmp_path: Path, database_url: str) -> None:
    async with Simulator(a_plan(copilot=False)) as github:
        found, status = await examined(tmp_path, database_url, github, github.user_token)
    assert (status, found[f"Copilot {ROCKET}"]) == (1, "problem")


@on_one_database
async def test_a_token_that_github_does_not_take_is_a_problem(
    tmp_path: Path, database_url: str
) -> None:
    async with Simulator(a_plan()) as github:
        found, status = await examined(tmp_path, database_url, github, "github_pat_gone")
    assert (status, found["acting user"], found["App"]) == (1, "problem", "ok")
    assert found[f"Copilot {ROCKET}"] == "skipped"
