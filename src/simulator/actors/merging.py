"""What can be merged: GitHub knows it late, and what was merged before may conflict with it."""

from dataclasses import dataclass

from simulator.actors.scripts import Scripts
from simulator.draws import Range, Seed
from simulator.plan import MergingHabits
from simulator.state.accounts import OWNER, is_agent
from simulator.state.happenings import Happening
from simulator.state.pull_requests import PullRequest
from simulator.state.world import World

_LANDS_AFTER: Range = (20, 60)
_BRANCH = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Merging:
    """What becomes of open pull requests when their head or their base moves."""

    world: World
    seed: Seed
    habits: MergingHabits
    scripts: Scripts

    def hear(self, happening: Happening) -> None:
        """Take notice of a push, of a merge, and of the end of a round of Copilot's."""
        match happening.event, happening.action, happening.subject:
            case "push", _, _:
                self._compute(happening)
            case "pull_request", "closed", PullRequest() as merged if merged.merged:
                self._conflict(merged)
            case "pull_request", "synchronize", PullRequest() as pull:
                if (
                    is_agent(happening.sender)
                    and pull.round <= self.scripts.of(pull.origin).conflicts
                ):
                    wait = self.seed.between(_LANDS_AFTER, "lands", happening.name)
                    self.world.clock.after(wait, lambda: _land(pull))

    def _compute(self, happening: Happening) -> None:
        """Let GitHub not know for a while of what a branch is the head or the base of."""
        branch = happening.payload["ref"].removeprefix(_BRANCH)
        wait = self.seed.between(self.habits.computes_for, "computes", happening.name)
        for pull in self.world.repository(
            happening.payload["repository"]["full_name"]
        ).pull_requests:
            is_head = pull.fork is None and pull.head_ref == branch
            if pull.is_open and (is_head or pull.base_ref == branch):
                pull.known_from = self.world.clock.elapsed + wait

    def _conflict(self, merged: PullRequest) -> None:
        """Let what was merged conflict with others of the same base, at a rate."""
        name = merged.repository.full_name
        for pull in self.world.repository(name).pull_requests:
            if pull.is_open and pull.base_ref == merged.base_ref:
                drawn = (name, merged.head_ref, pull.head_ref)
                if self.seed.happens(self.habits.conflicts, "conflicts", *drawn):
                    pull.conflicts = True


def _land(pull: PullRequest) -> None:
    """Let somebody's work land on the base of a pull request, which changes the same lines."""
    if pull.is_open:
        pull.conflicts = True
        path = f"rocket/landed_{pull.number}_{pull.round}.py"
        text = f"# it changes what #{pull.number} changes, too\n"
        pull.repository.write_file(path, text, OWNER, branch=pull.base_ref, message="Land more")
