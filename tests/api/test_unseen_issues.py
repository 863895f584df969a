"""An issue that nothing was heard of is queued once GitHub shows it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from events.envelope import OPERATOR
from reactions.ports.failures import Forbidden, RateLimited, Unauthorised, Unavailable
from reactions.resync import IssueReading
from runtime.database import Database
from tests.api.answers import assert_problem
from tests.api.commanding import Site, a_site, recorded
from tests.conftest import Clock
from tests.reactions.recovered_github import RecoveredGitHub
from tests.service import app_over, client_of, project

pytestmark = pytest.mark.anyio

NOBODY_TOLD = "{lane}/workflows/5/enqueue"


class Asked:
    """A site whose service can ask GitHub; of issue 5 and pull request 4 nothing was delivered."""

    def __init__(self, site: Site, github: RecoveredGitHub) -> None:
        self.site = site
        self.github = github

    def failing(self, error: Exception) -> None:
        async def fail(_what: str) -> None:
            raise error

        self.github.before = fail


@pytest.fixture
async def asked(store: Database, clock: Clock) -> AsyncIterator[Asked]:
    github: list[RecoveredGitHub] = []
    issues = IssueReading(github=lambda: github[0], clock=clock)
    async with client_of(app_over(store, clock, issues=issues)) as client:
        site = await a_site(client, store)
        github.append(RecoveredGitHub(site.world))
        site.rocket.copilot_opens(site.rocket.issues[0])
        site.rocket.open_issue("Nobody told")
        yield Asked(site, github[0])


async def test_it_is_asked_for_recorded_and_queued(asked: Asked) -> None:
    position = await asked.site.obeyed(NOBODY_TOLD)
    queue = await asked.site.shown("/queue")
    assert [item["issue"]["number"] for item in queue["items"]] == [1, 2, 3, 5]
    assert (await asked.site.shown("/workflows/5"))["issue"]["title"] == "Nobody told"
    command, observed = (await recorded(asked.site.store))[position - 1 :]
    assert (command.source, observed.type, observed.action) == (OPERATOR, "resync", "observed")
    assert observed.repository_id == asked.site.repository_id
    [item] = (await asked.site.client.get("/api/commands")).json()["items"]
    assert item["applied"] is True


async def test_of_an_issue_that_was_seen_nobody_asks(asked: Asked) -> None:
    await asked.site.obeyed("{lane}/workflows/2/enqueue")
    assert asked.github.asked == []


async def test_sent_again_it_is_asked_for_once(asked: Asked) -> None:
    for status in (202, 200, 200):
        assert (await asked.site.command(NOBODY_TOLD, "key")).status_code == status
    assert len(asked.github.asked) == 2
    await project(asked.site.store)
    assert len(await asked.site.recorded()) == 1


@pytest.mark.parametrize(
    ("number", "says"), [(77, "no issue 77 of octo-org/rocket"), (4, "4 is a pull request")]
)
async def test_what_github_does_not_show_is_404(asked: Asked, number: int, says: str) -> None:
    pull = asked.site.rocket.pull_requests[0]
    assert pull.number == 4
    answer = await asked.site.command(f"{{lane}}/workflows/{number}/enqueue")
    assert says in assert_problem(answer, 404, "issue_not_found")
    assert await asked.site.recorded() == []


async def test_one_that_is_closed_is_refused_with_that(asked: Asked) -> None:
    asked.site.rocket.issues[-1].close()
    answer = await asked.site.command(NOBODY_TOLD)
    assert assert_problem(answer, 409, "command_refused") == "issue 5 is closed"
    assert await asked.site.recorded() == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Forbidden("the installation is suspended"), 404, "issue_not_found"),
        (Unavailable("GitHub is away"), 503, "github_unavailable"),
        (Unauthorised("the key was revoked"), 503, "github_unavailable"),
        (
            RateLimited("too much", until=datetime(2026, 1, 1, tzinfo=UTC), secondary=False),
            *(503, "github_unavailable"),
        ),
        (TimeoutError(), 503, "github_unavailable"),
    ],
)
async def test_where_github_does_not_answer_it_is_said(
    asked: Asked, error: Exception, status: int, code: str
) -> None:
    asked.failing(error)
    answer = await asked.site.command(NOBODY_TOLD, "key")
    said = assert_problem(answer, status, code)
    assert str(error) in said
    assert await asked.site.recorded() == []
    asked.github.before = None
    assert (await asked.site.command(NOBODY_TOLD, "key")).status_code == 202


async def test_without_an_app_nobody_can_ask(site: Site) -> None:
    answer = await site.command(NOBODY_TOLD)
    assert "without a GitHub App" in assert_problem(answer, 404, "issue_not_found")
    assert await site.recorded() == []
