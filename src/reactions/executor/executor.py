"""The executor: claims what was decided and due, and has each attempted beside the others."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from events.log import EventLog
from events.store import Store
from events.table import table_of
from reactions.as_whom import Workable
from reactions.executor.attempt import Attempt
from reactions.executor.claiming import Claim, Holding, claim, next_due
from reactions.executor.filling import fill, restore
from reactions.executor.last_look import LastLook
from reactions.executor.pace import Pace
from reactions.executor.tasks import ActionTask, ActionTaskRow
from reactions.lanes import Lanes
from reactions.ports.acting import ActingPeople, Nobody
from reactions.reckoning import began_ahead, reckon_anew

_AT_ONCE = 8  # repositories

_tasks = table_of(ActionTaskRow)

_log = structlog.get_logger("executor")


@dataclass(frozen=True, slots=True)
class Performed:
    """How many actions were taken up, and when the next is due."""

    taken: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Does what was decided, in order for each repository, for several repositories at once.

    ``random`` returns a number from 0 to 1, for the jitter of what is tried again. ``clock``
    measures waits; ``wall`` is the one by which events are recorded, where that is another.
    ``keys`` sign the marks in comments, the first of them; any verifies. ``people`` are those who
    consented to being acted as.
    """

    github: Workable
    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    random: Callable[[], float]
    holding: Holding
    people: ActingPeople = field(default_factory=Nobody)
    wall: Callable[[], datetime] | None = None
    pace: Pace = field(default_factory=Pace)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    keys: tuple[bytes, ...] = field(default=(), repr=False)

    async def restore(self) -> bool:
        """Take in again what tasks were lost of; False: the read models are not far enough yet."""
        return await restore(self.store)

    async def step(self) -> Performed:
        """Take up what is due and free; returns when all of that is done, failed or put off."""
        await fill(self.store)
        await self._reckon()
        due = await self._next_due()
        if due is None or due > self.clock():
            return Performed(0, due)
        taken = await self.store.write(
            lambda connection: claim(connection, self.clock(), self.holding, _AT_ONCE)
        )
        await asyncio.gather(*map(self._take, taken))
        return Performed(len(taken), await self._next_due())

    async def _reckon(self) -> None:
        """Have what a wrong clock put off, or dated, wait no longer than it was to."""
        now = self.clock()
        if await self.store.read(lambda c: began_ahead(c, _tasks, now)):
            await self.store.write(lambda c: reckon_anew(c, _tasks, now))

    async def _next_due(self) -> datetime | None:
        return await self.store.read(lambda c: next_due(c, self.clock()))

    async def _take(self, task: ActionTask) -> None:
        """Take up one; what fails here is taken over in time, and stops none of the others."""
        try:
            await self._attempt(task).make()
        except Exception:  # noqa: BLE001 (what GitHub says is answered further down)
            _log.exception("an action is left to be taken over", kind=task.kind)

    def _attempt(self, task: ActionTask) -> Attempt:
        return Attempt(
            claim=Claim(
                task=task,
                store=self.store,
                log=self.log,
                clock=self.clock,
                wall=self.wall or self.clock,
            ),
            last_look=LastLook(lanes=self.lanes, log=self.log, pause=self.pause),
            github=self.github,
            people=self.people,
            pace=self.pace,
            random=self.random,
            pause=self.pause,
            keys=self.keys,
        )
