"""What every check refers to: a commit of a pull request, and a suite of one App's checks."""

from dataclasses import dataclass

from simulator.payloads import Payload, a_check_suite
from tests.worlds.issues import Issue
from tests.worlds.pull_request_state import PullRequestState
from tests.worlds.webhook import with_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All checks of one App on a commit."""

    id: int
    app: Payload
    head_sha: str
    created_at: str


class Tested(PullRequestState):
    """A pull request whose commits are checked."""

    def __init__(self, issue: Issue, title: str, body: str, author: Payload, branch: str) -> None:
        super().__init__(issue, title, body, author, branch)
        self._suites: dict[tuple[str, int], Suite] = {}

    def subject_of_checks(self) -> list[Payload]:
        """Return the pull request as the only one that checks name: none on a fork or closed."""
        return [self.snapshot()] if self.fork is None and self.is_open else []

    def suite_of(self, app: Payload) -> Suite:
        """Return an App's suite of the newest commit, made at the first of its checks."""
        key = (self.head_sha, app["id"])
        if key not in self._suites:
            self._suites[key] = Suite(
                id=self.webhook.new_id(),
                app=app,
                head_sha=self.head_sha,
                created_at=self.webhook.clock.now,
            )
        return self._suites[key]

    def suite_snapshot(self, suite: Suite, conclusion: str | None) -> Payload:
        """Return a suite as it is now; without a conclusion it is in progress."""
        built = a_check_suite(
            repository=self.repository.snapshot(),
            head_sha=suite.head_sha,
            pull_requests=self.subject_of_checks(),
            head_branch=self.head_ref,
            app=suite.app,
            status="completed" if conclusion else "in_progress",
            conclusion=conclusion,
            created_at=suite.created_at,
            updated_at=self.webhook.clock.now,
        )
        return with_id(built, suite.id)
