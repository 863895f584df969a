"""The last look: what was asked for, and whether it is still wanted as the whole log has it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import ValidationError

from aggregates.decisions import Passed, Relevance, Waits, Wanted, relevance
from aggregates.lane import Lane
from aggregates.surroundings import Circumstances, circumstances
from events.catalogue import ActionRequested, content_of
from events.errors import OrchestratorError, UnknownEventType
from events.log import EventLog
from reactions.executor.outcomes import Request
from reactions.lanes import Lanes, Reflection
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused

_LOOKS, _BETWEEN = 10, 0.1  # seconds, at a lane that is behind the log


class Unreadable(OrchestratorError):
    """A request that this release cannot read; never says what is in it."""


class Unseen(OrchestratorError):
    """Nobody can say whether an action is wanted: its lane is ``behind`` the log, or stuck."""

    def __init__(self, *, behind: bool) -> None:
        super().__init__("the lane is behind the log" if behind else "the lane is stuck")
        self.behind = behind


class NotWanted(OrchestratorError):
    """Just before a change it is not wanted any more, or not now."""

    def __init__(self, why: Passed | Waits) -> None:
        super().__init__(why.why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a request came to: whether it is wanted, and the lane that says so.

    ``around`` is what holds for the lane.
    """

    relevance: Relevance
    lane: Lane
    around: Circumstances

    @property
    def repository(self) -> Repository:
        """Where to act; raises Refused where that is not known."""
        lane, known = self.lane, self.lane.repository
        if known is None or lane.installation_id is None:
            raise Refused("the repository's name or its installation is not known")
        return Repository(lane.installation_id, known.full_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """Looks at lanes as they are now: nobody acts on the past.

    What is appended while it looks may come too late, as it might while GitHub is asked.
    """

    lanes: Lanes
    log: EventLog
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def request(self, position: int) -> Request | None:
        """Read a live request back from the log; None where there is none to be done.

        Raises Unreadable for one that another release wrote.
        """
        event = await self.log.event(position)
        if event is None:
            return None
        try:
            content = content_of(event)
        except (UnknownEventType, ValidationError) as error:
            problem = type(error).__name__  # its text quotes the event
        else:
            if isinstance(content, ActionRequested) and content.mode == "live":
                return Request(event, content)
            return None
        raise Unreadable(problem)

    async def look(self, request: Request) -> Looked:
        """Say whether an action is wanted, by a lane with every event up to now; raises Unseen."""
        reflected = await self._reflected(request.event.repository_id or 0)
        known, around = reflected.lanes[0], reflected.surroundings
        if known.undecided is not None:
            raise Unseen(behind=False)
        wanted = relevance(known.lane, around, request.event.id, request.action, known.survey.looks)
        return Looked(wanted, known.lane, circumstances(known.lane, around))

    async def check(self, request: Request) -> None:
        """Raise NotWanted, or Unseen, unless an action is still wanted."""
        relevance = (await self.look(request)).relevance
        if not isinstance(relevance, Wanted):
            raise NotWanted(relevance)

    async def _reflected(self, repository_id: int) -> Reflection:
        head = (await self.log.head()).position
        for _ in range(_LOOKS):
            reflected = await self.lanes.lane(repository_id)
            if reflected.position >= head:
                return _known(reflected)
            await self.pause(_BETWEEN)
        raise Unseen(behind=True)


def _known(reflected: Reflection) -> Reflection:
    if not reflected.lanes:
        raise Unseen(behind=False)
    return reflected
