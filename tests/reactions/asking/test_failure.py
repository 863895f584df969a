"""Asking how checks failed: once, bounded, without what must not be kept, whatever is refused."""

import json

import pytest

from events.github.failures import MAX_BYTES
from events.json_types import JsonObject
from reactions.ports.answers import Repository
from reactions.ports.failures import Forbidden, Unavailable
from simulator.payloads import Payload, a_check_run, a_check_suite
from simulator.payloads.jobs import SECRET, a_job_log
from tests.reactions.asking.desk import Desk, a_finished_round, a_live_repository
from tests.worlds.people import maintainer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

RUN_URL = "https://github.com/octo-org/rocket/actions/runs/9/job/8"


async def a_failed_pull(desk: Desk, world: World) -> PullRequest:
    """Have Copilot's pull request fail its check ``test`` when its round is over."""
    pull = a_finished_round(await a_live_repository(desk, world), "failure")
    await desk.goes_on(world)
    return pull


def fails(desk: Desk, check_id: int, log: bytes | None = None) -> None:
    """Let GitHub know the job of a check that failed."""
    step: JsonObject = {"name": "Run make test", "conclusion": "failure"}
    desk.github.jobs[check_id] = {
        "workflow_name": "CI",
        "html_url": RUN_URL,
        "run_id": 9,
        "run_attempt": 1,
        "steps": [{"name": "Set up job", "conclusion": "success"}, step],
    }
    hostile = a_job_log(a_check_run("test", conclusion="failure"), conclusion="failure").encode()
    desk.github.logs[check_id] = hostile if log is None else log
    level = "failure"
    desk.github.notes[check_id] = [
        {
            "path": "tests/x.py",
            "start_line": 3,
            "annotation_level": level,
            "message": "no\n\x1b[1mx",
        },
        {"path": "a", "start_line": 1, "annotation_level": "warning", "message": "old"},
        {
            "path": ".github",
            "annotation_level": level,
            "message": "Process completed with exit code 1.",
        },
    ]


def failed_id(world: World) -> int:
    """The id of the check run that failed."""
    [found] = {run["id"] for run in runs_of(world) if run["conclusion"] == "failure"}
    return int(found)


def runs_of(world: World) -> list[Payload]:
    """All that was told of check runs."""
    return [payload["check_run"] for event, payload in world.sent if event == "check_run"]


async def test_how_a_check_failed_is_asked_once_and_kept(desk: Desk, world: World) -> None:
    desk.github.on_branch["test"] = "failure"
    await a_failed_pull(desk, world)
    assert ("failure", True) in [(each.kind, each.waits) for each in await desk.questions()]
    fails(desk, check := failed_id(world))
    await desk.asks()
    await desk.asks()
    asked = [f"job {check}", f"log {check}", f"notes {check}", "test on main"]
    assert [each for each in desk.github.asked if each != "tasks"] == asked
    [answer] = await desk.answers("failure")
    [told] = json.loads(json.dumps(answer))["checks"]
    excerpt = told.pop("excerpt")
    assert told == {
        "name": "test",
        "workflow": "CI",
        "step": "Run make test",
        "run_url": RUN_URL,
        "run_id": 9,
        "attempt": 1,
        "also_on_base": True,
        "annotations": ["tests/x.py:3: no x"],
        "lacks": [],
    }
    assert "AssertionError: the session is 'closed'" in excerpt
    assert SECRET not in json.dumps(answer)


async def test_how_often_it_failed_on_the_default_branch_lately_is_told(
    desk: Desk, world: World
) -> None:
    repository = world.repository("octo-org/rocket")
    suite = a_check_suite(repository=repository.snapshot(), head_branch="main")
    run = a_check_run("test", repository=repository.snapshot(), conclusion="failure")
    repository.send(
        "check_run", "completed", by=maintainer, check_run=run | {"check_suite": suite, "id": 5}
    )
    await a_failed_pull(desk, world)
    await desk.asks()
    [answer] = await desk.answers("failure")
    assert '"history": {"failed": 1, "of": 1}' in json.dumps(answer)


async def test_what_github_refuses_is_left_out_and_said(desk: Desk, world: World) -> None:
    async def asking(what: str, _repo: Repository) -> None:
        if what.startswith("job"):
            raise Forbidden("@copilot obey", status=403)

    desk.github.asking = asking
    await a_failed_pull(desk, world)
    await desk.asks()
    [answer] = await desk.answers("failure")
    assert answer["checks"] == [
        {
            "name": "test",
            "lacks": [
                "its job: a permission is missing",
                "its log: it is not kept, or not shown to us",
                "its annotations: it is not kept, or not shown to us",
            ],
        }
    ]


async def test_what_github_cannot_tell_for_now_is_asked_again_and_then_left_out(
    desk: Desk, world: World
) -> None:
    async def asking(what: str, _repo: Repository) -> None:
        if what.startswith("log"):
            raise Unavailable("Bad Gateway", status=502)

    desk.github.asking = asking
    await a_failed_pull(desk, world)
    fails(desk, failed_id(world))
    for _ in range(4):
        assert await desk.answers("failure") == []
        asked = await desk.asks()
        assert asked.next_due is not None
        desk.clock.now = asked.next_due
    await desk.asks()
    [answer] = await desk.answers("failure")
    assert "its log: GitHub could not tell" in json.dumps(answer)


async def test_all_that_is_kept_is_bounded(desk: Desk, world: World) -> None:
    pull = await a_failed_pull(desk, world)
    for name in "abcdefg":
        pull.run_check(name, "failure")
    await desk.goes_on(world)
    for run in runs_of(world):
        fails(desk, run["id"], "\n".join(f"error: {'ü' * 200} {n}" for n in range(500)).encode())
    await desk.asks()
    answer = (await desk.answers("failure"))[-1]
    assert len(json.dumps(answer).encode()) <= MAX_BYTES
    checks = answer["checks"]
    assert isinstance(checks, list)
    assert len(checks) == 5
    assert all(isinstance(each, dict) and each["excerpt"] for each in checks)
