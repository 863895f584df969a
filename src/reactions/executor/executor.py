"""The executor: takes what was decided, looks once more, does it, and records what came of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregates.decisions import Passed, Waits, standing
from events.catalogue import ActionRequested, content_of
from events.envelope import NewEvent
from events.errors import OrchestratorError
from events.log import EventLog
from events.store import Store
from reactions.executor import outcomes, tasks
from reactions.executor.filling import fill
from reactions.executor.pace import OutOfTurn, Pace
from reactions.executor.paced import PacedGitHub, Workable
from reactions.executor.tasks import ActionTask, Holding
from reactions.executor.trial import Trial
from reactions.ports.answers import Repository
from reactions.ports.failures import RateLimited, Refused
from reactions.ports.lanes import Lanes, Reflection

_AT_ONCE = 8  # repositories
_EXPIRES = timedelta(hours=1)
_LOOKS_AGAIN = 5.0  # seconds, while it is paused
_LOOKS, _BETWEEN_LOOKS = 10, 0.1  # seconds, at a lane that is behind the log
_CATCHES_UP = 1.0  # seconds, while it does not catch up
_BRIEFLY, _LONGEST_REST = timedelta(seconds=1), timedelta(hours=2)
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

    github: Workable
    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    random: Callable[[], float]
    holding: Holding
    pace: Pace = field(default_factory=Pace)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def step(self) -> Performed:
        """Take up what is due and free; returns when all of that is done, failed or put off."""
        await fill(self.store)
        due = await self._next_due()
        if due is None or due > self.clock():
            return Performed(0, due)
        taken = await self.store.write(
            lambda connection: tasks.claim(connection, self.clock(), self.holding, _AT_ONCE)
        )
        await asyncio.gather(*map(self._take, taken))
        return Performed(len(taken), await self._next_due())

    async def _next_due(self) -> datetime | None:
        return await self.store.read(lambda c: tasks.next_due(c, self.clock()))

    async def _take(self, task: ActionTask) -> None:
        """Take up one; what fails here is taken over in time, and stops none of the others."""
        try:
            await self._consider(task)
        except Exception:  # noqa: BLE001 (what GitHub says is answered further down)
            _log.exception("an action is left to be taken over", kind=task.kind)

    async def _consider(self, task: ActionTask) -> None:
        event = await self.log.event(task.position)
        content = content_of(event) if event is not None else None
        if event is None or not isinstance(content, ActionRequested):
            return await self._forget(task)
        reflected = await self._reflected(task)
        if reflected is None:
            return await self._put_off(task, _CATCHES_UP)
        stands = standing(reflected.lanes[0], reflected.scope, event.id, content)
        if isinstance(stands, Waits):
            return await self._put_off(task, _LOOKS_AGAIN)
        passed = stands.why if isinstance(stands, Passed) else self._expired(task)
        if passed is not None and task.attempts == 0:
            return await self._over(task, outcomes.cancelled(event, content, passed))
        trial = Trial(event=event, content=content, tried=task.attempts + 1, passed=passed)
        return await self._try(task, trial, reflected)

    async def _reflected(self, task: ActionTask) -> Reflection | None:
        """Return the lane as it is now; None while it is behind the log: nobody acts on the past.

        What is appended while we look may come too late, as it might while GitHub is asked.
        """
        head = (await self.log.head()).position
        for _ in range(_LOOKS):
            reflected = await self.lanes.lane(task.repository_id)
            if reflected.position >= head:
                return reflected if reflected.lanes else None
            await self.pause(_BETWEEN_LOOKS)
        return None

    def _expired(self, task: ActionTask) -> str | None:
        """Say why an action that nobody has begun is decided afresh."""
        late = task.attempts == 0 and self.clock() - task.requested_at > _EXPIRES
        return "it waited for longer than an hour" if late else None

    async def _try(self, task: ActionTask, trial: Trial, reflected: Reflection) -> None:
        try:
            outcome = await self._made(task, trial, reflected)
        except RateLimited as limited:
            return await self._stall(task, limited)
        except Exception as error:  # noqa: BLE001 (it has an outcome, or is tried again)
            outcome = trial.outcome_of(error)
            if outcome is None:
                _log.warning("an action is tried again", kind=task.kind, error=_named(error))
                return await self._put_off(task, self._backoff(trial.tried), trial.tried)
        if outcome is not None:
            await self._over(task, outcome)
        return None

    async def _made(self, task: ActionTask, trial: Trial, reflected: Reflection) -> NewEvent | None:
        """Try it within the time for which it is held; None where it was taken over."""
        repo = _repository(reflected)
        self.pace.check((repo.installation_id,), self.clock())
        if not await self.store.write(lambda c: tasks.begin(c, task, self.clock())):
            return None
        github = PacedGitHub(github=self.github, pace=self.pace, clock=self.clock, pause=self.pause)
        async with asyncio.timeout(self._left(task)):
            return await trial.make(github, repo)

    def _left(self, task: ActionTask) -> float:
        """Return for how long it may go on, so that nobody else begins while it does."""
        until = task.held_until or self.clock()
        return max(0.0, (until - self.clock()).total_seconds()) * 0.8

    def _backoff(self, tried: int) -> float:
        return min(_LONGEST_BACKOFF, float(2**tried)) * (0.5 + self.random() / 2)

    async def _over(self, task: ActionTask, outcome: NewEvent) -> None:
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
        now = self.clock()
        until = min(max(limited.until, now + _BRIEFLY), now + _LONGEST_REST)
        await self._put_off(task, (until - now).total_seconds())
        installation_id = task.installation_id
        if isinstance(limited, OutOfTurn) or installation_id is None:
            return
        _log.warning("GitHub takes no more for now", until=until.isoformat())
        await self.store.write(lambda c: tasks.put_off_installation(c, installation_id, until))


def _named(error: Exception) -> str:
    """Return an error's kind, with GitHub's words; of others, who knows what their text quotes."""
    known = isinstance(error, OrchestratorError)
    return f"{type(error).__name__}: {error}" if known else type(error).__name__


def _repository(reflected: Reflection) -> Repository:
    lane = reflected.lanes[0]
    known = lane.seen.repository
    if known is None or lane.installation_id is None:
        raise Refused("the repository's name or its installation is not known")
    return Repository(lane.installation_id, known.full_name)
