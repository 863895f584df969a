"""Checks of commits, read, and an App's own, written."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.state.check_moves import (
    Checking,
    actions_run_snapshot,
    begin_checks,
    run_snapshot,
    status_snapshot,
    suite_snapshot,
)
from simulator.state.checks import CheckRun, CommitStatus
from simulator.state.refusals import Forbidden, NotFound, Refused
from simulator.state.repositories import Repository


def list_check_runs(call: Call) -> Answer:
    """Answer with check runs: by default without those that a later attempt replaced."""
    repository = call.repository
    sha, checks = repository.commit_at(call.path["ref"]).sha, repository.checks
    latest = call.query.get("filter", "latest") == "latest"
    runs = checks.latest_of(sha) if latest else checks.runs_of(sha)
    if name := call.query.get("check_name"):
        runs = [each for each in runs if each.name == name]
    return page_of(call, runs, lambda each: _shown_run(repository, each), "check_runs")


def list_check_suites(call: Call) -> Answer:
    """Answer with the suites of a commit."""
    repository = call.repository
    sha = repository.commit_at(call.path["ref"]).sha
    suites = [each for each in repository.checks.suites if each.head_sha == sha]
    return page_of(call, suites, lambda each: suite_snapshot(repository, each), "check_suites")


def get_status(call: Call) -> Answer:
    """Answer with the newest status of each context, and what they come to."""
    repository = call.repository
    sha = repository.commit_at(call.path["ref"]).sha
    statuses = repository.checks.statuses_of(sha)
    root = repository.snapshot()
    return Answer(
        {
            "state": _state(statuses),
            "statuses": [status_snapshot(repository, each, "") for each in statuses],
            "sha": sha,
            "total_count": len(statuses),
            "repository": root,
            "commit_url": f"{root['url']}/commits/{sha}",
            "url": f"{root['url']}/commits/{sha}/status",
        }
    )


def list_statuses(call: Call) -> Answer:
    """Answer with all statuses of a commit, the newest first."""
    repository = call.repository
    sha = repository.commit_at(call.path["ref"]).sha
    found = [each for each in reversed(repository.checks.statuses) if each.sha == sha]
    return page_of(call, found, lambda each: status_snapshot(repository, each, ""))


def list_actions_runs(call: Call) -> Answer:
    """Answer with Actions runs, the newest first."""
    repository, query = call.repository, call.query
    found = [
        each
        for each in reversed(repository.checks.actions_runs)
        if query.get("head_sha") in (None, each.suite.head_sha)
        and query.get("branch") in (None, each.suite.branch)
        and query.get("event") in (None, each.event)
        and query.get("status") in (None, each.status, each.conclusion)
    ]
    return page_of(
        call, found, lambda each: actions_run_snapshot(repository, each), "workflow_runs"
    )


def create_check_run(call: Call) -> Answer:
    """Run a check of the App's own."""
    if call.caller.is_user:
        raise Forbidden("You must authenticate via a GitHub App.")
    repository = call.repository
    sha = call.text("head_sha")
    if sha not in repository.commits:
        raise Refused(f"No commit found for SHA: {sha}")
    checking = begin_checks(repository, sha, _branch(repository, sha), call.by, call.app.payload())
    run = checking.queue(call.text("name"))
    _update(call, checking, run)
    return Answer(_shown_run(repository, run), 201)


def update_check_run(call: Call) -> Answer:
    """Change a check of the App's own."""
    repository, wanted = call.repository, call.path["check_run_id"]
    run = next((each for each in repository.checks.runs if str(each.id) == wanted), None)
    if run is None:
        raise NotFound
    if run.suite.app["id"] != call.app.id:
        raise Forbidden(
            "Invalid app_id: a check run can only be modified by the GitHub App that created it."
        )
    _update(call, Checking(repository, run.suite, call.by), run)
    return Answer(_shown_run(repository, run))


def _update(call: Call, checking: Checking, run: CheckRun) -> None:
    run.output |= call.body.get("output") or {}
    if conclusion := call.body.get("conclusion"):
        checking.complete(run, conclusion)
        checking.complete_suite(conclusion)
    elif call.body.get("status") == "in_progress":
        checking.start(run)


def _shown_run(repository: Repository, run: CheckRun) -> Payload:
    return run_snapshot(repository, run) | {"check_suite": {"id": run.suite.id}}


def _branch(repository: Repository, sha: str) -> str:
    return next((name for name, tip in repository.branches.items() if tip == sha), "")


def _state(statuses: list[CommitStatus]) -> str:
    states = {each.state for each in statuses}
    if states & {"failure", "error"}:
        return "failure"
    return "success" if states == {"success"} else "pending"
