"""Checks as payloads embed them."""

from simulator.payloads import (
    Payload,
    a_check_run,
    a_check_suite,
    a_commit_status,
    an_actions_run,
    an_actions_workflow,
    an_id,
)
from simulator.state.checks import ActionsRun, CheckRun, CommitStatus, Suite
from simulator.state.identity import with_id
from simulator.state.pull_request_state import PullRequestState
from simulator.state.repository import RepositoryState


def suite_snapshot(repository: RepositoryState, suite: Suite) -> Payload:
    """Return a suite as it is now."""
    runs = [run for run in repository.checks.runs if run.suite is suite]
    built = a_check_suite(
        repository=repository.snapshot(),
        head_sha=suite.head_sha,
        pull_requests=_checked(repository, suite.head_sha),
        head_branch=suite.branch,
        before=suite.before,
        app=suite.app,
        status=suite.status,
        conclusion=suite.conclusion,
        created_at=suite.created_at,
        updated_at=suite.updated_at,
        latest_check_runs_count=len(runs),
    )
    return with_id(built, suite.id)


def run_snapshot(repository: RepositoryState, run: CheckRun) -> Payload:
    """Return a check run as it is now."""
    built = a_check_run(
        run.name,
        repository=repository.snapshot(),
        head_sha=run.suite.head_sha,
        pull_requests=_checked(repository, run.suite.head_sha),
        app=run.suite.app,
        status=run.status,
        conclusion=run.conclusion,
        started_at=run.started_at,
        completed_at=run.completed_at,
    )
    snapshot = with_id(built, run.id)
    suite = suite_snapshot(repository, run.suite)
    snapshot["check_suite"] = {key: suite[key] for key in snapshot["check_suite"]}
    snapshot["output"] |= run.output
    return snapshot


def actions_run_snapshot(repository: RepositoryState, run: ActionsRun) -> Payload:
    """Return an Actions run as it is now."""
    built = an_actions_run(
        run.attempt,
        repository=repository.snapshot(),
        head_sha=run.suite.head_sha,
        pull_requests=_checked(repository, run.suite.head_sha),
        name=run.name,
        head_branch=run.suite.branch,
        display_title=run.title,
        event=run.event,
        status=run.status,
        conclusion=run.conclusion,
        workflow_id=an_id("actions workflow", repository.id, run.name),
        check_suite_id=run.suite.id,
        created_at=run.created_at,
        run_started_at=run.started_at,
        updated_at=run.updated_at,
        actor=run.by,
        triggering_actor=run.by,
    )
    return with_id(built, run.id)


def actions_workflow_of(repository: RepositoryState, run: ActionsRun) -> Payload:
    """Return the workflow (theirs) that a run is one of."""
    workflow_id = an_id("actions workflow", repository.id, run.name)
    return an_actions_workflow(repository.snapshot()) | {"id": workflow_id, "name": run.name}


def status_snapshot(repository: RepositoryState, status: CommitStatus, branch: str) -> Payload:
    """Return a commit status as its delivery shows it."""
    built = a_commit_status(
        status.context,
        repository=repository.snapshot(),
        sha=status.sha,
        state=status.state,
        description=None,
        branches=[{"name": branch, "commit": {"sha": status.sha}, "protected": False}],
        created_at=status.at,
        updated_at=status.at,
    )
    return with_id(built, status.id)


def _checked(repository: RepositoryState, sha: str) -> list[Payload]:
    pulls = [each for each in repository.subjects if isinstance(each, PullRequestState)]
    return [each.snapshot() for each in pulls if each.is_open and each.head_sha == sha]
