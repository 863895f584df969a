"""Checks of a pull request's newest commit: runs, suites, commit statuses and Actions runs."""

from simulator.payloads import Payload, a_commit_status
from tests.worlds.actions_runs import ActionsRun
from tests.worlds.check_runs import CheckRun
from tests.worlds.issues import Issue
from tests.worlds.people import github_actions
from tests.worlds.possible import require
from tests.worlds.tested import Tested
from tests.worlds.webhook import with_id


class Checked(Tested):
    """A pull request with checks of every kind; ``check_runs`` holds all runs there ever were."""

    def __init__(self, issue: Issue, title: str, body: str, author: Payload, branch: str) -> None:
        super().__init__(issue, title, body, author, branch)
        self.check_runs: list[CheckRun] = []
        self.actions_runs: list[ActionsRun] = []

    def run_check(
        self, name: str, conclusion: str | None = None, app: Payload = github_actions
    ) -> CheckRun:
        """Run a check to a conclusion; without one it stays in progress until ``complete``."""
        run = CheckRun(self, name, app)
        self.check_runs.append(run)
        if conclusion:
            run.complete(conclusion)
        return run

    def rerun_check(
        self, name: str, conclusion: str | None = None, app: Payload = github_actions
    ) -> CheckRun:
        """Run a check of the newest commit again: another run with another id."""
        before = [(run.name, run.head_sha, run.app["id"]) for run in self.check_runs]
        ran = (name, self.head_sha, app["id"]) in before
        require(ran, f"{name} has not run on the newest commit of #{self.number}")
        return self.run_check(name, conclusion, app)

    def suite(self, conclusion: str, app: Payload = github_actions) -> None:
        """Complete an App's suite of checks."""
        self.webhook.clock.tick()
        suite = self.suite_snapshot(self.suite_of(app), conclusion)
        self.repository.send("check_suite", "completed", by=self.pushed_by, check_suite=suite)

    def status(self, context: str, state: str) -> None:
        """Set a commit status: ``pending``, ``success``, ``failure`` or ``error``."""
        self.webhook.clock.tick()
        now, commit = self.webhook.clock.now, {"sha": self.head_sha}
        built = a_commit_status(
            context,
            repository=self.repository.snapshot(),
            sha=self.head_sha,
            state=state,
            description=None,
            branches=[{"name": self.head_ref, "commit": commit, "protected": False}],
            created_at=now,
            updated_at=now,
        )
        status = with_id(built, self.webhook.new_id())
        self.repository.send("status", by=self.pushed_by, status=status)

    def actions_run(
        self, name: str, conclusion: str | None = None, attempt: int | None = None
    ) -> ActionsRun:
        """Run an Actions workflow; by default the next attempt of its run on the newest commit.

        Without a conclusion it stays in progress. One that waits for a person's approval has
        the conclusion ``action_required`` without having run.
        """
        before = [
            run for run in self.actions_runs if (run.name, run.head_sha) == (name, self.head_sha)
        ]
        run_id = before[-1].id if before else self.webhook.new_id()
        run = ActionsRun(self, name, run_id, attempt or len(before) + 1)
        self.actions_runs.append(run)
        if conclusion != "action_required":
            run.start()
        if conclusion:
            run.complete(conclusion)
        return run
