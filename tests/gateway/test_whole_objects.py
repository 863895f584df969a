"""Reading single issues and pull requests with all that GitHub says of them."""

import pytest

from gateway import GitHubGateway
from reactions.ports.failures import NotFound
from tests.gateway.bodies import a_pull_request, an_issue
from tests.gateway.credentials import REPO
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

ISSUE, PULL = "GET /repos/acme/shop/issues/7", "GET /repos/acme/shop/pulls/8"


async def test_an_object_is_given_as_it_is(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue(new="field"))
    script.on(PULL, a_pull_request(new="field"))
    script.on("GET /repos/acme/shop", {"id": 1, "new": "field"})
    assert await github.whole_issue(REPO, 7) == an_issue(new="field")
    assert await github.whole_pull_request(REPO, 8) == a_pull_request(new="field")
    assert await github.whole_repository(REPO) == {"id": 1, "new": "field"}


async def test_an_issue_that_moved_away_is_not_found(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue(number=70))
    with pytest.raises(NotFound, match="number 70 of another repository"):
        await github.whole_issue(REPO, 7)


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_not_found(
    github: GitHubGateway, script: Script, status: int
) -> None:
    script.on(ISSUE, {"message": "This issue was deleted"}, status)
    with pytest.raises(NotFound):
        await github.whole_issue(REPO, 7)
