"""Check runs."""

from simulator.payloads import Payload, a_check_run
from tests.worlds.possible import require
from tests.worlds.tested import Tested
from tests.worlds.webhook import with_id


class CheckRun:
    """A run of a check on a commit, which stays that of the run when the head moves on."""

    def __init__(self, pull: Tested, name: str, app: Payload) -> None:
        pull.webhook.clock.tick()
        self.id = pull.webhook.new_id()
        self.name = name
        self.app = app
        self.head_sha = pull.head_sha
        self.started_at = pull.webhook.clock.now
        self.completed_at: str | None = None
        self.conclusion: str | None = None
        self._pull = pull
        self._suite = pull.suite_of(app)
        self._by = pull.pushed_by
        self._tell("created")

    def complete(self, conclusion: str) -> None:
        """Bring it to its end, a second later or more."""
        require(self.conclusion is None, f"{self.name} is completed")
        self._pull.webhook.clock.tick()
        self.conclusion, self.completed_at = conclusion, self._pull.webhook.clock.now
        self._tell("completed")

    def _tell(self, action: str) -> None:
        run = self._snapshot()
        self._pull.repository.send("check_run", action, by=self._by, check_run=run)

    def _snapshot(self) -> Payload:
        built = a_check_run(
            self.name,
            repository=self._pull.repository.snapshot(),
            head_sha=self.head_sha,
            pull_requests=self._pull.subject_of_checks(),
            app=self.app,
            status="completed" if self.conclusion else "in_progress",
            conclusion=self.conclusion,
            started_at=self.started_at,
            completed_at=self.completed_at,
        )
        run = with_id(built, self.id)
        suite = self._pull.suite_snapshot(self._suite, None)
        run["check_suite"] = {key: suite[key] for key in run["check_suite"]}
        return run
