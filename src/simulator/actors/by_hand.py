"""People without an orchestrator: they do by hand what it would do, for comparison."""

from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.draws import Range, Seed
from simulator.state.accounts import ACTING_USER, COPILOT, is_copilot
from simulator.state.happenings import Happening
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.world import World

_LOOKS_AFTER: Range = (60, 1800)
_GIVES_UP_AFTER = 3600.0


@dataclass(slots=True)
class ByHand:
    """The acting user, who sees to one issue of a repository after the other.

    ``steps`` are what was done, by repository and number of the issue.
    """

    world: World
    seed: Seed
    steps: dict[tuple[str, int], list[str]]
    _looking: set[int] = field(default_factory=set)
    _told: set[tuple[int, object]] = field(default_factory=set)

    @property
    def clock(self) -> Clock:
        """The clock by which they work."""
        return self.world.clock

    def hear(self, happening: Happening) -> None:
        """Look at a repository some time after something happened there."""
        payload = happening.payload.get("repository")
        if payload and payload["id"] not in self._looking:
            repository = self.world.repository(payload["full_name"])
            self._looking.add(repository.id)
            wait = self.seed.between(_LOOKS_AFTER, "looks", happening.name)
            self.clock.after(wait, lambda: self._look(repository))

    def _look(self, repository: Repository) -> None:
        self._looking.discard(repository.id)
        for pull in repository.pull_requests:
            if pull.is_open and is_copilot(pull.author):
                self._see_to(pull)
        open_issues = [each for each in repository.issues if each.is_open]
        for issue in open_issues:
            if any(each.origin is issue and each.merged for each in repository.pull_requests):
                issue.close("completed", ACTING_USER)
                self._note(issue, "close")
        under_way = [each for each in open_issues if COPILOT in each.assignees]
        free = [each for each in open_issues if not any(b.is_open for b in each.blocked_by)]
        if free and not under_way:
            self._assign(free[0])

    def _see_to(self, pull: PullRequest) -> None:
        if pull.title.startswith("[WIP]"):
            return
        checks, sha = pull.repository.checks, pull.head_sha
        refused = [each for each in pull.verdicts.values() if each.state == "changes_requested"]
        if pull.conflicts:
            of, text = f"conflict {sha}", "Please resolve the merge conflicts."
            self._tell(pull, of, text, "tell_of_conflict")
        elif checks.have_failed(sha):
            self._tell(pull, sha, "The checks failed. Please mend them.", "tell_of_checks")
        elif refused and refused[0].commit_id == sha:
            self._tell(pull, refused[0].id, refused[0].body, "tell_of_review")
        elif pull.draft and checks.are_fine(sha):
            pull.mark_ready(ACTING_USER)
            self._note(pull.origin or pull, "mark_ready")

    def _tell(self, pull: PullRequest, of: object, text: str, step: str) -> None:
        """Tell Copilot of something once."""
        if (pull.repository.id, of) not in self._told:
            self._told.add((pull.repository.id, of))
            pull.comment(f"@copilot {text}", ACTING_USER)
            self._note(pull.origin or pull, step)

    def _assign(self, issue: Issue) -> None:
        issue.assign_copilot(ACTING_USER)
        self._note(issue, "assign")
        self.clock.after(_GIVES_UP_AFTER, lambda: self._assign_again(issue))

    def _assign_again(self, issue: Issue) -> None:
        """Begin anew when nothing came of it."""
        begun = any(
            isinstance(each, PullRequest) and each.origin is issue
            for each in issue.repository.subjects
        )
        if issue.is_open and not begun:
            issue.unassign(COPILOT, ACTING_USER)
            self._assign(issue)

    def _note(self, issue: Issue | PullRequest, step: str) -> None:
        self.steps[issue.repository.full_name, issue.number].append(step)
