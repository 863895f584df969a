"""Taking pull requests out of draft and merging them."""

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import Answer, MergeMethod
from reactions.ports.failures import (
    Conflict,
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.gateway.bodies import a_pull_request
from tests.gateway.credentials import FIRST, REPO, USER_TOKEN
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

PULL_REQUEST = "GET /repos/acme/shop/pulls/8"
MERGE = "PUT /repos/acme/shop/pulls/8/merge"
GRAPHQL = "POST /graphql"
HEAD = "a" * 40


def marked(*, draft: bool) -> dict[str, object]:
    return {"data": {"markPullRequestReadyForReview": {"pullRequest": {"isDraft": draft}}}}


async def test_a_draft_is_marked_ready_as_the_acting_user(
    github: GitHubGateway, script: Script
) -> None:
    script.on(PULL_REQUEST, a_pull_request())
    script.on(GRAPHQL, marked(draft=False))
    assert await github.mark_ready(REPO, 8) == Answer(200, "R:1")
    asked = script.the(GRAPHQL)
    assert asked.bearer == USER_TOKEN
    assert asked.body["variables"] == {"id": "PR_8"}
    assert "markPullRequestReadyForReview" in asked.body["query"]


async def test_what_is_ready_is_left_alone(github: GitHubGateway, script: Script) -> None:
    script.on(PULL_REQUEST, a_pull_request(draft=False))
    assert await github.mark_ready(REPO, 8) == Answer(200)
    assert script.asked_for(GRAPHQL) == []


async def test_a_draft_that_stays_one_is_refused(github: GitHubGateway, script: Script) -> None:
    script.on(PULL_REQUEST, a_pull_request())
    script.on(GRAPHQL, marked(draft=True))
    with pytest.raises(Refused, match="GitHub left the pull request in draft"):
        await github.mark_ready(REPO, 8)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "NOT_FOUND", "message": "Could not resolve to a node"}, NotFound),
        ({"type": "FORBIDDEN", "message": "Resource not accessible"}, Forbidden),
        ({"type": "INSUFFICIENT_SCOPES", "message": "Your token lacks repo"}, Forbidden),
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, RateLimited),
        ({"type": "UNPROCESSABLE", "message": "Pull request is closed"}, Refused),
        ({"message": "Something went wrong while executing your query."}, Unavailable),
    ],
)
async def test_an_error_of_graphql_is_a_failure_with_githubs_words(
    github: GitHubGateway, script: Script, error: dict[str, str], kind: type[GitHubFailure]
) -> None:
    script.on(PULL_REQUEST, a_pull_request())
    script.on(GRAPHQL, {"data": None, "errors": [error]})
    with pytest.raises(kind) as failed:
        await github.mark_ready(REPO, 8)
    assert failed.value.words == error["message"]
    assert (failed.value.status, failed.value.request_id) == (200, "R:1")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_a_pull_request_is_merged_at_a_head(
    github: GitHubGateway, script: Script, method: MergeMethod
) -> None:
    script.on(MERGE, {"sha": "c" * 40, "merged": True, "message": "merged"})
    assert await github.merge(REPO, 8, HEAD, method) == Answer(200, "R:1", {"sha": "c" * 40})
    asked = script.the(MERGE)
    assert asked.bearer == FIRST
    assert asked.body == {"sha": HEAD, "merge_method": method}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (405, "Pull Request is not mergeable"),
        (409, "Head branch was modified. Review and try the merge again."),
    ],
)
async def test_what_cannot_be_merged_so_is_a_conflict(
    github: GitHubGateway, script: Script, status: int, words: str
) -> None:
    script.on(MERGE, {"message": words}, status)
    with pytest.raises(Conflict) as conflict:
        await github.merge(REPO, 8, HEAD, "squash")
    assert (conflict.value.words, conflict.value.status) == (words, status)


async def test_a_merge_that_github_does_not_confirm_is_refused(
    github: GitHubGateway, script: Script
) -> None:
    script.on(MERGE, {"sha": None, "merged": False})
    with pytest.raises(Refused, match="GitHub did not merge the pull request"):
        await github.merge(REPO, 8, HEAD, "squash")
