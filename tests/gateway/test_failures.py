"""Whatever GitHub answers, or does not, is one of a closed set of failures."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import Access, AppKey, GitHubGateway
from gateway.failing import MAX_WORDS, failure_of
from gateway.reply import Reply
from reactions.ports.answers import RateLimit
from reactions.ports.failures import (
    Conflict,
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unavailable,
)
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import INSTALLATION, REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.gateway.watch import START, Watch

pytestmark = pytest.mark.anyio

ISSUE = "GET /repos/acme/shop/issues/7"
KINDS = (
    Conflict, Forbidden, NotFound, RateLimited, Refused, Unauthorised, Unavailable,
)  # fmt: skip
RESET = START + timedelta(minutes=20)
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET:%s}"}
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Unauthorised),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (410, NotFound),
        (422, Refused),
        (451, Forbidden),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
    ],
)
async def test_a_status_is_a_failure_with_githubs_own_words(
    github: GitHubGateway, script: Script, status: int, kind: type[GitHubFailure]
) -> None:
    script.on(ISSUE, {"message": "Words of GitHub's"}, status)
    with pytest.raises(GitHubFailure, match="Words of GitHub's") as failed:
        await github.issue(REPO, 7)
    failure = failed.value
    assert type(failure) is kind
    assert (failure.words, failure.status) == ("Words of GitHub's", status)
    assert failure.request_id == "R:1"


async def test_details_are_part_of_the_words(github: GitHubGateway, script: Script) -> None:
    errors = [
        {"resource": "Issue", "field": "assignees", "code": "invalid"},
        {"message": "cannot  be\nassigned", "code": "custom"},
        "and a text",
        None,
    ]
    script.on(ISSUE, {"message": "Validation Failed", "errors": errors}, 422)
    with pytest.raises(Refused) as refused:
        await github.issue(REPO, 7)
    words = "Validation Failed; Issue assignees invalid; cannot be assigned; and a text"
    assert refused.value.words == words
    assert str(refused.value) == f"GitHub refused: {words}"


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"[]", b'{"message":5}'])
async def test_without_words_the_status_is_said(
    github: GitHubGateway, script: Script, body: bytes
) -> None:
    script.on(ISSUE, body, 502)
    with pytest.raises(Unavailable, match="GitHub answered 502"):
        await github.issue(REPO, 7)


@pytest.mark.parametrize(
    ("status", "headers", "words", "until", "secondary"),
    [
        (403, SPENT, "API rate limit exceeded", RESET, False),
        (429, SPENT, "API rate limit exceeded", RESET, False),
        (403, SPENT | {"x-ratelimit-reset": "1"}, "API rate limit exceeded", START, False),
        (403, {"retry-after": "90"}, SECONDARY, START + timedelta(seconds=90), True),
        (403, {"retry-after": "90"}, "Slow down", START + timedelta(seconds=90), True),
        (403, SPENT | {"retry-after": "5"}, SECONDARY, START + timedelta(seconds=5), True),
        (403, {}, SECONDARY, START + timedelta(minutes=1), True),
        (403, {}, "You triggered abuse detection", START + timedelta(minutes=1), True),
        (429, {}, "Too many requests", START + timedelta(minutes=1), True),
        (
            403,
            {"retry-after": "Fri, 20 Nov 2026 12:10:00 GMT"},
            SECONDARY,
            START + timedelta(minutes=10),
            True,
        ),
        (403, {"retry-after": "soon"}, SECONDARY, START + timedelta(minutes=1), True),
        (403, {"retry-after": "999999999"}, SECONDARY, START + timedelta(days=1), True),
    ],
)
async def test_a_limit_says_until_when(  # noqa: PLR0913 (what was answered, and what that means)
    github: GitHubGateway,
    script: Script,
    status: int,
    headers: dict[str, str],
    words: str,
    until: datetime,
    *,
    secondary: bool,
) -> None:
    script.on(ISSUE, {"message": words}, status, headers)
    with pytest.raises(RateLimited) as limited:
        await github.issue(REPO, 7)
    assert (limited.value.until, limited.value.secondary) == (until, secondary)
    assert (limited.value.words, limited.value.status) == (words, status)


async def test_a_limit_on_getting_a_token_is_one_too(github: GitHubGateway, script: Script) -> None:
    tokens = "POST /app/installations/78/access_tokens"
    script.on(tokens, {"message": SECONDARY}, 403, {"retry-after": "30"})
    with pytest.raises(RateLimited):
        [item async for item in github.repositories(78)]


async def test_a_limit_says_whose_credential_met_it(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, {"message": SECONDARY}, 403)
    script.on("GET /user", {"message": SECONDARY}, 403)
    script.on("GET /app", {"message": SECONDARY}, 403)
    script.on("POST /graphql", {"errors": [{"type": "RATE_LIMITED", "message": "spent"}]})
    calls = {
        "installation": github.issue(REPO, 7),
        "user": github.acting_user(),
        "app": github.app(),
        "user, by GraphQL": github.assignable_bots(REPO),
    }
    for holder, call in calls.items():
        with pytest.raises(RateLimited) as limited:
            await call
        assert limited.value.holder == holder.partition(",")[0]


async def test_a_suspended_installation_is_forbidden(github: GitHubGateway, script: Script) -> None:
    tokens = "POST /app/installations/78/access_tokens"
    script.on(tokens, {"message": "This installation has been suspended"}, 403)
    with pytest.raises(Forbidden, match="suspended"):
        [item async for item in github.repositories(78)]


async def test_no_answer_in_time_is_unavailable(script: Script, key: AppKey, watch: Watch) -> None:
    script.on("GET /user", {}, after=0.6)
    access = Access(script.url, key, USER_TOKEN)
    async with GitHubGateway(access, watch, patience=0.2) as github:
        with pytest.raises(Unavailable, match=r"did not answer within 0\.2 seconds") as failed:
            await github.acting_user()
    assert (failed.value.status, failed.value.request_id) == (None, None)


async def test_no_connection_is_unavailable(key: AppKey, watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    async with GitHubGateway(Access(url, key, USER_TOKEN), watch) as github:
        with pytest.raises(
            Unavailable, match="GitHub could not be reached: ConnectError"
        ) as failed:
            await github.acting_user()
    came_of = (failed.value.__cause__, failed.value.__context__)
    assert came_of == (None, None)  # nothing that holds the request, and so the token


async def test_a_connection_that_is_not_made_is_told_in_the_words_of_the_system(
    key: AppKey, watch: Watch, script: Script
) -> None:
    encrypted = script.url.replace("http://", "https://")  # which the server does not speak
    async with GitHubGateway(Access(encrypted, key, USER_TOKEN), watch) as github:
        with pytest.raises(Unavailable, match=r"ConnectError: \[SSL") as failed:
            await github.acting_user()
    assert USER_TOKEN not in str(failed.value)


async def test_an_endless_redirect_is_unavailable(github: GitHubGateway, script: Script) -> None:
    script.on("GET /user", None, 302, {"location": f"{script.url}/user"})
    with pytest.raises(Unavailable, match="TooManyRedirects"):
        await github.acting_user()


@pytest.mark.parametrize("status", [403, 429, 500, 502, 503])
async def test_nothing_is_tried_again(github: GitHubGateway, script: Script, status: int) -> None:
    script.on(ISSUE, {"message": "no"}, status)
    script.on(ISSUE, an_issue())
    with pytest.raises(GitHubFailure):
        await github.issue(REPO, 7)
    assert len(script.asked_for(ISSUE)) == 1


async def test_the_budget_in_an_answer_is_observed(
    github: GitHubGateway, script: Script, limits: list[RateLimit]
) -> None:
    budget = {"x-ratelimit-remaining": "4321", "x-ratelimit-reset": f"{RESET:%s}"}
    script.on(ISSUE, {"message": "no"}, 404, budget | {"x-ratelimit-resource": "core"})
    script.on("GET /user", {"id": 1, "login": "anna"}, headers=budget)
    with pytest.raises(NotFound):
        await github.issue(REPO, 7)
    await github.acting_user()
    assert limits == [
        RateLimit("installation", INSTALLATION, "core", 4321, RESET, "R:1"),
        RateLimit("user", None, "core", 4321, RESET, "R:1"),
    ]


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]),
    st.text() | st.integers().map(str) | st.sampled_from(["0", "-1", "Fri, 31 Dec 9999 23:59:59"]),
)
BODIES = st.fixed_dictionaries(
    {}, optional={"message": JSON | st.text(), "errors": JSON | st.lists(JSON)}
)


@given(
    status=st.sampled_from([403, 429]) | st.integers(300, 599), body=BODIES | JSON, headers=HEADERS
)
def test_every_answer_is_one_of_the_closed_set(
    status: int, body: object, headers: dict[str, str]
) -> None:
    failure = failure_of(Reply(status, body, headers), START)  # type: ignore[arg-type]
    assert type(failure) in KINDS
    assert 0 < len(failure.words) <= MAX_WORDS
    if isinstance(failure, RateLimited):
        assert START <= failure.until <= START + timedelta(days=1)
        assert failure.until.tzinfo is UTC
