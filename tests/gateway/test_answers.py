"""What no delivery says, asked of the simulated GitHub over real HTTP: who may write, and so on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from gateway import Access, GitHubGateway, app_key
from reactions.ports.answers import Ended, Repository
from reactions.ports.failures import NotFound, Refused
from simulator.plan import RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import BOT, MEMBER, OWNER, READER, REVIEWER, VISITOR
from simulator.state.pull_requests import PullRequest
from simulator.state.timeline import COPILOT_FAILED, COPILOT_IS_DONE, COPILOT_WORKS, via_copilot
from tests.gateway.credentials import REPO
from tests.gateway.scripted import Script
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

REVIEWS = "copilot-pull-request-reviewer"


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


def a_pull(simulator: Simulator, *, keyword: bool = True) -> PullRequest:
    repository = simulator.repository(ROCKET)
    return repository.copilot_opens(repository.issue(1), keyword=keyword)


def worked(simulator: Simulator, pull: PullRequest, event: str, slug: str | None = None) -> str:
    """Let the timeline tell of work, and return when by GitHub."""
    told = via_copilot() if slug is None else via_copilot(slug)
    simulator.clock.stamp()
    pull.note(event, OWNER, told)
    return pull.timeline[-1].at


async def test_what_people_may_do_is_answered_in_githubs_words(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    told = [
        await asking.permission(rocket(simulator), user["login"])
        for user in (OWNER, REVIEWER, READER, MEMBER, VISITOR)
    ]
    assert [each["permission"] for each in told] == ["admin", "write", "read", "none", "none"]
    assert told[1]["user"]["id"] == REVIEWER["id"]  # type: ignore[index,call-overload]


@pytest.mark.parametrize("login", ["nobody-of-that-name", BOT["login"], "../../user"])
async def test_of_whom_github_does_not_know_there_is_nothing_to_be_found(
    asking: GitHubGateway, simulator: Simulator, login: str
) -> None:
    with pytest.raises(NotFound):
        await asking.permission(rocket(simulator), login)


async def test_what_a_pull_request_closes_is_githubs_own_word(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    repo, pull = rocket(simulator), a_pull(simulator, keyword=False)
    second = simulator.repository(ROCKET).open_issue("Another")
    assert await asking.closing_issues(repo, pull.number) == ()
    pull.link(second, OWNER)
    assert await asking.closing_issues(repo, pull.number) == (second.number,)
    pull.edit(OWNER, body="Closes #1")
    assert await asking.closing_issues(repo, pull.number) == (1, second.number)


async def test_an_issue_of_another_repository_is_none_of_ours(
    github: GitHubGateway, script: Script
) -> None:
    nodes = [
        {"number": 3, "repository": {"nameWithOwner": "acme/other"}},
        {"number": 4, "repository": {"nameWithOwner": "Acme/Shop"}},
        {"number": 5},
    ]
    pull = {"pullRequest": {"closingIssuesReferences": {"nodes": nodes}}}
    script.on("POST /graphql", {"data": {"repository": pull}})
    assert await github.closing_issues(REPO, 8) == (4, 5)


@pytest.mark.parametrize("data", [None, {"repository": None}, {"repository": {"pullRequest": 1}}])
async def test_an_answer_without_a_list_is_none(
    github: GitHubGateway, script: Script, data: object
) -> None:
    script.on("POST /graphql", {"data": data})
    with pytest.raises(Refused):
        await github.closing_issues(REPO, 8)


async def test_when_copilot_ended_stands_in_the_timeline_of_the_pull_request(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    repo, pull = rocket(simulator), a_pull(simulator)
    assert await asking.copilot_ended(repo, pull.number) is None
    worked(simulator, pull, COPILOT_WORKS)
    assert await asking.copilot_ended(repo, pull.number) is None
    at = worked(simulator, pull, COPILOT_IS_DONE)
    assert await asking.copilot_ended(repo, pull.number) == Ended(moment(at), failed=False)
    worked(simulator, pull, COPILOT_WORKS)
    assert await asking.copilot_ended(repo, pull.number) is None
    at = worked(simulator, pull, COPILOT_FAILED)
    assert await asking.copilot_ended(repo, pull.number) == Ended(moment(at), failed=True)


@pytest.mark.parametrize("event", [COPILOT_WORKS, COPILOT_IS_DONE])
async def test_the_reviewers_work_is_not_the_agents(
    asking: GitHubGateway, simulator: Simulator, event: str
) -> None:
    repo, pull = rocket(simulator), a_pull(simulator)
    at = worked(simulator, pull, COPILOT_IS_DONE)
    worked(simulator, pull, event, REVIEWS)
    assert await asking.copilot_ended(repo, pull.number) == Ended(moment(at), failed=False)


async def test_a_timeline_is_read_to_its_last_page(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    repo, pull = rocket(simulator), a_pull(simulator)
    worked(simulator, pull, COPILOT_IS_DONE)
    for number in range(230):
        pull.note("commented", OWNER, {"id": number, "body": "a word"})
    at = worked(simulator, pull, COPILOT_FAILED)
    assert await asking.copilot_ended(repo, pull.number) == Ended(moment(at), failed=True)


async def test_what_blocks_an_issue_is_told_with_its_state_and_its_repository(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    repo, repository = rocket(simulator), simulator.repository(ROCKET)
    away = simulator.connect(RepositoryPlan(full_name="orbit-works/lander"))
    here, there = repository.open_issue("Here"), away.open_issue("There")
    there.close("completed", OWNER)
    for other in (here, there, away.open_issue("Also there")):
        repository.issue(1).block_by(other, OWNER)
    told = [each async for each in asking.blockers(repo, 1)]
    assert [(each["state"], each["repository"]) for each in told] == [
        ("open", {"full_name": ROCKET}),
        ("closed", {"full_name": "orbit-works/lander", "id": away.id}),
        ("open", {"full_name": "orbit-works/lander", "id": away.id}),
    ]
    assert simulator.served["GET", "/repos/{owner}/{repo}"] == 1


async def test_the_parts_of_an_issue_are_told_in_their_order(
    asking: GitHubGateway, simulator: Simulator
) -> None:
    repo, repository = rocket(simulator), simulator.repository(ROCKET)
    away = simulator.connect(RepositoryPlan(full_name="orbit-works/probe"))
    epic = repository.issue(1)
    here, there = repository.open_issue("Here"), away.open_issue("There")
    for part in (here, there):
        epic.add_sub_issue(part, OWNER)
    epic.place_sub_issue(there)
    told = [each async for each in asking.sub_issues(repo, 1)]
    assert [(each["number"], each["repository"]) for each in told] == [
        (there.number, {"full_name": "orbit-works/probe", "id": away.id}),
        (here.number, {"full_name": ROCKET}),
    ]


BLOCKED_BY = "GET /repos/acme/shop/issues/7/dependencies/blocked_by"
AWAY = "https://api.github.com/repos/acme/secret"


@pytest.mark.parametrize("status", [403, 404])
async def test_of_a_repository_that_may_not_be_read_only_the_name_is_told(
    github: GitHubGateway, script: Script, status: int
) -> None:
    script.on(BLOCKED_BY, [{"number": 3, "repository_url": AWAY}])
    script.on("GET /repos/acme/secret", {"message": "No"}, status)
    [told] = [each async for each in github.blockers(REPO, 7)]
    assert told["repository"] == {"full_name": "acme/secret"}


async def test_a_repository_that_github_names_with_its_id_is_not_asked_for(
    github: GitHubGateway, script: Script
) -> None:
    script.on(BLOCKED_BY, [{"number": 3, "repository": {"id": 9}}])
    assert [each async for each in github.blockers(REPO, 7)] == [
        {"number": 3, "repository": {"id": 9}}
    ]


@pytest.mark.parametrize("url", [None, 7, "", "https://api.github.com/repos/../.."])
async def test_an_address_that_is_none_asks_for_nothing(
    github: GitHubGateway, script: Script, url: object
) -> None:
    script.on(BLOCKED_BY, [{"number": 3, "repository_url": url}])
    [told] = [each async for each in github.blockers(REPO, 7)]
    assert "id" not in told["repository"]  # type: ignore[operator]  # it is an object
    assert len(script.asked) == 2  # the token, and the list


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
