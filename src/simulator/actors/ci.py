"""CI: GitHub Actions, which checks every push to a branch."""

from dataclasses import dataclass, field

from simulator.actors.scripts import Scripts
from simulator.clock import Clock
from simulator.draws import Range, Seed
from simulator.plan import CiHabits
from simulator.state.accounts import COPILOT, is_agent
from simulator.state.check_moves import Checking, begin_checks
from simulator.state.checks import ActionsRun, CheckRun
from simulator.state.happenings import Happening
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.repository import Commit
from simulator.state.world import World

_SUCCESS = "success"
_FAILURE = "failure"
_FLAKY = "flaky"
_STARTS_AFTER = 2.0
_OWN_NAME = "Running Copilot cloud agent"
_OWN_PATH = "dynamic/copilot-swe-agent/copilot"


@dataclass(slots=True)
class Job:
    """The checks of one push: the Actions run, its suite, and what it will come to.

    One that is ``flaky`` passes when it is run again.
    """

    checking: Checking
    run: ActionsRun
    conclusion: str
    flaky: bool = False
    left: int = 0


@dataclass(slots=True)
class Ci:
    """CI of all repositories; ``waiting`` are the jobs that a person has to allow, by SHA."""

    world: World
    seed: Seed
    habits: CiHabits
    scripts: Scripts
    waiting: dict[str, list[Job]] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """The clock by which it works."""
        return self.world.clock

    def hear(self, happening: Happening) -> None:
        """Take notice of a push."""
        payload = happening.payload
        if happening.event == "push" and not payload["deleted"]:
            repository = self.world.repository(payload["repository"]["full_name"])
            branch = payload["ref"].removeprefix("refs/heads/")
            commit = repository.commits[payload["after"]]
            self.clock.after(_STARTS_AFTER, lambda: self._request(repository, branch, commit))

        elif happening.action in ("opened", "synchronize") and (pull := _of_a_fork(happening)):
            self._check_fork(pull)

    def allow(self, sha: str) -> None:
        """Let the checks of a commit run that waited for a person."""
        for job in self.waiting.pop(sha):
            job.checking.rerun(job.run)
            self._queue(job)

    def rerun(self, sha: str, conclusion: str = "success", event: str | None = None) -> None:
        """Let the newest runs of a commit run again, or that of one event."""
        for job in [each for each in self.jobs if each.checking.suite.head_sha == sha]:
            if event in (None, job.run.event):
                job.conclusion = conclusion
                job.checking.rerun(job.run)
                self._queue(job)

    def rerun_failed(self, run: ActionsRun) -> None:
        """Let an Actions run that failed run again, as somebody asked for; flaky ones pass then."""
        for job in self.jobs:
            if job.run is run:
                job.conclusion = _SUCCESS if job.flaky else job.conclusion
                job.checking.rerun(run)
                self._queue(job)

    def run_own(self, pull: PullRequest, conclusion: str) -> None:
        """Let a run of Copilot's own come to an end on a pull request's head, as such runs do."""
        checking = begin_checks(pull.repository, pull.head_sha, pull.head_ref, COPILOT)
        run = checking.request_run(_OWN_NAME, pull.title, "dynamic", _OWN_PATH)
        check = checking.queue("copilot")
        checking.start_run(run)
        checking.complete(check, conclusion)
        checking.complete_suite(conclusion)
        checking.complete_run(run, conclusion)

    def _check_fork(self, pull: PullRequest) -> None:
        repository, commit = self.world.repository(pull.repository.full_name), pull.commits[-1]
        self.clock.after(_STARTS_AFTER, lambda: self._request(repository, pull.head_ref, commit))

    def _request(self, repository: Repository, branch: str, commit: Commit) -> None:
        conclusion = self._conclusion(repository, commit.sha)
        if conclusion == "absent":
            return
        default = branch == repository.default_branch
        for event in ("push",) if default else self.habits.events:
            self._request_for(event, repository, branch, commit, conclusion)
            conclusion = _SUCCESS  # what fails fails once, where there are several
        pull, place = _pushed(repository, commit.sha)
        if self.habits.own_runs and pull is not None and place:
            self.run_own(pull, self.habits.own_runs)

    def _request_for(
        self, event: str, repository: Repository, branch: str, commit: Commit, conclusion: str
    ) -> None:
        checking = begin_checks(repository, commit.sha, branch, commit.author)
        checking.request_suite()
        run = checking.request_run("CI", commit.message, event)
        flaky = conclusion == _FLAKY
        job = Job(checking, run, _FAILURE if flaky else conclusion, flaky)
        self.jobs.append(job)
        if repository.approve_runs and is_agent(commit.author):
            self.waiting.setdefault(commit.sha, []).append(job)
            checking.complete_suite("action_required")
            checking.complete_run(run, "action_required")
        else:
            self._queue(job)

    def _queue(self, job: Job) -> None:
        runs = [job.checking.queue(name, job.run.attempt) for name in self.habits.checks]
        for context in self.habits.contexts:
            job.checking.status(context, "pending")
        wait = self._span(self.habits.queued_for, "queued", job)
        self.clock.after(wait, lambda: self._start(job, runs))

    def _start(self, job: Job, runs: list[CheckRun]) -> None:
        job.checking.start_run(job.run)
        job.left = len(runs)
        conclusions = [job.conclusion, *[_SUCCESS] * (len(runs) - 1)]
        for run, conclusion in zip(runs, conclusions, strict=True):
            job.checking.start(run)
            if conclusion != "never":
                self._complete_later(job, run, conclusion)

    def _complete_later(self, job: Job, run: CheckRun, conclusion: str) -> None:
        def complete() -> None:
            job.checking.complete(run, conclusion)
            job.left -= 1
            if not job.left:
                self._end(job)

        self.clock.after(self._span(self.habits.runs_for, run.name, job), complete)

    def _end(self, job: Job) -> None:
        for context in self.habits.contexts:
            job.checking.status(context, _SUCCESS)
        job.checking.complete_suite(job.conclusion)
        job.checking.complete_run(job.run, job.conclusion)

    def _conclusion(self, repository: Repository, sha: str) -> str:
        """Return what a commit of Copilot's comes to; others are fine, if not foreseen."""
        if foreseen := self.scripts.foreseen(repository.id, sha):
            return foreseen
        if self._is_flaky(sha):
            return _FLAKY
        pull, place = _pushed(repository, sha)
        if pull is None or not place or not is_agent(pull.author):
            return _SUCCESS
        certain = self.scripts.of(pull.origin).checks
        if place <= len(certain):
            return certain[place - 1]
        name = (repository.full_name, pull.head_ref, place)
        return _FAILURE if self.seed.happens(self.habits.fails, "ci", *name) else _SUCCESS

    def _is_flaky(self, sha: str) -> bool:
        """Say whether a commit's checks fail at first for nothing, on whatever branch it is."""
        return self.habits.flaky > 0 and self.seed.happens(self.habits.flaky, "flaky", sha)

    def _span(self, span: Range, what: str, job: Job) -> float:
        name: tuple[object, ...] = (job.checking.suite.head_sha, job.run.attempt)
        if job.run.event != self.habits.events[0]:
            name = (*name, job.run.event)
        return self.seed.between(span, what, *name)


def _of_a_fork(happening: Happening) -> PullRequest | None:
    subject = happening.subject
    return subject if isinstance(subject, PullRequest) and subject.fork else None


def _pushed(repository: Repository, sha: str) -> tuple[PullRequest | None, int]:
    """Return the pull request of a commit and its place there: the round that made it."""
    for pull in repository.pull_requests:
        for place, commit in enumerate(pull.commits):
            if commit.sha == sha:
                return pull, place
    return None, 0
