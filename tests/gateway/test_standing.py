"""The App and the acting user as GitHub knows them."""

import pytest

from gateway import Access, AppKey, GitHubGateway
from reactions.ports.answers import ActingUser, AppStanding
from reactions.ports.failures import Unauthorised
from tests.gateway.credentials import REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.gateway.watch import Watch

pytestmark = pytest.mark.anyio


async def test_the_app_is_read(github: GitHubGateway, script: Script) -> None:
    body = {
        "id": 1234,
        "slug": "conductor",
        "permissions": {"issues": "write", "checks": "write", "odd": 1},
        "events": ["issues", "pull_request"],
    }
    script.on("GET /app", body)
    assert await github.app() == AppStanding(
        1234, "conductor", {"issues": "write", "checks": "write"}, ("issues", "pull_request")
    )


async def test_the_acting_user_is_read(github: GitHubGateway, script: Script) -> None:
    script.on("GET /user", {"id": 11, "login": "anna"})
    assert await github.acting_user() == ActingUser(11, "anna")
    assert script.the("GET /user").bearer == USER_TOKEN


async def test_a_token_that_is_no_longer_good_is_unauthorised(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /user", {"message": "Bad credentials"}, 401)
    with pytest.raises(Unauthorised, match="Bad credentials"):
        await github.acting_user()
    assert len(script.asked) == 1


async def test_without_a_token_there_is_no_acting_user(
    script: Script, key: AppKey, watch: Watch
) -> None:
    async with GitHubGateway(Access(script.url, key), watch) as github:
        assert await github.acting_user() is None
    assert script.asked == []


async def test_without_an_app_nothing_is_asked(script: Script, watch: Watch) -> None:
    async with GitHubGateway(Access(script.url, None, USER_TOKEN), watch) as github:
        for asking in (github.app(), github.issue(REPO, 7)):
            with pytest.raises(Unauthorised, match="set ORCHESTRATOR_GITHUB_APP_ID"):
                await asking
    assert script.asked == []


async def test_an_enterprise_server_has_graphql_beside_its_rest_api(
    script: Script, key: AppKey, watch: Watch
) -> None:
    script.on("GET /api/v3/app", {"id": 1, "slug": "s", "permissions": {}, "events": []})
    script.on("POST /api/graphql", {"data": {"repository": {"suggestedActors": {"nodes": []}}}})
    for url in (f"{script.url}/api/v3", f"{script.url}/api/v3/"):
        async with GitHubGateway(Access(url, key, USER_TOKEN), watch) as github:
            await github.app()
            assert await github.copilot_assignable(REPO) is False
    assert [asked.path for asked in script.asked] == ["/api/v3/app", "/api/graphql"] * 2
