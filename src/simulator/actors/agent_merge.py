"""Agent Merge: where it is on, Copilot mends failed checks and conflicts without being asked."""

from dataclasses import dataclass

from simulator.actors.copilot import Copilot
from simulator.state.accounts import is_copilot
from simulator.state.checks import Suite
from simulator.state.happenings import Happening
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.world import World


@dataclass(frozen=True, slots=True)
class AgentMerge:
    """Looks after pull requests for which it is on, some time after something happened."""

    world: World
    copilot: Copilot

    def hear(self, happening: Happening) -> None:
        """Take notice of a push, which may conflict, and of checks that came to their end."""
        ended = isinstance(happening.subject, Suite) and happening.action == "completed"
        if not (ended or happening.event == "push"):
            return
        repository = self.world.repository(happening.payload["repository"]["full_name"])
        if repository.knows_agent_merge:
            span = self.copilot.habits.mends_after
            wait = self.copilot.seed.between(span, "agent merge looks", happening.name)
            self.world.clock.after(wait, lambda: self._look(repository))

    def heed(self, subject: object) -> None:
        """Take notice of its being switched on, perhaps for what failed before."""
        if isinstance(subject, PullRequest) and subject.agent_merge:
            name = f"switched on{subject.about}"
            repository = self.world.repository(subject.repository.full_name)
            wait = self.copilot.seed.between(self.copilot.habits.mends_after, "looks", name)
            self.world.clock.after(wait, lambda: self._look(repository))

    def _look(self, repository: Repository) -> None:
        for pull in repository.pull_requests:
            if pull.agent_merge and pull.is_open and is_copilot(pull.author) and _is_amiss(pull):
                self.copilot.mend(pull)


def _is_amiss(pull: PullRequest) -> bool:
    return pull.conflicts or pull.repository.checks.have_failed(pull.head_sha)
