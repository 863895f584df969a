"""Jobs of failed checks: their steps, their logs behind a redirect, what they noted."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from simulator.payloads.jobs import SECRET
from simulator.plan import CiHabits, PeopleHabits, Script
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, OWNER
from simulator.state.check_moves import begin_checks
from simulator.state.checks import CheckRun
from tests.simulator.builders import ROCKET
from tests.simulator.running import REPO, Client, a_client, a_plan, a_simulator, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        yield client


def a_check(simulator: Simulator, conclusion: str = "failure") -> CheckRun:
    repository = simulator.repository(ROCKET)
    sha = repository.branches["main"]
    checking = begin_checks(repository, sha, "main", OWNER)
    run = checking.request_run("CI", "Begin", "push")
    check = checking.queue("test")
    checking.start_run(run)
    checking.complete(check, conclusion)
    checking.complete_run(run, conclusion)
    return check


async def test_a_job_shows_its_run_and_the_step_that_failed(client: Client) -> None:
    check = a_check(client.simulator)
    job = (await client.bot("GET", f"{REPO}/actions/jobs/{check.id}")).json()
    [run] = client.simulator.repository(ROCKET).checks.actions_runs
    assert (job["id"], job["run_id"], job["workflow_name"]) == (check.id, run.id, "CI")
    assert [each["name"] for each in job["steps"] if each["conclusion"] == "failure"] == [
        "Run make test"
    ]


async def test_a_log_is_kept_on_another_host_that_takes_no_credentials(client: Client) -> None:
    check = a_check(client.simulator)
    led = await client.bot("GET", f"{REPO}/actions/jobs/{check.id}/logs")
    assert led.status_code == 302
    where = httpx2.URL(led.headers["location"])
    assert where.host != httpx2.URL(client.simulator.url).host
    log = await client.http.get(where)
    assert SECRET in log.text
    assert "\x1b[31m" in log.text
    with_token = await client.http.get(where, headers={"authorization": "Bearer x"})
    assert with_token.status_code == 403
    assert (await client.http.get(str(where).replace("sig=", "sig=x"))).status_code == 403


async def test_a_log_may_have_expired(client: Client) -> None:
    check = a_check(client.simulator)
    client.simulator.repository(ROCKET).checks.expired_logs.add(check.id)
    answer = await client.bot("GET", f"{REPO}/actions/jobs/{check.id}/logs")
    assert answer.status_code == 410


async def test_only_what_failed_has_annotations(client: Client) -> None:
    failed, passed = a_check(client.simulator), a_check(client.simulator, "success")
    found = await client.bot("GET", f"{REPO}/check-runs/{failed.id}/annotations")
    assert [each["start_line"] for each in found.json()] == [31, 24]
    assert (await client.bot("GET", f"{REPO}/check-runs/{passed.id}/annotations")).json() == []


async def test_without_the_permission_nothing_is_told(client: Client) -> None:
    check = a_check(client.simulator)
    del client.simulator.app.permissions["actions"]
    for path in (f"jobs/{check.id}", f"jobs/{check.id}/logs"):
        assert (await client.bot("GET", f"{REPO}/actions/{path}")).status_code == 403


async def test_a_flaky_run_passes_when_its_failed_jobs_are_run_again() -> None:
    plan = replace(a_plan(), ci=CiHabits(checks=("test",), flaky=1.0))
    async with a_simulator(plan) as simulator, a_client(simulator) as client:
        repository = simulator.repository(ROCKET)
        repository.write_file("a", "b")
        runs = repository.checks.actions_runs
        await until(lambda: runs and runs[0].conclusion == "failure")
        again = f"{REPO}/actions/runs/{runs[0].id}/rerun-failed-jobs"
        assert (await client.bot("POST", again)).status_code == 403  # it takes actions: write
        simulator.give_permission("actions", "write")
        assert (await client.bot("POST", again)).status_code == 201
        assert (await client.bot("POST", again)).status_code == 403  # it runs already
        await until(lambda: runs[0].conclusion == "success")
        shown = (await client.bot("GET", f"{REPO}/actions/runs/{runs[0].id}")).json()
        assert (shown["run_attempt"], shown["conclusion"]) == (2, "success")
        assert (await client.bot("POST", again)).status_code == 403  # nothing failed


async def test_a_scripted_check_is_flaky_and_the_default_branch_has_a_history() -> None:
    script = Script(ignored_assignments=0, checks=("flaky",))
    plan = a_plan(script)
    told = tuple(replace(each, history=("failure", "success")) for each in plan.repositories)
    people = PeopleHabits(reviews=False, merges=False)
    async with a_simulator(replace(plan, repositories=told, people=people)) as simulator:
        repository = simulator.repository(ROCKET)
        runs = repository.checks.actions_runs
        await until(lambda: len(runs) >= 2 and all(each.conclusion for each in runs))
        assert [each.conclusion for each in runs[-2:]] == ["failure", "success"]
        known = len(runs)
        repository.issue(1).assign_copilot(ACTING_USER)
        await until(lambda: any(each.conclusion == "failure" for each in runs[known:]))
        [run] = [each for each in runs[known:] if each.conclusion == "failure"]
        simulator.cast.ci.rerun_failed(run)
        await until(lambda: run.conclusion == "success")
