"""Failed checks, asked of the simulated GitHub; their logs are elsewhere, without our token."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from gateway import Access, GitHubGateway, app_key
from gateway.storage import KEPT, TextEnd
from reactions.ports.answers import Repository
from reactions.ports.failures import Forbidden, NotFound, Refused
from simulator.payloads.jobs import SECRET
from simulator.simulator import Simulator
from tests.gateway.credentials import REPO
from tests.gateway.scripted import Script
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator
from tests.simulator.test_jobs import a_check

pytestmark = pytest.mark.anyio

LOGS = "GET /repos/acme/shop/actions/jobs/8/logs"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def asking(simulator: Simulator) -> AsyncIterator[GitHubGateway]:
    key = app_key(str(simulator.app_id), simulator.private_key)
    async with GitHubGateway(Access(simulator.url, key), lambda: datetime.now(UTC)) as gateway:
        yield gateway


def rocket(simulator: Simulator) -> Repository:
    return Repository(simulator.installation_id, ROCKET)


async def test_a_failed_job_is_told_with_its_log_and_annotations(
    simulator: Simulator, asking: GitHubGateway
) -> None:
    check, repo = a_check(simulator), rocket(simulator)
    log, whole = await asking.job_log(repo, check.id)
    assert whole
    assert SECRET.encode() in log  # as GitHub keeps it: whoever keeps it has to mask it
    assert (await asking.job(repo, check.id))["workflow_name"] == "CI"
    assert (await asking.check_run(repo, check.id))["conclusion"] == "failure"
    assert len(await asking.annotations(repo, check.id)) == 2
    [same] = await asking.named_check_runs(repo, "main", "test")
    assert same["id"] == check.id
    assert await asking.named_check_runs(repo, "main", "lint") == []


async def test_a_log_that_expired_is_not_found(simulator: Simulator, asking: GitHubGateway) -> None:
    check, repo = a_check(simulator), rocket(simulator)
    simulator.repository(ROCKET).checks.expired_logs.add(check.id)
    with pytest.raises(NotFound):
        await asking.job_log(repo, check.id)


async def test_a_log_without_the_permission_is_forbidden(
    simulator: Simulator, asking: GitHubGateway
) -> None:
    check = a_check(simulator)
    del simulator.app.permissions["actions"]
    with pytest.raises(Forbidden):
        await asking.job_log(rocket(simulator), check.id)


@pytest.mark.parametrize(
    "address",
    [
        "http://logs.example.com/8?sig=hush",
        "https://ada:hush@logs.example.com/8",
        "ftp://localhost/hush",
        "http://127.0.0.1.example.com/hush",
    ],
)
async def test_nothing_is_read_where_there_is_no_tls(
    github: GitHubGateway, script: Script, address: str
) -> None:
    script.on(LOGS, status=302, headers={"location": address})
    with pytest.raises(Refused) as refused:
        await github.job_log(REPO, 8)
    assert "hush" not in str(refused.value)


async def test_no_second_step_is_taken_and_no_token_is_sent_with_the_first(
    github: GitHubGateway, script: Script
) -> None:
    here = script.url.replace("127.0.0.1", "localhost")
    script.on(LOGS, status=302, headers={"location": f"{here}/kept"})
    script.on("GET /kept", b"all of it")
    assert await github.job_log(REPO, 8) == (b"all of it", True)
    assert "authorization" not in script.the("GET /kept").headers
    script.on(LOGS, status=302, headers={"location": f"{here}/moved"})
    script.on("GET /moved", status=302, headers={"location": f"{here}/kept"})
    await github.job_log(REPO, 8)  # the first answer once more
    with pytest.raises(Refused):
        await github.job_log(REPO, 8)


async def test_of_a_long_log_the_end_is_kept(github: GitHubGateway, script: Script) -> None:
    here = script.url.replace("127.0.0.1", "localhost")
    script.on(LOGS, status=302, headers={"location": f"{here}/kept"})
    script.on("GET /kept", b"x" * (3 * KEPT) + b"end")
    content, whole = await github.job_log(REPO, 8)
    assert (len(content), content[-4:], whole) == (KEPT, b"xend", False)


async def test_a_log_that_the_api_itself_gives_is_taken(
    github: GitHubGateway, script: Script
) -> None:
    script.on(LOGS, b"all of it")
    assert await github.job_log(REPO, 8) == (b"all of it", True)
    assert not TextEnd.of(b"x" * (KEPT + 1)).whole


async def test_failed_jobs_are_run_again_where_the_app_may(
    simulator: Simulator, asking: GitHubGateway
) -> None:
    a_check(simulator)
    [run] = simulator.repository(ROCKET).checks.actions_runs
    repo = rocket(simulator)
    simulator.give_permission("actions", "write")
    assert (await asking.rerun_failed_jobs(repo, run.id)).ids == {"run_id": run.id}
    assert (await asking.actions_run(repo, run.id))["run_attempt"] == 1  # no CI knows this one
