"""Pull requests, whole as their own deliveries have them."""

from simulator.payloads.payload import (
    CREATED,
    UPDATED,
    Payload,
    a_node_id,
    a_sha,
    addresses,
    an_id,
    built,
)
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import copilot_agent

BODY = """\
Fixes #17

## What changed

- The session is dropped after three missed heartbeats and opened anew on the next command.
- `Link.close()` may now be called twice.

## How it was tested

A test cuts the simulated link in the middle of a burn and expects the next command to go through.
"""
_PATHS = {
    "commits": "/commits",
    "review_comments": "/comments",
    "review_comment": "/comments{/number}",
}


def a_pull_request(
    number: int = 18,
    *,
    repository: Payload | None = None,
    head_repository: Payload | None = None,
    head_ref: str = "copilot/fix-17",
    head_sha: str | None = None,
    **overrides: object,
) -> Payload:
    """Build an open pull request, a draft by Copilot that closes issue 17 unless told otherwise.

    ``head_repository`` makes it come from a fork.
    """
    repository = repository or a_repository()
    sha = head_sha or a_sha("head", repository["id"], number)
    pull_request = {
        **_identity(repository, number, sha),
        "state": "open",
        "locked": False,
        "title": "Open a new session when the link comes back",
        "user": copilot_agent(),
        "body": BODY,
        "created_at": CREATED,
        "updated_at": UPDATED,
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": a_sha("test merge", sha),
        **_people(),
        "draft": True,
        "head": _end(head_repository or repository, head_ref, sha),
        "base": _end(repository, repository["default_branch"], a_sha("base", repository["id"])),
        "_links": _links(repository, number, sha),
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "active_lock_reason": None,
        **_totals(),
    }
    return built(pull_request, overrides)


def _identity(repository: Payload, number: int, sha: str) -> Payload:
    url = f"{repository['url']}/pulls/{number}"
    html_url = f"{repository['html_url']}/pull/{number}"
    return {
        "url": url,
        "id": an_id("pull request", repository["id"], number),
        "node_id": a_node_id("PR", repository["id"], number),
        "html_url": html_url,
        "diff_url": f"{html_url}.diff",
        "patch_url": f"{html_url}.patch",
        "issue_url": f"{repository['url']}/issues/{number}",
        **addresses(url, _PATHS),
        "comments_url": f"{repository['url']}/issues/{number}/comments",
        "statuses_url": f"{repository['url']}/statuses/{sha}",
        "number": number,
    }


def _people() -> Payload:
    return {
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [],
        "milestone": None,
    }


def _totals() -> Payload:
    return {
        "merged": False,
        "mergeable": True,
        "rebaseable": True,
        "mergeable_state": "draft",
        "merged_by": None,
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": 2,
        "additions": 48,
        "deletions": 9,
        "changed_files": 3,
    }


def _end(repository: Payload, ref: str, sha: str) -> Payload:
    owner = repository["owner"]
    return {
        "label": f"{owner['login']}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": owner,
        "repo": repository | {"allow_auto_merge": False},
    }


def _links(repository: Payload, number: int, sha: str) -> Payload:
    api, pull = repository["url"], f"{repository['url']}/pulls/{number}"
    targets = {
        "self": pull,
        "html": f"{repository['html_url']}/pull/{number}",
        "issue": f"{api}/issues/{number}",
        "comments": f"{api}/issues/{number}/comments",
        "review_comments": f"{pull}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{pull}/commits",
        "statuses": f"{api}/statuses/{sha}",
    }
    return {name: {"href": target} for name, target in targets.items()}
