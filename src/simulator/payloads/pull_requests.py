"""Pull requests, whole as their own deliveries have them, embedded, and referred to."""

from simulator.payloads.envelope import in_repository
from simulator.payloads.issues import change_of
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
from simulator.payloads.users import a_user, copilot_agent

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
_ONLY_WHEN_WHOLE = (
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
)


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


def an_embedded_pull_request(pull_request: Payload) -> Payload:
    """Build what reviews and their comments say of a pull request: without flags and totals."""
    kept = {key: value for key, value in pull_request.items() if key not in _ONLY_WHEN_WHOLE}
    return built(kept, {})


def a_pull_request_reference(pull_request: Payload) -> Payload:
    """Build the few fields by which checks refer to a pull request."""
    return {
        "url": pull_request["url"],
        "id": pull_request["id"],
        "number": pull_request["number"],
        **{side: _reference_end(pull_request[side]) for side in ("head", "base")},
    }


def pull_request(
    action: str = "opened",
    *,
    pull_request: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``pull_request`` delivery; what its action adds may be overridden."""
    repository = repository or a_repository()
    pull = pull_request or a_pull_request(repository=repository)
    body = {
        "number": pull["number"],
        "pull_request": pull,
        **change_of(action, pull, repository),
        **_addition(action, pull),
    }
    return in_repository(action, body, repository, overrides)


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


def _reference_end(end: Payload) -> Payload:
    repo = {name: end["repo"][name] for name in ("id", "url", "name")}
    return {"ref": end["ref"], "sha": end["sha"], "repo": repo}


def _addition(action: str, pull: Payload) -> Payload:
    if action in {"review_requested", "review_request_removed"}:
        reviewers = pull["requested_reviewers"]
        return {"requested_reviewer": reviewers[-1] if reviewers else a_user("grace-keen")}
    if action == "synchronize":
        sha = pull["head"]["sha"]
        return {"before": a_sha("before", sha), "after": sha}
    return {"reason": "MERGE"} if action == "dequeued" else {}
