"""Checks: how they begin and move, and how payloads embed them."""

from simulator.payloads import (
    ZEROS,
    Payload,
    a_check_run,
    a_check_suite,
    a_commit_status,
    an_actions_run,
    an_actions_workflow,
    an_id,
)
from simulator.payloads.payload import with_id
from simulator.state.accounts import GITHUB_ACTIONS
from simulator.state.checks import ActionsRun, CheckRun, CommitStatus, Suite
from simulator.state.pull_request_state import PullRequestState
from simulator.state.repository import RepositoryState

LONGEST_NAME = 100


def begin_checks(
    repository: RepositoryState,
    sha: str,
    branch: str,
    by: Payload,
    app: Payload = GITHUB_ACTIONS,
) -> "Checking":
    """Make an App's suite of checks on a commit, for the push of someone to a branch."""
    now = repository.clock.stamp()
    suite = Suite(
        id=repository.happenings.new_id(),
        app=app,
        head_sha=sha,
        branch=branch,
        before=ZEROS,
        created_at=now,
        updated_at=now,
    )
    repository.checks.suites.append(suite)
    return Checking(repository, suite, by)


class Checking:
    """What happens to the checks of a suite, for the push of someone."""

    def __init__(self, repository: RepositoryState, suite: Suite, by: Payload) -> None:
        self.repository = repository
        self.suite = suite
        self.by = by

    def request_suite(self) -> None:
        """Tell that the checks are about to run."""
        self._tell("check_suite", "requested", check_suite=self._suite())

    def complete_suite(self, conclusion: str) -> None:
        """Bring the suite to its end."""
        self.suite.status, self.suite.conclusion = "completed", conclusion
        self.suite.updated_at = self.repository.clock.stamp()
        self._tell("check_suite", "completed", check_suite=self._suite())

    def request_run(
        self, name: str, title: str, event: str = "pull_request", path: str | None = None
    ) -> ActionsRun:
        """Queue an Actions run, of the workflow of a path."""
        now = self.repository.clock.stamp()
        run = ActionsRun(
            id=self.repository.happenings.new_id(),
            name=name,
            suite=self.suite,
            by=self.by,
            event=event,
            title=title,
            created_at=now,
            started_at=now,
            updated_at=now,
        )
        run.path = path or run.path
        self.repository.checks.actions_runs.append(run)
        self._tell_run("requested", run)
        return run

    def rerun(self, run: ActionsRun) -> None:
        """Queue an Actions run's next attempt, in the same suite."""
        run.attempt += 1
        run.status, run.conclusion = "queued", None
        self.suite.status, self.suite.conclusion = "queued", None
        run.started_at = run.updated_at = self.repository.clock.stamp()
        self._tell_run("requested", run)

    def start_run(self, run: ActionsRun) -> None:
        """Let a queued Actions run begin."""
        run.status, self.suite.status = "in_progress", "in_progress"
        run.conclusion = self.suite.conclusion = None
        run.updated_at = self.suite.updated_at = self.repository.clock.stamp()
        self._tell_run("in_progress", run)

    def complete_run(self, run: ActionsRun, conclusion: str) -> None:
        """Bring an Actions run to its end; one that waits for a person is ``action_required``."""
        run.status, run.conclusion = "completed", conclusion
        run.updated_at = self.repository.clock.stamp()
        self._tell_run("completed", run)

    def queue(self, name: str, attempt: int = 1) -> CheckRun:
        """Queue a check of an attempt, whose name GitHub cuts when it is too long."""
        run = CheckRun(
            id=self.repository.happenings.new_id(),
            name=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}...",
            attempt=attempt,
            suite=self.suite,
            started_at=self.repository.clock.stamp(),
        )
        self.repository.checks.runs.append(run)
        self._tell("check_run", "created", check_run=run_snapshot(self.repository, run))
        return run

    def start(self, check: CheckRun) -> None:
        """Let a queued check begin, of which GitHub sends nothing."""
        check.status = "in_progress"
        self.suite.status = "in_progress"

    def complete(self, check: CheckRun, conclusion: str) -> None:
        """Bring a check to its end."""
        check.status, check.conclusion = "completed", conclusion
        check.completed_at = self.repository.clock.stamp()
        if conclusion == "failure":
            check.output = {"title": f"{check.name} failed", "summary": "1 of 48 tests failed."}
        self._tell("check_run", "completed", check_run=run_snapshot(self.repository, check))

    def status(self, context: str, state: str) -> None:
        """Set a commit status: ``pending``, ``success``, ``failure`` or ``error``."""
        status = CommitStatus(
            id=self.repository.happenings.new_id(),
            sha=self.suite.head_sha,
            context=context,
            state=state,
            at=self.repository.clock.stamp(),
        )
        self.repository.checks.statuses.append(status)
        snapshot = status_snapshot(self.repository, status, self.suite.branch)
        self._tell("status", None, status=snapshot)

    def _suite(self) -> Payload:
        return suite_snapshot(self.repository, self.suite)

    def _tell_run(self, action: str, run: ActionsRun) -> None:
        self._tell(
            "workflow_run",
            action,
            workflow_run=actions_run_snapshot(self.repository, run),
            workflow=actions_workflow_of(self.repository, run),
        )

    def _tell(self, event: str, action: str | None, **body: object) -> None:
        self.repository.tell(
            event,
            action,
            by=self.by,
            about=f"@{self.suite.head_sha[:12]}",
            subject=self.suite,
            **body,
        )


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
        path=run.path,
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
    return an_actions_workflow(repository.snapshot()) | {
        "id": workflow_id,
        "name": run.name,
        "path": run.path,
    }


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
    subjects = repository.subjects
    pulls = [each for each in subjects if isinstance(each, PullRequestState) and not each.fork]
    return [each.snapshot() for each in pulls if each.is_open and each.head_sha == sha]
