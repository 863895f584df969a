"""Runs of GitHub Actions workflows (theirs)."""

from simulator.payloads import Payload, an_actions_run, an_actions_workflow, an_id
from tests.worlds.people import github_actions
from tests.worlds.possible import require
from tests.worlds.tested import Tested
from tests.worlds.webhook import with_id


class ActionsRun:
    """One attempt of a run on a commit; a re-run keeps the ``run_id`` and counts the attempt."""

    def __init__(self, pull: Tested, name: str, run_id: int, attempt: int) -> None:
        pull.webhook.clock.tick()
        self.id = run_id
        self.name = name
        self.attempt = attempt
        self.head_sha = pull.head_sha
        self.conclusion: str | None = None
        self._pull = pull
        self._suite = pull.suite_of(github_actions)
        self._by = pull.pushed_by
        self._started_at = pull.webhook.clock.now
        self._tell("requested", "queued")

    def start(self) -> None:
        """Let it run, a second later."""
        self._pull.webhook.clock.tick()
        self._tell("in_progress", "in_progress")

    def complete(self, conclusion: str) -> None:
        """Bring it to its end, a second later or more."""
        require(self.conclusion is None, f"{self.name} is completed")
        self._pull.webhook.clock.tick()
        self.conclusion = conclusion
        self._tell("completed", "completed")

    def _tell(self, action: str, status: str) -> None:
        run = self._snapshot(status)
        workflow = an_actions_workflow(self._pull.repository.snapshot())
        workflow |= {"id": run["workflow_id"], "name": self.name}
        self._pull.repository.send(
            "workflow_run", action, by=self._by, workflow_run=run, workflow=workflow
        )

    def _snapshot(self, status: str) -> Payload:
        built = an_actions_run(
            self.attempt,
            repository=self._pull.repository.snapshot(),
            head_sha=self.head_sha,
            pull_requests=self._pull.subject_of_checks(),
            name=self.name,
            head_branch=self._pull.head_ref,
            status=status,
            conclusion=self.conclusion,
            workflow_id=an_id("actions workflow", self._pull.repository.id, self.name),
            check_suite_id=self._suite.id,
            created_at=self._suite.created_at,
            run_started_at=self._started_at,
            updated_at=self._pull.webhook.clock.now,
            actor=self._by,
            triggering_actor=self._by,
        )
        return with_id(built, self.id)
