"""One repository's line of work: the aggregate that everything is decided from."""

from dataclasses import dataclass, field
from datetime import datetime

from aggregates.lane.conduct import UNTOUCHED, Conduct, Handling
from aggregates.lane.seen import Seen


@dataclass(frozen=True, slots=True)
class Heard:
    """When we last recorded something new about a thing: our time, for measuring waits."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """What GitHub says, what we did, and when we heard.

    ``links`` follows from ``seen``: the candidates among pull requests for each issue.
    ``heard`` is keyed by ``issue:N``, ``assigned:N``, ``pull:N``, ``reviews:N``, ``checks:SHA``.
    """

    repository_id: int
    installation_id: int | None = None
    position: int = 0
    seen: Seen = field(default_factory=Seen)
    conduct: Conduct = field(default_factory=Conduct)
    heard: dict[str, Heard] = field(default_factory=dict)
    links: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def handling(self, issue_number: int) -> Handling:
        """Return what was done for an issue."""
        return self.conduct.handlings.get(issue_number, UNTOUCHED)


def initial_state(repository_id: int) -> Lane:
    """Return the lane of a repository of which nothing is known."""
    return Lane(repository_id)
