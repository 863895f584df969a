"""Commit statuses, and commits in the short form that other things embed."""

from simulator.payloads.payload import API, CREATED, UPDATED, Payload, a_sha, an_id, built
from simulator.payloads.repositories import a_repository


def a_commit_status(
    context: str = "ci/launchpad",
    *,
    repository: Payload | None = None,
    sha: str | None = None,
    **overrides: object,
) -> Payload:
    """Build the fields that a ``status`` delivery has at its root."""
    repository = repository or a_repository()
    sha = sha or a_sha("head", repository["id"], 18)
    status = {
        "id": an_id("status", repository["id"], sha, context),
        "sha": sha,
        "name": repository["full_name"],
        "target_url": "https://ci.example.com/builds/7",
        "avatar_url": f"{API}/avatars/7",
        "context": context,
        "description": "The build passed",
        "state": "success",
        "commit": {"sha": sha, "url": f"{repository['url']}/commits/{sha}", "parents": []},
        "branches": [{"name": "copilot/fix-17", "commit": {"sha": sha}, "protected": False}],
        "created_at": UPDATED,
        "updated_at": UPDATED,
    }
    return built(status, overrides)


def a_head_commit(sha: str, timestamp: str = CREATED) -> Payload:
    """Build the short form of a commit that suites, Actions runs and merge groups embed."""
    person = {"name": "Ada Bright", "email": "ada@example.com"}
    return {
        "id": sha,
        "tree_id": a_sha("tree", sha),
        "message": "Open a new session when the link comes back",
        "timestamp": timestamp,
        "author": dict(person),
        "committer": dict(person),
    }
