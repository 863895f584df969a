"""One attempt at an action: looked for first, done if it is still wanted, with what came of it."""

from dataclasses import dataclass

from events.catalogue import ActionRequested
from events.envelope import Event, NewEvent
from events.errors import OrchestratorError
from reactions.executor import outcomes
from reactions.executor.paced import Workable
from reactions.executor.performing import Ahead, act, look
from reactions.ports.answers import Repository
from reactions.ports.failures import (
    Conflict,
    GitHubFailure,
    RateLimited,
    Refused,
    Unavailable,
)

MAX_ATTEMPTS = 8
MAX_IGNORED = 5
MAX_CONFLICTS = 5
_SAID_NO = 300  # the status from which on an answer is no yes


class GivenUp(OrchestratorError):
    """Workers began an action often enough, and none came to tell of its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An action, and the how-manieth attempt at it this is.

    ``passed`` says why it is wanted no longer: an earlier attempt may have done it, so it is still
    looked for, but not done.
    """

    event: Event
    content: ActionRequested
    tried: int
    passed: str | None = None

    async def make(self, github: Workable, repo: Repository) -> NewEvent:
        """Return the outcome; raises what ``outcome_of`` takes."""
        done = await look(github, repo, self.event, self.content)
        if done is not None:
            return self.succeeded(done)
        if self.passed is not None:
            return self.cancelled(self.passed)
        if self.tried > MAX_ATTEMPTS:
            raise GivenUp(f"it was tried {MAX_ATTEMPTS} times, and no worker came to its end")
        return self.succeeded(await act(github, repo, self.event, self.content))

    def outcome_of(self, error: Exception) -> NewEvent | None:
        """Return the outcome that an error makes, None where trying again may help."""
        if isinstance(error, RateLimited):
            return None
        seen = self.passed is not None and isinstance(error, Ahead)  # what passed is known by now
        if self.tried < _attempts_for(error) and not seen:
            return None
        if self.passed is not None:
            return self.cancelled(self.passed)
        return outcomes.failed(self.event, self.content, error, min(self.tried, MAX_ATTEMPTS))

    def succeeded(self, answer: outcomes.Answered) -> NewEvent:
        """Return the outcome that it is done."""
        return outcomes.succeeded(self.event, self.content, answer, min(self.tried, MAX_ATTEMPTS))

    def cancelled(self, why: str) -> NewEvent:
        """Return the outcome that it is called off."""
        return outcomes.cancelled(self.event, self.content, why)


def _attempts_for(error: Exception) -> int:
    """Return how many attempts an error is worth: one where GitHub said no.

    Where it said yes and did nothing, as it does with assignees now and then, it is asked again; of
    these attempts some may have met a bad gateway or died with their worker. A merge is turned down
    right after the base or the head moved, too, and what the next delivery tells may call it off.
    """
    if isinstance(error, Conflict):
        return MAX_CONFLICTS
    if isinstance(error, Refused) and (error.status or _SAID_NO) < _SAID_NO:
        return MAX_IGNORED
    final = isinstance(error, GitHubFailure | GivenUp) and not isinstance(error, Unavailable)
    return 1 if final else MAX_ATTEMPTS
