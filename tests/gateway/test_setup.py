"""GitHub, and the App and the acting user as GitHub knows them."""

import socket
from datetime import UTC, datetime

import pytest

from gateway import Access, AppKey, GitHubGateway
from reactions.ports.answers import ActingUser, AppSetup, HookSetup, ServerSetup
from reactions.ports.failures import Refused, Unauthorised, Unavailable
from tests.gateway.credentials import FIRST, REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.gateway.watch import START, Watch

pytestmark = pytest.mark.anyio


async def test_the_app_is_read(github: GitHubGateway, script: Script) -> None:
    body = {
        "id": 1234,
        "slug": "conductor",
        "permissions": {"issues": "write", "checks": "write", "odd": 1},
        "events": ["issues", "pull_request"],
    }
    script.on("GET /app", body)
    assert await github.app() == AppSetup(
        1234, "conductor", {"issues": "write", "checks": "write"}, ("issues", "pull_request")
    )


async def test_the_acting_user_is_read(github: GitHubGateway, script: Script) -> None:
    script.on("GET /user", {"id": 11, "login": "anna"})
    assert await github.acting_user() == ActingUser(11, "anna")
    assert script.the("GET /user").bearer == USER_TOKEN


APP = {"id": 1234, "slug": "conductor", "permissions": {}, "events": []}
BOT = {"id": 99, "login": "conductor[bot]", "type": "Bot"}


async def test_the_apps_own_user_is_read_in_an_installation(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /app", APP)
    script.on("GET /app/installations", [{"id": 1, "suspended_at": "2026-01-01"}, {"id": 42}])
    script.on("POST /app/installations/42/access_tokens", {"token": "ghs_it"}, 201)
    script.on("GET /users/conductor%5Bbot%5D", BOT)
    assert await github.app_user() == ActingUser(99, "conductor[bot]")
    assert script.the("GET /users/conductor%5Bbot%5D").bearer == "ghs_it"


async def test_where_the_app_is_not_installed_its_user_is_read_as_a_stranger(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /app", APP)
    script.on("GET /app/installations", [])
    script.on("GET /users/conductor%5Bbot%5D", BOT)
    assert await github.app_user() == ActingUser(99, "conductor[bot]")
    assert "authorization" not in script.the("GET /users/conductor%5Bbot%5D").headers


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
            assert await github.assignable_bots(REPO) == frozenset()
    assert [asked.path for asked in script.asked] == ["/api/v3/app", "/api/graphql"] * 2


async def test_the_server_is_asked_for_its_clock_and_versions_without_a_credential(
    github: GitHubGateway, script: Script, watch: Watch
) -> None:
    date = {"date": "Fri, 20 Nov 2026 13:14:15 GMT"}
    script.on("GET /versions", ["2022-11-28", "2026-03-10"], headers=date)
    assert await github.server() == ServerSetup(
        asked_at=watch.now,
        answered_at=watch.now,
        date=datetime(2026, 11, 20, 13, 14, 15, tzinfo=UTC),
        api_version="2022-11-28",
        api_versions=("2022-11-28", "2026-03-10"),
    )
    assert "authorization" not in script.the("GET /versions").headers


@pytest.mark.parametrize("status", [400, 401, 404, 429, 503])
async def test_the_clock_is_read_whatever_the_server_answers(
    github: GitHubGateway, script: Script, status: int
) -> None:
    date = {"date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    script.on("GET /versions", {"message": "no"}, status, headers=date)
    server = await github.server()
    assert server.date == START
    assert server.api_versions is None


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Nov 2026 12:00:00 GMT"])
async def test_a_date_that_is_none_is_no_clock(
    github: GitHubGateway, script: Script, date: str
) -> None:
    script.on("GET /versions", [], headers={"date": date})
    server = await github.server()
    assert server.date is None
    assert server.api_versions == ()


async def test_a_server_that_is_not_there_is_unavailable(key: AppKey, watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with GitHubGateway(Access(f"http://127.0.0.1:{port}", key), watch) as github:
        with pytest.raises(Unavailable, match="could not be reached"):
            await github.server()


async def test_the_webhook_is_read(github: GitHubGateway, script: Script) -> None:
    url = "https://orchestrator.example/api/webhooks/github"
    body = {"url": url, "content_type": "json", "insecure_ssl": "0", "secret": "********"}
    script.on("GET /app/hook/config", body)
    assert await github.hook() == HookSetup(url, "json", has_secret=True, verifies_tls=True)


async def test_a_webhook_with_nothing_set_is_read(github: GitHubGateway, script: Script) -> None:
    script.on("GET /app/hook/config", {"insecure_ssl": 1})
    assert await github.hook() == HookSetup("", "form", has_secret=False, verifies_tls=False)


@pytest.mark.parametrize("needed", [True, False])
async def test_whether_runs_need_approval_is_asked_as_the_app(
    github: GitHubGateway, script: Script, *, needed: bool
) -> None:
    path = "GET /repos/acme/shop/copilot/cloud-agent/configuration"
    script.on(path, {"require_actions_workflow_approval": needed})
    assert await github.runs_need_approval(REPO) is needed
    assert script.the(path).bearer == FIRST


async def test_an_answer_without_the_setting_is_refused(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /repos/acme/shop/copilot/cloud-agent/configuration", {})
    with pytest.raises(Refused, match="require_actions_workflow_approval"):
        await github.runs_need_approval(REPO)
