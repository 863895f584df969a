"""The executor: takes what was decided, looks once more, does it, and records what came of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregates.decisions import Passed, Waits, standing
from events.catalogue import ActionRequested, Json, content_of
from events.envelope import Event
from events.log import EventLog
from events.store import Store
from reactions.executor import outcomes, tasks
from reactions.executor.filling import fill
from reactions.executor.pace import Pace
from reactions.executor.performing import perform
from reactions.executor.tasks import ActionTask, Holding
from reactions.ports.answers import Repository
from reactions.ports.failures import GitHubFailure, RateLimited, Refused, Unavailable
from reactions.ports.github import GitHub
from reactions.ports.lanes import Lanes, Reflection

MAX_ATTEMPTS = 8
_MAX_IGNORED = 3
_SAID_NO = 300  # the status from which on an answer is no yes
_AT_ONCE = 8  # repositories
_EXPIRES = timedelta(hours=1)
_LOOKS_AGAIN = 5.0  # seconds, while it is paused
_CATCHES_UP = 0.1  # seconds, while its lane is behind it
_LONGEST_BACKOFF = 300.0

_log = structlog.get_logger("executor")


@dataclass(frozen=True, slots=True)
class Performed:
    """How many actions were taken up, and when the next is due."""

    taken: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Does what was decided, in order for each repository, for several repositories at once.

    ``random`` returns a number from 0 to 1, for the jitter of what is tried again.
    """

    github: GitHub
    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    random: Callable[[], float]
    holding: Holding
    pace: Pace = field(default_factory=Pace)

    async def step(self) -> Performed:
        """Take up what is due and free; returns when all of that is done, failed or put off."""
        while await self.store.write(fill):
            pass
        taken = await self.store.write(
            lambda connection: tasks.claim(connection, self.clock(), self.holding, _AT_ONCE)
        )
        await asyncio.gather(*map(self._take, taken))
        return Performed(len(taken), await self.store.read(tasks.next_due))

    async def _take(self, task: ActionTask) -> None:
        event = await self.log.event(task.position)
        content = content_of(event) if event is not None else None
        if event is None or not isinstance(content, ActionRequested):
            return await self._forget(task)
        reflected = await self.lanes.lane(task.repository_id)
        if reflected.position < task.position or not reflected.lanes:
            return await self._put_off(task, _CATCHES_UP)
        stands = standing(reflected.lanes[0], reflected.scope, event.id, content)
        if isinstance(stands, Waits):
            return await self._put_off(task, _LOOKS_AGAIN)
        if isinstance(stands, Passed):
            return await self._over(task, outcomes.cancelled(event, content, stands.why))
        if task.attempts == 0 and self.clock() - task.requested_at > _EXPIRES:
            why = "it waited for longer than an hour"
            return await self._over(task, outcomes.cancelled(event, content, why))
        return await self._try(task, event, content, reflected)

    async def _try(
        self, task: ActionTask, event: Event, content: ActionRequested, reflected: Reflection
    ) -> None:
        tried = task.attempts + 1
        try:
            repo = _repository(reflected)
            await self.pace.turn(repo.installation_id)
            answer = await self._perform(repo, event, content)
        except RateLimited as limited:
            await self._stall(task, limited)
        except Exception as error:  # noqa: BLE001 (whatever it is has an outcome, or is tried again)
            if _gives_up(error, tried):
                await self._over(task, outcomes.failed(event, content, error, tried))
            else:
                _log.warning("an action is tried again", kind=task.kind, error=type(error).__name__)
                await self._put_off(task, self._backoff(tried), tried)
        else:
            await self._over(task, outcomes.succeeded(event, content, answer, tried))

    async def _perform(
        self, repo: Repository, event: Event, content: ActionRequested
    ) -> dict[str, Json]:
        """Do it within the time for which it is held."""
        async with asyncio.timeout(self.holding.seconds * 0.8):
            return await perform(self.github, repo, event, content)

    def _backoff(self, tried: int) -> float:
        return min(_LONGEST_BACKOFF, float(2**tried)) * (0.5 + self.random() / 2)

    async def _over(self, task: ActionTask, outcome: outcomes.NewEvent) -> None:
        await self.log.append(outcome)
        await self._forget(task)

    async def _forget(self, task: ActionTask) -> None:
        await self.store.write(lambda c: tasks.remove_tasks(c, [task.action_id]))

    async def _put_off(self, task: ActionTask, seconds: float, attempts: int | None = None) -> None:
        due_at = self.clock() + timedelta(seconds=seconds)
        tried = task.attempts if attempts is None else attempts
        await self.store.write(lambda c: tasks.put_off(c, task, due_at, tried))

    async def _stall(self, task: ActionTask, limited: RateLimited) -> None:
        """Let the whole installation wait, as GitHub wants; this was no attempt."""
        _log.warning("GitHub takes no more for now", until=limited.until.isoformat())
        await self._put_off(task, max(0.0, (limited.until - self.clock()).total_seconds()))
        installation_id = task.installation_id
        if installation_id is not None:
            await self.store.write(
                lambda c: tasks.put_off_installation(c, installation_id, limited.until)
            )


def _gives_up(error: Exception, tried: int) -> bool:
    """Say whether trying again is of no use: GitHub said no, or was asked often enough.

    Where it said yes and did nothing, as it does with assignees now and then, it is asked again.
    """
    if isinstance(error, Refused) and (error.status or _SAID_NO) < _SAID_NO:
        return tried >= _MAX_IGNORED
    final = isinstance(error, GitHubFailure) and not isinstance(error, Unavailable)
    return final or tried >= MAX_ATTEMPTS


def _repository(reflected: Reflection) -> Repository:
    lane = reflected.lanes[0]
    known = lane.seen.repository
    if known is None or lane.installation_id is None:
        raise Refused("the repository's name or its installation is not known")
    return Repository(lane.installation_id, known.full_name)
