"""Pushes, with the repository in the older shape that only they use, and merge groups."""

from datetime import datetime

from simulator.payloads.checks import a_head_commit
from simulator.payloads.envelope import in_repository
from simulator.payloads.payload import UPDATED, ZEROS, Payload, a_sha, built
from simulator.payloads.repositories import a_repository


def a_push(
    ref: str = "refs/heads/copilot/fix-17",
    *,
    repository: Payload | None = None,
    before: str | None = None,
    after: str | None = None,
    **overrides: object,
) -> Payload:
    """Build the fields that a ``push`` delivery has at its root; all zeros as ``after`` deletes."""
    repository = repository or a_repository()
    before = before or a_sha("before", repository["id"], ref)
    after = after or a_sha("head", repository["id"], 18)
    deleted = after == ZEROS
    push = {
        "ref": ref,
        "before": before,
        "after": after,
        "pusher": {"name": "ada-bright", "email": "ada@example.com"},
        "created": before == ZEROS,
        "deleted": deleted,
        "forced": False,
        "base_ref": None,
        "compare": f"{repository['html_url']}/compare/{before[:12]}...{after[:12]}",
        "commits": [] if deleted else [_commit(repository, after)],
        "head_commit": None if deleted else _commit(repository, after),
    }
    return built(push, overrides)


def a_pushed_repository(repository: Payload) -> Payload:
    """Build the repository as pushes show it: two of its times in Unix seconds."""
    owner = repository["owner"]
    return repository | {
        "owner": dict(owner) | {"name": owner["login"], "email": "orbit@example.com"},
        "created_at": _seconds(repository["created_at"]),
        "pushed_at": _seconds(repository["pushed_at"]),
        "stargazers": 4,
        "master_branch": repository["default_branch"],
        "organization": owner["login"],
    }


def a_merge_group(
    *, repository: Payload | None = None, number: int = 18, **overrides: object
) -> Payload:
    """Build a merge queue's group for one pull request by its number."""
    repository = repository or a_repository()
    sha = a_sha("merge group", repository["id"], number)
    branch = repository["default_branch"]
    base_sha = a_sha("base", repository["id"])
    group = {
        "head_sha": sha,
        "head_ref": f"refs/heads/gh-readonly-queue/{branch}/pr-{number}-{base_sha}",
        "base_sha": base_sha,
        "base_ref": f"refs/heads/{branch}",
        "head_commit": a_head_commit(sha, UPDATED),
    }
    return built(group, overrides)


def push(
    *, push: Payload | None = None, repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``push`` delivery, which has no action and its fields at the root."""
    repository = repository or a_repository()
    body = push or a_push(repository=repository)
    return in_repository(None, body, a_pushed_repository(repository), overrides)


def create(
    *, ref: str = "copilot/fix-17", repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``create`` delivery, which has no action: a branch is there."""
    repository = repository or a_repository()
    body = {
        "ref": ref,
        "ref_type": "branch",
        "master_branch": repository["default_branch"],
        "description": repository["description"],
        "pusher_type": "user",
    }
    return in_repository(None, body, repository, overrides)


def merge_group(
    action: str = "checks_requested",
    *,
    merge_group: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``merge_group`` delivery."""
    body: Payload = {"merge_group": merge_group or a_merge_group(repository=repository)}
    if action == "destroyed":
        body["reason"] = "merged"
    return in_repository(action, body, repository, overrides)


def _commit(repository: Payload, sha: str) -> Payload:
    return a_head_commit(sha, UPDATED) | {
        "distinct": True,
        "url": f"{repository['html_url']}/commit/{sha}",
        "added": [],
        "removed": [],
        "modified": ["rocket/link.py"],
    }


def _seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())
