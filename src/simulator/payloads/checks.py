"""Check runs and suites, commit statuses, the App that runs them, and deliveries about them."""

from collections.abc import Sequence

from simulator.payloads.envelope import in_repository
from simulator.payloads.payload import (
    API,
    CREATED,
    UPDATED,
    WEB,
    Payload,
    a_node_id,
    a_sha,
    an_id,
    built,
)
from simulator.payloads.pull_requests import a_pull_request_reference
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import an_organization

ACTIONS_APP_ID = 15368

_PERMISSIONS = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "metadata": "read",
    "packages": "write",
    "pages": "write",
    "pull_requests": "write",
    "security_events": "write",
    "statuses": "write",
}


def an_app(**overrides: object) -> Payload:
    """Build the App that runs checks: GitHub Actions."""
    app = {
        "id": ACTIONS_APP_ID,
        "client_id": "Iv1.example000000000",
        "slug": "github-actions",
        "node_id": a_node_id("A", ACTIONS_APP_ID),
        "owner": an_organization("github"),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{WEB}/apps/github-actions",
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2024-04-10T20:33:16Z",
        "permissions": dict(_PERMISSIONS),
        "events": ["branch_protection_rule", "check_run", "check_suite", "push"],
    }
    return built(app, overrides)


def a_check_run(
    name: str = "test",
    *,
    repository: Payload | None = None,
    head_sha: str | None = None,
    pull_requests: Sequence[Payload] = (),
    **overrides: object,
) -> Payload:
    """Build a completed, successful check run of whole pull requests."""
    repository = repository or a_repository()
    sha = head_sha or a_sha("head", repository["id"], 18)
    run_id = an_id("check run", repository["id"], sha, name)
    suite = a_check_suite(repository=repository, head_sha=sha, pull_requests=pull_requests)
    run = {
        "id": run_id,
        "name": name,
        "node_id": a_node_id("CR", run_id),
        "head_sha": sha,
        "external_id": "ca395085-040a-526b-2ce8-bdc85f692774",
        "url": f"{repository['url']}/check-runs/{run_id}",
        "html_url": f"{repository['html_url']}/runs/{run_id}",
        "details_url": f"{repository['html_url']}/actions/runs/1/job/{run_id}",
        "status": "completed",
        "conclusion": "success",
        "started_at": CREATED,
        "completed_at": UPDATED,
        "output": _output(f"{repository['url']}/check-runs/{run_id}"),
        "check_suite": _within_run(suite),
        "app": an_app(),
        "pull_requests": [a_pull_request_reference(pull) for pull in pull_requests],
    }
    return built(run, overrides)


def a_check_suite(
    *,
    repository: Payload | None = None,
    head_sha: str | None = None,
    pull_requests: Sequence[Payload] = (),
    **overrides: object,
) -> Payload:
    """Build a completed, successful check suite of whole pull requests."""
    repository = repository or a_repository()
    sha = head_sha or a_sha("head", repository["id"], 18)
    suite_id = an_id("check suite", repository["id"], sha)
    url = f"{repository['url']}/check-suites/{suite_id}"
    suite = {
        "id": suite_id,
        "node_id": a_node_id("CS", suite_id),
        "head_branch": "copilot/fix-17",
        "head_sha": sha,
        "status": "completed",
        "conclusion": "success",
        "url": url,
        "before": a_sha("before", sha),
        "after": sha,
        "pull_requests": [a_pull_request_reference(pull) for pull in pull_requests],
        "app": an_app(),
        "created_at": CREATED,
        "updated_at": UPDATED,
        "rerequestable": True,
        "runs_rerequestable": False,
        "latest_check_runs_count": 1,
        "check_runs_url": f"{url}/check-runs",
        "head_commit": a_head_commit(sha),
    }
    return built(suite, overrides)


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


def check_run(
    action: str = "completed",
    *,
    check_run: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``check_run`` delivery."""
    body = {"check_run": check_run or a_check_run(repository=repository)}
    return in_repository(action, body, repository, overrides)


def check_suite(
    action: str = "completed",
    *,
    check_suite: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``check_suite`` delivery."""
    body = {"check_suite": check_suite or a_check_suite(repository=repository)}
    return in_repository(action, body, repository, overrides)


def status(
    *, status: Payload | None = None, repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``status`` delivery, which has no action and its fields at the root."""
    body = status or a_commit_status(repository=repository)
    return in_repository(None, body, repository, overrides)


def _output(url: str) -> Payload:
    return {
        "title": None,
        "summary": None,
        "text": None,
        "annotations_count": 0,
        "annotations_url": f"{url}/annotations",
    }


def _within_run(suite: Payload) -> Payload:
    left_out = ("head_commit", "latest_check_runs_count", "check_runs_url", "rerequestable")
    return {key: value for key, value in suite.items() if key not in left_out}
