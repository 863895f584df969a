"""People: they review what is ready, allow runs, merge, see to stopped sessions and to epics.

Every such step is counted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

from simulator.actors.ci import Ci
from simulator.actors.scripts import Scripts
from simulator.clock import Clock
from simulator.draws import Seed
from simulator.plan import PeopleHabits, Verdict
from simulator.state.accounts import OWNER, REVIEWER
from simulator.state.checks import Suite
from simulator.state.happenings import Happening
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.reviews import Review
from simulator.state.tasks import Task
from simulator.state.world import World

Step: TypeAlias = Literal["review", "merge", "approve_run", "go_on", "close"]

_STOPPED = ("failed", "timed_out", "waiting_for_user", "cancelled")
_WISH = "Please also cover the case in which the link is lost twice."


@dataclass(slots=True)
class People:
    """The people; ``steps`` are what they did by hand, by repository and number of the issue."""

    world: World
    seed: Seed
    habits: PeopleHabits
    scripts: Scripts
    ci: Ci
    steps: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    _planned: set[tuple[int, int]] = field(default_factory=set)

    @property
    def clock(self) -> Clock:
        """The clock by which they work."""
        return self.world.clock

    def hear(self, happening: Happening) -> None:
        """Look at the pull request that something happened to."""
        for pull in self._seen(happening):
            key = (pull.repository.id, pull.number)
            step = self._next(pull)
            if step and key not in self._planned:
                self._planned.add(key)
                self._later(pull, step)
        if self.habits.sessions and happening.event == "issue_comment":
            self._follow(happening)
        if self.habits.epics and happening.event == "issue_comment":
            self._look_at(happening.subject)

    def _look_at(self, commented: object) -> None:
        """Close an epic, of which a comment says that nothing is left to do."""
        if isinstance(commented, Issue) and _is_finished(commented):
            name = (commented.repository.full_name, commented.number)
            wait = self.seed.between(self.habits.goes_on_after, "closes", *name)
            self.clock.after(wait, partial(self._close, commented))

    def _close(self, epic: Issue) -> None:
        if epic.is_open and _is_finished(epic):
            self.steps[epic.repository.full_name, epic.number].append("close")
            epic.close("completed", OWNER)

    def _follow(self, happening: Happening) -> None:
        """Go where a comment leads, if that is to a session of Copilot's that stopped."""
        said = happening.payload["comment"]["body"] or ""
        repository = self.world.repository(happening.payload["repository"]["full_name"])
        for task in repository.tasks:
            found = task.pull and repository.subject(task.pull["number"])
            leads = task.state in _STOPPED and task.snapshot()["html_url"] in said
            if leads and isinstance(found, PullRequest):
                wait = self.seed.between(self.habits.goes_on_after, "goes on", happening.name)
                self.clock.after(wait, partial(self._go_on, found, task, task.updated_at))

    def _go_on(self, pull: PullRequest, task: Task, since: str) -> None:
        if pull.is_open and task.updated_at == since:  # nobody did so before
            self.steps[pull.repository.full_name, pull.counted_as].append("go_on")
            pull.comment("@copilot Please go on.", OWNER)

    def _seen(self, happening: Happening) -> list[PullRequest]:
        if isinstance(happening.subject, PullRequest):
            return [happening.subject]
        if not isinstance(happening.subject, Suite):
            return []
        name = happening.payload["repository"]["full_name"]
        sha = happening.subject.head_sha
        return [each for each in self.world.repository(name).pull_requests if each.head_sha == sha]

    def _next(self, pull: PullRequest) -> Step | None:
        """Return what they would do with a pull request as it stands."""
        if not pull.is_open:
            return None
        if pull.head_sha in self.ci.waiting:
            return "approve_run" if self.habits.approves_runs else None
        if pull.repository.left_to_copilot:
            return None
        if pull.draft or pull.conflicts or not pull.repository.checks.are_fine(pull.head_sha):
            return None
        if self.habits.reviews and self._lacks_review(pull):
            return "review"
        approved = not self.habits.reviews or pull.verdicts[REVIEWER["id"]].state == "approved"
        can = self.habits.merges and approved and not pull.is_refused and not pull.obstacles()
        return "merge" if can else None

    def _lacks_review(self, pull: PullRequest) -> bool:
        last = pull.verdicts.get(REVIEWER["id"])
        return last is None or (last.state != "approved" and last.commit_id != pull.head_sha)

    def _later(self, pull: PullRequest, step: Step) -> None:
        spans = {
            "review": self.habits.reviews_after,
            "merge": self.habits.merges_after,
            "approve_run": self.habits.approves_runs_after,
        }
        done = len(self.steps[pull.repository.full_name, pull.counted_as])
        name = (step, pull.repository.full_name, pull.head_ref, done)
        self.clock.after(self.seed.between(spans[step], *name), lambda: self._act(pull))

    def _act(self, pull: PullRequest) -> None:
        """Do what is right by now, which may be nothing or something else."""
        self._planned.discard((pull.repository.id, pull.number))
        step = self._next(pull)
        if step is None:
            return
        self.steps[pull.repository.full_name, pull.counted_as].append(step)
        if step == "review":
            self._review(pull)
        elif step == "merge":
            pull.merge(OWNER)
        else:
            self.ci.allow(pull.head_sha)

    def _review(self, pull: PullRequest) -> None:
        verdict = self._verdict(pull)
        pull.review(REVIEWER, verdict, "Looks good." if verdict == "approved" else _WISH)

    def _verdict(self, pull: PullRequest) -> Verdict:
        """Return the scripted verdict, or a drawn one that asks for changes once at most."""
        given = [each for each in pull.reviews if _is_verdict(each)]
        certain = self.scripts.of(pull.origin).reviews
        if len(given) < len(certain):
            return certain[len(given)]
        name = (pull.repository.full_name, pull.head_ref)
        refuses = self.seed.happens(self.habits.requests_changes, "refuses", *name)
        return "changes_requested" if refuses and not given else "approved"


def _is_finished(issue: Issue) -> bool:
    return bool(issue.sub_issues) and not any(each.is_open for each in issue.sub_issues)


def _is_verdict(review: Review) -> bool:
    return review.by["id"] == REVIEWER["id"] and review.state != "commented"
