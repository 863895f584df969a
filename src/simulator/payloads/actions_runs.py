"""GitHub Actions runs, the workflows (theirs) that they are runs of, and deliveries about them."""

from collections.abc import Sequence

from simulator.payloads.checks import a_head_commit
from simulator.payloads.envelope import in_repository
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
from simulator.payloads.pull_requests import a_pull_request_reference
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import copilot_agent

_PATHS = {
    "jobs": "/jobs",
    "logs": "/logs",
    "artifacts": "/artifacts",
    "cancel": "/cancel",
    "rerun": "/rerun",
}
_PATH = ".github/workflows/ci.yml"
_COMPLETED: Payload = {
    "head_branch": "copilot/fix-17",
    "display_title": "Open a new session when the link comes back",
    "run_number": 42,
    "event": "pull_request",
    "status": "completed",
    "conclusion": "success",
    "referenced_workflows": [],
    "created_at": CREATED,
    "updated_at": UPDATED,
    "run_started_at": CREATED,
}


def an_actions_workflow(repository: Payload | None = None) -> Payload:
    """Build the definition that runs are runs of."""
    repository = repository or a_repository()
    workflow_id = an_id("actions workflow", repository["id"])
    return {
        "id": workflow_id,
        "node_id": a_node_id("W", workflow_id),
        "name": "CI",
        "path": _PATH,
        "state": "active",
        "created_at": "2026-01-12T08:00:00.000Z",
        "updated_at": "2026-01-12T08:00:00.000Z",
        "url": f"{repository['url']}/actions/workflows/{workflow_id}",
        "html_url": f"{repository['html_url']}/blob/main/{_PATH}",
        "badge_url": f"{repository['html_url']}/workflows/CI/badge.svg",
    }


def an_actions_run(
    attempt: int = 1,
    *,
    repository: Payload | None = None,
    head_sha: str | None = None,
    pull_requests: Sequence[Payload] = (),
    **overrides: object,
) -> Payload:
    """Build a completed, successful run; a re-run has the same id and a higher attempt."""
    repository = repository or a_repository()
    sha = head_sha or a_sha("head", repository["id"], 18)
    run_id = an_id("actions run", repository["id"], sha)
    run = {
        "id": run_id,
        "node_id": a_node_id("WFR", run_id),
        "head_sha": sha,
        "head_commit": a_head_commit(sha),
        "check_suite_id": an_id("check suite", repository["id"], sha),
        "check_suite_node_id": a_node_id("CS", run_id),
        "pull_requests": [a_pull_request_reference(pull) for pull in pull_requests],
        "run_attempt": attempt,
        "actor": copilot_agent(),
        "triggering_actor": copilot_agent(),
        "repository": _short(repository),
        "head_repository": _short(repository),
        **_COMPLETED,
        **_defined_by(an_actions_workflow(repository)),
        **_links(repository, run_id, attempt),
    }
    return built(run, overrides)


def a_dynamic_run(
    attempt: int = 1,
    *,
    repository: Payload | None = None,
    head_sha: str | None = None,
    **overrides: object,
) -> Payload:
    """Build a run of Copilot's own, by which GitHub works or reviews; it may fail like any."""
    usual: Payload = {
        "event": "dynamic",
        "name": "Running Copilot cloud agent",
        "path": "dynamic/copilot-swe-agent/copilot",
        "workflow_id": an_id("dynamic workflow"),
    }
    run = an_actions_run(attempt, repository=repository, head_sha=head_sha)
    return built(run, usual | overrides)


def workflow_run(
    action: str = "completed",
    *,
    workflow_run: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``workflow_run`` delivery of a GitHub Actions run."""
    body = {
        "workflow_run": workflow_run or an_actions_run(repository=repository),
        "workflow": an_actions_workflow(repository),
    }
    return in_repository(action, body, repository, overrides)


def _defined_by(workflow: Payload) -> Payload:
    return {
        "workflow_id": workflow["id"],
        "workflow_url": workflow["url"],
        "name": workflow["name"],
        "path": workflow["path"],
    }


def _links(repository: Payload, run_id: int, attempt: int) -> Payload:
    url = f"{repository['url']}/actions/runs/{run_id}"
    return {
        "url": url,
        "html_url": f"{repository['html_url']}/actions/runs/{run_id}",
        "previous_attempt_url": f"{url}/attempts/{attempt - 1}" if attempt > 1 else None,
        **addresses(url, _PATHS),
    }


def _short(repository: Payload) -> Payload:
    names = ("id", "node_id", "name", "full_name", "private", "html_url", "description", "fork")
    links = {key: value for key, value in repository.items() if key.endswith("_url")}
    return {name: repository[name] for name in names} | links | {"owner": dict(repository["owner"])}
