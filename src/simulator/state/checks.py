"""Checks of commits: suites, their runs, commit statuses and runs of GitHub Actions."""

from dataclasses import dataclass, field

from simulator.payloads import Payload

_FINE = {"success", "neutral", "skipped"}
_CONCLUSIONS = {"success": "success", "failure": "failure", "error": "failure"}  # of statuses


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
    """A run of a check; of an Actions run, ``attempt`` is its attempt."""

    id: int
    name: str
    suite: Suite
    started_at: str
    attempt: int = 1
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
    path: str = ".github/workflows/ci.yml"
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
    """All checks of a repository, the oldest first; ``expired_logs`` are of jobs, by their id."""

    suites: list[Suite] = field(default_factory=list)
    runs: list[CheckRun] = field(default_factory=list)
    statuses: list[CommitStatus] = field(default_factory=list)
    actions_runs: list[ActionsRun] = field(default_factory=list)
    expired_logs: set[int] = field(default_factory=set)

    def runs_of(self, sha: str) -> list[CheckRun]:
        """Return the check runs of a commit."""
        return [run for run in self.runs if run.suite.head_sha == sha]

    def latest_of(self, sha: str) -> list[CheckRun]:
        """Return the check runs of a commit that no later attempt of their suite replaced."""
        runs = self.runs_of(sha)
        newest: dict[tuple[int, str], int] = {}
        for run in runs:
            key = (run.suite.id, run.name)
            newest[key] = max(run.attempt, newest.get(key, 0))
        return [run for run in runs if run.attempt == newest[run.suite.id, run.name]]

    def speaking_of(self, sha: str) -> list[CheckRun]:
        """Return those of the newest suite of each workflow and event, and of each other App."""
        newest = {self._speaks_for(suite): suite for suite in self._suites_of(sha)}
        return [run for run in self.latest_of(sha) if run.suite in newest.values()]

    def statuses_of(self, sha: str) -> list[CommitStatus]:
        """Return the newest status of each context of a commit."""
        return [*{each.context: each for each in self.statuses if each.sha == sha}.values()]

    def health(self, sha: str) -> str:
        """Return GitHub's word for a commit: clean, or unstable while a check is not fine."""
        runs = [run.conclusion in _FINE for run in self.speaking_of(sha)]
        fine = all(runs) and all(each.state == "success" for each in self.statuses_of(sha))
        return "clean" if fine else "unstable"

    def objection(self, sha: str, name: str, app_id: int | None = None) -> str | None:
        """Return what GitHub says of a required check of a commit that is not fine, else None."""
        runs = [run for run in self.speaking_of(sha) if run.name == name]
        found = [run for run in runs if app_id in (None, run.suite.app["id"])]
        states = [run.conclusion if run.status == "completed" else None for run in found]
        if app_id is None:
            states += [
                _CONCLUSIONS.get(e.state) for e in self.statuses_of(sha) if e.context == name
            ]
        if not states:
            return f'Required status check "{name}" is expected.'
        if None in states:
            return f'Required status check "{name}" is in progress.'
        return None if _FINE.issuperset(states) else f'Required status check "{name}" is failing.'

    def are_fine(self, sha: str) -> bool:
        """Whether a commit has checks, but for Copilot's own, and all are completed and fine."""
        verdicts = self._verdicts(sha)
        return bool(verdicts) and all(verdicts) and self._finished(sha)

    def have_failed(self, sha: str) -> bool:
        """Whether all checks of a commit, but for Copilot's own, are completed, one not fine."""
        return self._finished(sha) and not all(self._verdicts(sha))

    def _finished(self, sha: str) -> bool:
        suites = [each for each in self._suites_of(sha) if not self._is_dynamic(each)]
        return all(each.status == "completed" for each in suites)

    def _suites_of(self, sha: str) -> list[Suite]:
        return [suite for suite in self.suites if suite.head_sha == sha]

    def _verdicts(self, sha: str) -> list[bool]:
        runs = [run for run in self.speaking_of(sha) if not self._is_dynamic(run.suite)]
        statuses = [each.state == "success" for each in self.statuses_of(sha)]
        return [*(run.conclusion in _FINE for run in runs), *statuses]

    def _speaks_for(self, suite: Suite) -> tuple[object, ...]:
        found = self._actions_run(suite)
        return (suite.app["id"], *((found.name, found.event) if found else ()))

    def _is_dynamic(self, suite: Suite) -> bool:
        found = self._actions_run(suite)
        return found is not None and found.event == "dynamic"

    def _actions_run(self, suite: Suite) -> ActionsRun | None:
        return next((each for each in self.actions_runs if each.suite is suite), None)
