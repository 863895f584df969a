"""Asking GitHub for one issue, since an operator names it and nothing has told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregates.lane import Lane
from events.catalogue import ResyncObserved
from events.github.observations import kept
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound
from reactions.ports.github import Recovering
from reactions.resync.news import Observation, observation
from reactions.visits import NotNow, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReading:
    """Reads single issues; ``github`` is called for only when one is asked for."""

    github: Callable[[], Recovering]
    clock: Callable[[], datetime]

    async def read(self, lane: Lane, repo: Repository, number: int) -> Observation:
        """Return an issue, open or not, as an event to be recorded.

        Raises NotFound, for what is a pull request too, other GitHubFailures, and NotNow where
        another repository has the name by now.
        """
        github, began = self.github(), self.clock()
        repository = await github.whole_repository(repo)
        if repository.get("id") != lane.repository_id:
            raise NotNow("another repository has its name now")
        issue = await github.whole_issue(repo, number)
        if "pull_request" in issue:
            raise NotFound(f"number {number} is a pull request")
        around = {name: repository.get(name) for name in ("full_name", "default_branch")}
        content = ResyncObserved(
            kind="issue", object=kept("issue", issue), repository=kept("repository", around)
        )
        return observation(Place(repo, lane), content, began)
