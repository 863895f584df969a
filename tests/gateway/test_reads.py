"""Looking at issues, pull requests and comments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import Comment, Issue, PullRequest, Repository
from reactions.ports.failures import NotFound, Refused
from tests.gateway.bodies import AGENT, ANNA, REVIEWER, a_pull_request, an_issue
from tests.gateway.credentials import FIRST, REPO
from tests.gateway.scripted import Script
from tests.gateway.watch import START

pytestmark = pytest.mark.anyio

ISSUE = "GET /repos/acme/shop/issues/7"
PULL_REQUEST = "GET /repos/acme/shop/pulls/8"
COMMENTS = "GET /repos/acme/shop/issues/7/comments"
MARKER = "<!-- action:42 -->"


async def test_an_issue_is_read(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue(assignees=[ANNA, AGENT]))
    assert await github.issue(REPO, 7) == Issue(
        number=7,
        node_id="I_7",
        state="open",
        assignee_ids=(ANNA["id"], AGENT["id"]),
        labels=("status:queued",),
    )


async def test_a_pull_request_is_an_issue_that_says_so(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, an_issue(pull_request={"url": "…"}))
    assert (await github.issue(REPO, 7)).is_pull_request


async def test_a_request_says_who_and_which_version(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue())
    await github.issue(REPO, 7)
    headers = script.the(ISSUE).headers
    assert headers["authorization"] == f"Bearer {FIRST}"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["user-agent"] == "copilot-workflow-orchestrator"


async def test_nothing_is_answered_from_a_cache(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, an_issue(), headers={"etag": '"1"', "cache-control": "private, max-age=60"})
    script.on(ISSUE, an_issue(state="closed"))
    assert (await github.issue(REPO, 7)).state == "open"
    assert (await github.issue(REPO, 7)).state == "closed"
    assert "if-none-match" not in script.asked_for(ISSUE)[1].headers


async def test_a_renamed_repository_is_followed(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, None, 301, {"location": f"{script.url}/repositories/5/issues/7"})
    script.on("GET /repositories/5/issues/7", an_issue())
    assert (await github.issue(REPO, 7)).number == 7
    assert script.asked[-1].bearer == FIRST


async def test_an_issue_that_went_to_another_repository_is_not_found(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, None, 301, {"location": f"{script.url}/repositories/9/issues/3"})
    script.on("GET /repositories/9/issues/3", an_issue(number=3))
    with pytest.raises(NotFound, match="issue 7 is number 3 of another repository now"):
        await github.issue(REPO, 7)


async def test_a_pull_request_is_read(github: GitHubGateway, script: Script) -> None:
    script.on(PULL_REQUEST, a_pull_request())
    assert await github.pull_request(REPO, 8) == PullRequest(
        number=8,
        node_id="PR_8",
        state="open",
        draft=True,
        merged=False,
        head_sha="a" * 40,
        requested_reviewer_ids=(ANNA["id"], REVIEWER["id"]),
    )


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (a_pull_request(head=None), "at $.head: expected object, found null"),
        (a_pull_request(draft="no"), "at $.draft: expected boolean, found text"),
        (a_pull_request(state="ajar"), "at $.state: expected 'open' or 'closed', found text"),
        ([], "at $.number: expected integer, found missing"),
        (b"null", "at $.number: expected integer, found missing"),
    ],
)
async def test_an_answer_that_lacks_what_is_needed_is_refused(
    github: GitHubGateway, script: Script, body: object, because: str
) -> None:
    script.on(PULL_REQUEST, body)
    with pytest.raises(Refused) as refused:
        await github.pull_request(REPO, 8)
    assert because in str(refused.value)
    assert (refused.value.status, refused.value.request_id) == (200, "R:1")


def next_page(script: Script, query: str) -> dict[str, str]:
    return {"link": f'<{script.url}/repositories/5/issues/7/comments?{query}>; rel="next"'}


async def marked(github: GitHubGateway, since: datetime | None = None) -> list[Comment]:
    return [each async for each in github.comments_with(REPO, 7, MARKER, since)]


async def test_a_comment_is_found_on_a_later_page(github: GitHubGateway, script: Script) -> None:
    others = [{"id": n, "body": "words"} for n in range(100)]
    told = {
        "id": 201,
        "body": f"done {MARKER}",
        "user": {"id": 9, "login": "x", "type": "Bot"},
        "created_at": "2026-11-20T11:00:00Z",
        "updated_at": "2026-11-20T11:00:00Z",
    }
    edited = told | {"id": 202, "updated_at": "2026-11-20T11:00:01Z", "user": None}
    script.on(COMMENTS, others, headers=next_page(script, "per_page=100&page=2"))
    script.on(COMMENTS, [{"id": 200, "body": None}, told, edited, {"id": None, "body": MARKER}])
    found = Comment(
        id=201,
        body=f"done {MARKER}",
        author_id=9,
        by_bot=True,
        created_at=datetime(2026, 11, 20, 11, tzinfo=UTC),
    )
    also = replace(found, id=202, author_id=None, by_bot=False, edited=True)
    assert await marked(github) == [found, also]
    assert [asked.query for asked in script.asked_for(COMMENTS)] == [
        {"per_page": "100"},
        {"per_page": "100", "page": "2"},
    ]


async def test_without_such_a_comment_there_is_none(github: GitHubGateway, script: Script) -> None:
    script.on(COMMENTS, [{"id": 1, "body": "words"}])
    assert await marked(github) == []


async def test_only_comments_since_a_time_are_looked_at(
    github: GitHubGateway, script: Script
) -> None:
    script.on(COMMENTS, [])
    await marked(github, START - timedelta(hours=1))
    assert script.the(COMMENTS).query["since"] == "2026-11-20T11:00:00Z"


async def test_an_endless_list_is_refused_rather_than_cut(
    github: GitHubGateway, script: Script
) -> None:
    script.on(COMMENTS, [], headers=next_page(script, "page=2"))
    with pytest.raises(Refused, match="more than 10000 objects"):
        await marked(github)
    assert len(script.asked_for(COMMENTS)) == 100


@pytest.mark.parametrize(
    "name", ["acme", "acme/shop/x", "../shop", "acme/..", "acme/sh op", "a/b?"]
)
def test_what_is_no_repository_becomes_no_address(name: str) -> None:
    with pytest.raises(ValueError, match="expected owner/name"):
        Repository(1, name)
