"""Resync: asks GitHub itself what is open, when a repository is connected and every few hours.

Deliveries are hints that may be lost. What is seen is recorded where it is news to the lane, as an
event that is read like a delivery; where nothing was lost, nothing is recorded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.envelope import GITHUB, Event
from reactions.checkpoints import Checkpoint
from reactions.ports.failures import GitHubFailure
from reactions.ports.github import Recovering
from reactions.resync.looking import Looking
from reactions.resync.news import record
from reactions.visits import (
    Due,
    Following,
    Hurried,
    Notice,
    Place,
    Rounds,
    Services,
    Visited,
    connections,
)

PURPOSE = "resync"
_RULES = ("repository_ruleset", "branch_protection_rule")
_SOON = timedelta(minutes=10)  # where one look was not enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Resync:
    """Looks at each connected repository every so often, at one of an installation at a time.

    ``random`` returns a number from 0 to 1, so that repositories do not stay in step.
    """

    github: Recovering
    services: Services
    random: Callable[[], float]
    every: timedelta = timedelta(hours=6)
    checkpoint: Checkpoint = field(default_factory=lambda: Checkpoint(PURPOSE))

    async def step(self) -> Visited:
        """Follow the log, then look at what is due in a few installations; call it again then.

        Raises what the log and the database raise, and what the guard does.
        """
        following = Following(
            checkpoint=self.checkpoint,
            services=self.services,
            notices=_notices,
        )
        await following.catch_up()
        return await Rounds(purpose=PURPOSE, services=self.services).visit(self._look)

    async def _look(self, place: Place) -> datetime:
        began, looking = self.services.clock(), Looking(self.github, place)
        failure: GitHubFailure | None = None
        try:
            await looking.look()
        except GitHubFailure as error:
            failure = error
        await record(self.services.log, looking, began)
        if failure is not None:
            raise failure
        if looking.more:
            return self.services.clock() + _SOON
        return self.services.clock() + self.every * (0.9 + 0.2 * self.random())


def _notices(event: Event) -> Iterator[Notice]:
    """Yield what an event says of our access; what branches require is asked again once it changed.

    A ruleset of an organization names no repository, and may concern all of them.
    """
    changed = event.source == GITHUB and _may_change_requirements(event)
    if changed and event.repository_id is None and event.installation_id is not None:
        yield Hurried(event.installation_id)
    for notice in connections(event):
        if changed and isinstance(notice, Due):
            yield Due(notice.repository_id, notice.installation_id, again=True)
        else:
            yield notice


def _may_change_requirements(event: Event) -> bool:
    return event.type in _RULES or (event.type == "repository" and event.action == "edited")
