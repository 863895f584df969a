"""Checks of commits: suites, their runs, commit statuses and runs of GitHub Actions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.payloads import Payload

_FINE = {"success", "neutral", "skipped"}


@dataclass(slots=True, kw_only=True)
class Suite:
    """All checks of one App on a commit."""

    id: int
    app: Payload
    head_sha: str
    branch: str
    before: str
    created_at: str
    updated_at: str
    status: str = "queued"
    conclusion: str | None = None


@dataclass(slots=True, kw_only=True)
class CheckRun:
    """A run of a check."""

    id: int
    name: str
    suite: Suite
    started_at: str
    status: str = "queued"
    conclusion: str | None = None
    completed_at: str | None = None
    output: Payload = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ActionsRun:
    """A run of a GitHub Actions workflow (theirs); a re-run is its next attempt."""

    id: int
    name: str
    suite: Suite
    by: Payload
    event: str
    title: str
    created_at: str
    started_at: str
    updated_at: str
    attempt: int = 1
    status: str = "queued"
    conclusion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatus:
    """A commit status, the older kind of check."""

    id: int
    sha: str
    context: str
    state: str
    at: str


@dataclass(slots=True)
class Checks:
    """All checks of a repository, the oldest first."""

    suites: list[Suite] = field(default_factory=list)
    runs: list[CheckRun] = field(default_factory=list)
    statuses: list[CommitStatus] = field(default_factory=list)
    actions_runs: list[ActionsRun] = field(default_factory=list)

    def runs_of(self, sha: str) -> list[CheckRun]:
        """Return the check runs of a commit."""
        return [run for run in self.runs if run.suite.head_sha == sha]

    def statuses_of(self, sha: str) -> list[CommitStatus]:
        """Return the newest status of each context of a commit."""
        return [*{each.context: each for each in self.statuses if each.sha == sha}.values()]

    def health(self, sha: str) -> str:
        """Return GitHub's word for a commit: clean, or unstable while a check is not fine."""
        return "clean" if all(self._verdicts(sha).values()) else "unstable"

    def lacking(self, sha: str, required: Iterable[str]) -> list[str]:
        """Return the checks of a commit, of those required, that are not there or not fine."""
        verdicts = self._verdicts(sha)
        return [name for name in required if not verdicts.get(name)]

    def are_fine(self, sha: str) -> bool:
        """Whether a commit has checks and all are completed and fine."""
        verdicts = self._verdicts(sha)
        finished = all(each.status == "completed" for each in self._suites_of(sha))
        return bool(verdicts) and all(verdicts.values()) and finished

    def have_failed(self, sha: str) -> bool:
        """Whether all checks of a commit are completed and one is not fine."""
        finished = all(each.status == "completed" for each in self._suites_of(sha))
        return finished and not all(self._verdicts(sha).values())

    def _suites_of(self, sha: str) -> list[Suite]:
        return [suite for suite in self.suites if suite.head_sha == sha]

    def _verdicts(self, sha: str) -> dict[str, bool]:
        runs = {run.name: run.conclusion in _FINE for run in self.runs_of(sha)}
        return runs | {each.context: each.state == "success" for each in self.statuses_of(sha)}
