"""Comments and labels."""

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import Answer
from reactions.ports.failures import NotFound, Refused
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import FIRST, REPO, USER_TOKEN
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

ISSUE = "GET /repos/acme/shop/issues/7"
COMMENTS = "POST /repos/acme/shop/issues/7/comments"
LABELS = "POST /repos/acme/shop/issues/7/labels"
UNLABEL = "DELETE /repos/acme/shop/issues/7/labels/status%3Aqueued"
ABSENT = {"message": "Label does not exist"}


@pytest.mark.parametrize(("as_user", "bearer"), [(True, USER_TOKEN), (False, FIRST)])
async def test_a_comment_is_written_by_whom_it_should(
    github: GitHubGateway, script: Script, bearer: str, *, as_user: bool
) -> None:
    script.on(COMMENTS, {"id": 900}, 201)
    answer = await github.comment(REPO, 7, "@copilot go on", as_user=as_user)
    assert answer.as_json() == {"status": 201, "request_id": "R:1", "comment_id": 900}
    assert script.the(COMMENTS).bearer == bearer
    assert script.the(COMMENTS).body == {"body": "@copilot go on"}


async def test_any_text_can_be_sent(github: GitHubGateway, script: Script) -> None:
    script.on(COMMENTS, {"id": 900}, 201)
    text = "f\u00fcr \U0001f600 \ud800 \0"
    await github.comment(REPO, 7, text, as_user=False)
    assert script.the(COMMENTS).body == {"body": text}
    assert script.the(COMMENTS).headers["content-type"] == "application/json"


async def test_a_comment_that_a_redirect_turned_into_a_look_is_refused(
    github: GitHubGateway, script: Script
) -> None:
    script.on(COMMENTS, None, 301, {"location": f"{script.url}/elsewhere"})
    script.on("GET /elsewhere", {"id": 900})
    with pytest.raises(Refused, match="GitHub moved it elsewhere"):
        await github.comment(REPO, 7, "words", as_user=False)


async def test_a_comment_follows_a_renamed_repository(
    github: GitHubGateway, script: Script
) -> None:
    moved = "/repositories/5/issues/7/comments"
    script.on(COMMENTS, None, 307, {"location": f"{script.url}{moved}"})
    script.on(f"POST {moved}", {"id": 900}, 201)
    answer = await github.comment(REPO, 7, "words", as_user=False)
    assert answer.ids == {"comment_id": 900}
    assert script.the(f"POST {moved}").body == {"body": "words"}


async def test_a_label_is_added(github: GitHubGateway, script: Script) -> None:
    script.on(LABELS, [{"name": "bug"}, {"name": "Status:Blocked"}])
    assert await github.add_label(REPO, 7, "status:blocked") == Answer(200, "R:1")
    assert script.the(LABELS).body == {"labels": ["status:blocked"]}


@pytest.mark.parametrize("body", [[], [{"name": "bug"}, None], {"name": "status:blocked"}])
async def test_a_label_that_github_does_not_list_is_refused(
    github: GitHubGateway, script: Script, body: object
) -> None:
    script.on(LABELS, body)
    with pytest.raises(Refused, match="GitHub did not add the label 'status:blocked'"):
        await github.add_label(REPO, 7, "status:blocked")


async def test_a_label_is_removed(github: GitHubGateway, script: Script) -> None:
    script.on(UNLABEL, [])
    assert await github.remove_label(REPO, 7, "status:queued") == Answer(200, "R:1")


async def test_an_absent_label_needs_no_removal(github: GitHubGateway, script: Script) -> None:
    script.on(UNLABEL, ABSENT, 404)
    script.on(ISSUE, an_issue(labels=[]))
    assert await github.remove_label(REPO, 7, "status:queued") == Answer(404, "R:1")


async def test_a_label_that_stays_is_a_failure(github: GitHubGateway, script: Script) -> None:
    script.on(UNLABEL, {"message": "Not Found"}, 404)
    script.on(ISSUE, an_issue())
    with pytest.raises(NotFound):
        await github.remove_label(REPO, 7, "Status:queued".lower())


async def test_a_label_of_an_issue_that_is_gone_is_a_failure(
    github: GitHubGateway, script: Script
) -> None:
    script.on(UNLABEL, {"message": "Not Found"}, 404)
    script.on(ISSUE, {"message": "This issue was deleted"}, 410)
    with pytest.raises(NotFound, match="This issue was deleted"):
        await github.remove_label(REPO, 7, "status:queued")
