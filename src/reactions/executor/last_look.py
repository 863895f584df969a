"""The last look: whether an action is still wanted, by a lane that reflects the whole log."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aggregates.decisions import Passed, Waits, Wanted, standing
from events.catalogue import ActionRequested
from events.envelope import Event
from events.errors import OrchestratorError
from events.log import EventLog
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused
from reactions.ports.lanes import Lanes, Reflection

_LOOKS, _BETWEEN = 10, 0.1  # seconds, at a lane that is behind the log


class Unseen(OrchestratorError):
    """Nobody can say whether an action is wanted: its lane is ``behind`` the log, or stuck."""

    def __init__(self, *, behind: bool) -> None:
        super().__init__("the lane is behind the log" if behind else "the lane is stuck")
        self.behind = behind


class NotWanted(OrchestratorError):
    """Just before a change it is not wanted any more, or not now."""

    def __init__(self, stands: Passed | Waits) -> None:
        super().__init__(stands.why)
        self.stands = stands


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """Looks at lanes as they are now: nobody acts on the past.

    What is appended while it looks may come too late, as it might while GitHub is asked.
    """

    lanes: Lanes
    log: EventLog
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def reflected(self, repository_id: int) -> Reflection:
        """Return the lane with every event up to now; raises Unseen where there is none."""
        head = (await self.log.head()).position
        for _ in range(_LOOKS):
            reflected = await self.lanes.lane(repository_id)
            if reflected.position >= head:
                return _known(reflected)
            await self.pause(_BETWEEN)
        raise Unseen(behind=True)

    async def again(self, event: Event, content: ActionRequested) -> None:
        """Raise NotWanted, or Unseen, unless an action of a repository is still wanted."""
        reflected = await self.reflected(event.repository_id or 0)
        stands = standing(reflected.lanes[0], reflected.scope, event.id, content)
        if not isinstance(stands, Wanted):
            raise NotWanted(stands)


def repository_of(reflected: Reflection) -> Repository:
    """Return where to act; raises Refused where that is not known."""
    lane = reflected.lanes[0]
    known = lane.seen.repository
    if known is None or lane.installation_id is None:
        raise Refused("the repository's name or its installation is not known")
    return Repository(lane.installation_id, known.full_name)


def _known(reflected: Reflection) -> Reflection:
    if not reflected.lanes:
        raise Unseen(behind=False)
    return reflected
