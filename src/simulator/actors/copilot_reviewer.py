"""Copilot as a reviewer: it comments on what it is asked to review, and never decides."""

from dataclasses import dataclass

from simulator.clock import Clock
from simulator.draws import Range, Seed
from simulator.state.accounts import COPILOT_REVIEWER
from simulator.state.happenings import Happening
from simulator.state.pull_requests import PullRequest

_TAKES: Range = (60, 240)


@dataclass(frozen=True, slots=True)
class CopilotReviewer:
    """Copilot's reviewer."""

    clock: Clock
    seed: Seed

    def hear(self, happening: Happening) -> None:
        """Take notice of being asked for a review."""
        match happening.event, happening.action, happening.subject:
            case "pull_request", "review_requested", PullRequest() as pull:
                if happening.payload["requested_reviewer"]["id"] == COPILOT_REVIEWER["id"]:
                    wait = self.seed.between(_TAKES, "copilot reviews", happening.name)
                    self.clock.after(wait, lambda: _review(pull))


def _review(pull: PullRequest) -> None:
    if pull.is_open and COPILOT_REVIEWER in pull.requested_reviewers:
        pull.review(COPILOT_REVIEWER, "commented", "Copilot reviewed 3 of 3 changed files.")
