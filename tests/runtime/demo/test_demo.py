"""``demo`` as a newcomer runs it: the whole loop, on a simulated GitHub, ending by itself."""

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from aggregates.policy import read_policy
from runtime.demo.planning import POLICY_PATH, Wish, hopeless, plan_of
from tests.forkserver import copy
from tests.service import environment, run, until

FAST = ("--speed", "900", "--seed", "3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(
        folder,
        "demo",
        *arguments,
        database_url="sqlite+aiosqlite:///./never-used.db",
        read_database_url="postgresql+asyncpg://never/used",
        log_level="debug",
    )


def test_it_ends_with_every_issue_done_and_says_what_was_done(folder: Path) -> None:
    ran = demo(folder, "--issues", "8", "--until-done", "--json", *FAST)
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert summary["finished"] is True
    assert summary["stages"] == {"done": 7, "needs_human": 1}
    assert summary["failed_actions"] == 0
    actions = summary["actions"]
    assert actions["assign"] == 7  # an epic is given to nobody
    assert actions["mark_ready"] >= 5
    assert actions["ask_to_fix_ci"] >= 1
    assert actions["ask_to_address_review"] >= 1
    assert actions["ask_to_resolve_conflicts"] >= 1
    assert actions["rerun_failed_jobs"] >= 1
    assert summary["steps"]["go_on"] == 1  # by whom a comment led to the session that failed
    assert summary["steps"]["close"] == 1  # the epic, once a comment said that it is finished
    assert actions["enable_agent_merge"] >= 1
    asked = [kind for kind in actions if kind.startswith(("ask_to_", "enable_"))]
    assert summary["rounds"] == sum(actions[kind] for kind in asked)
    assert summary["sessions"] == 7 + summary["rounds"]
    assert summary["minutes"] > 0
    assert summary["steps_saved"] >= 15
    lines = ran.stderr.splitlines()
    assert stages(lines, "rocket#2", "needs_human", "done") == ["needs_human", "done"]
    assert any("rocket#2" in line and "Copilot's session failed" in line for line in lines)
    assert stages(lines, "rocket#1", "ci_failed", "done") == ["ci_failed", "done"]
    assert stages(lines, "lander#2", "ci_failed", "done") == ["ci_failed", "done"]
    assert stages(lines, "relay#1", "conflicted", "done")[-2:] == ["conflicted", "done"]
    epic = stages(lines, "rocket#3", "blocked", "needs_human", "done")
    assert list(dict.fromkeys(epic)) == ["blocked", "needs_human", "done"]
    begun = [line for line in lines if " in_progress" in line and "rocket#" in line]
    order = list(dict.fromkeys(re.findall(r"rocket#(\d)", "\n".join(begun))))
    assert order == ["2", "1"]  # as the epic has them
    assert "merge_ready" in ran.stderr
    assert list(folder.iterdir()) == []  # its database was a temporary one


def stages(lines: list[str], issue: str, *names: str) -> list[str]:
    """Which of some stages were told of an issue, in order."""
    told = [line.split(f"{issue} ")[1].split()[0] for line in lines if f"{issue} " in line]
    return [stage for stage in told if stage in names]


def test_what_takes_too_long_ends_with_a_summary_and_a_failure(folder: Path) -> None:
    ran = demo(folder, "--issues", "1", "--until-done", "--json", "--limit", "1", "--speed", "1")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["finished"] is False


def test_it_says_when_its_port_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = demo(folder, "--port", str(port))
    told = f"error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert (ran.returncode, ran.stderr) == (1, told)


def test_it_says_that_all_is_done_and_goes_on_until_it_is_stopped(folder: Path) -> None:
    log = folder / "out"
    with log.open("wb") as out:
        process = copy(
            ["demo", "--issues", "1", *FAST],
            folder,
            environment("sqlite+aiosqlite:///./never-used.db"),
            out.fileno(),
            out.fileno(),
        )
    try:
        until(lambda: "all came to their end" in log.read_text())
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    assert log.read_text().count("all came to their end") == 1
    assert "Traceback" not in log.read_text()


def test_the_plan_has_as_many_issues_as_wished_and_one_that_is_hopeless() -> None:
    for count in range(1, 20):
        wish = Wish(count, 60.0, 7)
        planned = [issue for repo in plan_of(wish).repositories for issue in repo.issues]
        assert len(planned) == count
        lost = [issue for issue in planned if issue.script.checks.count("failure") > 2]
        assert len(lost) == hopeless(wish)


def test_an_epic_is_among_many_and_consists_of_others_of_its_repository() -> None:
    for count in range(1, 20):
        repositories = plan_of(Wish(count, 60.0, 7)).repositories
        epics = [
            (repo, issue) for repo in repositories for issue in repo.issues if issue.sub_issues
        ]
        assert len(epics) == (count >= 8)
        for repository, epic in epics:
            parts = [repository.issues[number - 1] for number in epic.sub_issues]
            assert epic not in parts
            assert [each.labels for each in parts] == [(), ()]
            assert "epics: true" in repository.files[POLICY_PATH]


def test_the_policies_of_the_demonstration_are_valid() -> None:
    for repository in plan_of(Wish(8, 60.0, 7)).repositories:
        assert read_policy(repository.files[POLICY_PATH]).problems == ()
