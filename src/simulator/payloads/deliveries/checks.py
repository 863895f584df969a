"""Deliveries about checks."""

from simulator.payloads.actions_runs import an_actions_run, an_actions_workflow
from simulator.payloads.checks import a_check_run, a_check_suite
from simulator.payloads.commits import a_commit_status
from simulator.payloads.deliveries.envelope import in_repository
from simulator.payloads.payload import Payload


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


def status(
    *, status: Payload | None = None, repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``status`` delivery, which has no action and its fields at the root."""
    body = status or a_commit_status(repository=repository)
    return in_repository(None, body, repository, overrides)
