"""Installation tokens: fetched once, used until shortly before they end, dropped when refused."""

import asyncio

import jwt
import pytest

from gateway import AppKey, GitHubGateway
from reactions.ports.failures import NotFound, Refused, Unauthorised
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import APP_ID, FIRST, REPO, SECOND, TOKENS
from tests.gateway.scripted import Script
from tests.gateway.watch import START, Watch

pytestmark = pytest.mark.anyio

ISSUE = "GET /repos/acme/shop/issues/7"


def bearers(script: Script) -> list[str]:
    return [asked.bearer for asked in script.asked_for(ISSUE)]


async def test_a_token_is_fetched_as_the_app(
    github: GitHubGateway, script: Script, key: AppKey
) -> None:
    script.on(ISSUE, an_issue())
    await github.issue(REPO, 7)
    claims = jwt.decode(
        script.the(TOKENS).bearer,
        key.key.public_key(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    now = int(START.timestamp())
    assert claims == {"iss": APP_ID, "iat": now - 60, "exp": now + 480}


async def test_a_token_is_used_for_many_requests(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue())
    await asyncio.gather(*(github.issue(REPO, 7) for _ in range(20)))
    assert len(script.asked_for(TOKENS)) == 1
    assert bearers(script) == [FIRST] * 20


async def test_a_token_is_replaced_shortly_before_it_ends(
    github: GitHubGateway, script: Script, watch: Watch
) -> None:
    script.on(ISSUE, an_issue())
    await github.issue(REPO, 7)
    watch.move(minutes=55)
    await github.issue(REPO, 7)
    watch.move(seconds=1)
    await github.issue(REPO, 7)
    assert bearers(script) == [FIRST, FIRST, SECOND]


async def test_a_token_that_github_no_longer_takes_is_replaced_at_once(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, an_issue())
    script.on(ISSUE, {"message": "Bad credentials"}, 401)
    script.on(ISSUE, an_issue())
    await github.issue(REPO, 7)
    await github.issue(REPO, 7)
    assert bearers(script) == [FIRST, FIRST, SECOND]


async def test_a_new_token_that_is_not_taken_either_is_the_end_of_it(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, {"message": "Bad credentials"}, 401)
    with pytest.raises(Unauthorised, match="Bad credentials"):
        await github.issue(REPO, 7)
    assert bearers(script) == [FIRST, SECOND]


async def test_a_token_of_any_shape_is_taken(github: GitHubGateway, script: Script) -> None:
    token = "v2." + "x" * 4000
    expires_at = "2026-11-20T13:00:00.123+00:00"
    script.on(
        "POST /app/installations/78/access_tokens",
        {"token": token, "expires_at": expires_at, "new": {}},
        201,
    )
    script.on("GET /installation/repositories", {"repositories": []})
    for _ in range(2):
        assert [item async for item in github.repositories(78)] == []
    assert [asked.bearer for asked in script.asked_for("GET /installation/repositories")] == [
        token
    ] * 2
    assert len(script.asked_for("POST /app/installations/78/access_tokens")) == 1


async def test_a_token_whose_end_is_unknown_is_used_once(
    github: GitHubGateway, script: Script
) -> None:
    tokens = "POST /app/installations/78/access_tokens"
    script.on(tokens, {"token": "ghs_x"}, 201)
    script.on("GET /installation/repositories", {"repositories": []})
    for _ in range(2):
        assert [item async for item in github.repositories(78)] == []
    assert len(script.asked_for(tokens)) == 2


async def test_an_answer_without_a_token_is_refused(github: GitHubGateway, script: Script) -> None:
    script.on("POST /app/installations/78/access_tokens", {"expires_at": "soon"}, 201)
    with pytest.raises(Refused, match=r"at \$.token: expected text, found missing"):
        [item async for item in github.repositories(78)]


async def test_installations_do_not_share_tokens(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue())
    script.on("POST /app/installations/78/access_tokens", {"message": "Not Found"}, 404)
    await github.issue(REPO, 7)
    with pytest.raises(NotFound):
        [item async for item in github.repositories(78)]
