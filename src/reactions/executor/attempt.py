"""One attempt at a claimed task: from whether it is wanted to its outcome, or to another day."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from aggregates.decisions import Passed, Standing, Waits, standing
from events.catalogue import ActionRequested
from events.envelope import Event, NewEvent
from events.errors import OrchestratorError
from reactions.executor import outcomes, request, retries
from reactions.executor.hold import Hold, TakenOver
from reactions.executor.last_look import LastLook, NotWanted, Unseen, repository_of
from reactions.executor.pace import OutOfTurn, Pace
from reactions.executor.paced import PacedGitHub, Workable
from reactions.executor.trial import Trial
from reactions.ports.failures import RateLimited
from reactions.ports.lanes import Reflection

_EXPIRES = timedelta(hours=1)
_PAUSED, _BEHIND, _STUCK, _UNREADABLE = 5.0, 1.0, 30.0, 300.0  # seconds until it looks again

_log = structlog.get_logger("executor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt at what a worker holds; ``random`` returns a number from 0 to 1."""

    hold: Hold
    last_look: LastLook
    github: Workable
    pace: Pace
    random: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]

    async def make(self) -> None:
        """Make it; then the task has its outcome, is put off, or is left to who took it over."""
        try:
            await self._consider()
        except TakenOver as lost:
            _log.warning("an action was taken over", kind=self.hold.task.kind, why=str(lost))
        except NotWanted:  # for now
            await self.hold.put_off(_PAUSED)
        except Unseen as unseen:
            await self.hold.put_off(_BEHIND if unseen.behind else _STUCK)
        except request.Unreadable as unreadable:
            position = self.hold.task.position
            _log.error(
                "an action waits for a newer release", position=position, why=str(unreadable)
            )
            await self.hold.put_off(_UNREADABLE)
        except RateLimited as limited:
            await self._rest(limited)

    async def _consider(self) -> None:
        task = self.hold.task
        asked = await request.read(self.hold.log, task.position)
        if asked is None:
            return await self.hold.forget()
        event, content = asked
        reflected, stands = await self._stands(event, content)
        if isinstance(stands, Waits):
            raise NotWanted(stands)
        passed = stands.why if isinstance(stands, Passed) else None
        if passed is not None and task.attempts == 0:
            return await self.hold.record(outcomes.cancelled(event, content, passed))
        passed = passed or self._expired()
        trial = Trial(event=event, content=content, tried=task.attempts + 1, passed=passed)
        return await self._try(trial, reflected)

    async def _stands(self, event: Event, content: ActionRequested) -> tuple[Reflection, Standing]:
        """Look at the lane, and say whether the action is wanted; raises Unseen.

        A few tasks that stayed held for want of an answer would take all that their installation
        may have at once.
        """
        task = self.hold.task
        try:
            reflected = await self.last_look.reflected(task.repository_id)
            return reflected, standing(reflected.lanes[0], reflected.scope, event.id, content)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            _log.exception("nobody can say whether an action is wanted", kind=task.kind)
            raise Unseen(behind=False) from error

    def _expired(self) -> str | None:
        """Say why an action that nobody has begun is decided afresh.

        It is still looked for: that nobody has begun it is known only from the tasks, and these
        may be newer than the log, filled from it after a loss.
        """
        task = self.hold.task
        late = task.attempts == 0 and self.hold.clock() - task.requested_at > _EXPIRES
        return "it waited for longer than an hour" if late else None

    async def _try(self, trial: Trial, reflected: Reflection) -> None:
        try:
            outcome = await self._made(trial, reflected)
        except (TakenOver, Unseen, RateLimited):
            raise
        except NotWanted as unwanted:
            if isinstance(unwanted.stands, Waits):
                raise
            outcome = trial.cancelled(unwanted.stands.why)
        except Exception as error:  # noqa: BLE001 (it has an outcome, or is tried again)
            failed = trial.outcome_of(error)
            if failed is None:
                return await self._try_again(error, trial.tried)
            outcome = failed
        return await self.hold.record(outcome)

    async def _made(self, trial: Trial, reflected: Reflection) -> NewEvent:
        """Try it within the time for which it is held."""
        repo = repository_of(reflected)
        self.pace.check((repo.installation_id,), self.hold.clock())
        await self.hold.begin()

        async def admit() -> None:
            await self.last_look.again(trial.event, trial.content)
            await self.hold.check()

        github = PacedGitHub(
            github=self.github,
            pace=self.pace,
            clock=self.hold.clock,
            pause=self.pause,
            admit=admit,
        )
        async with asyncio.timeout(self.hold.seconds_left()):
            return await trial.make(github, repo)

    async def _try_again(self, error: Exception, tried: int) -> None:
        kind = self.hold.task.kind
        _log.warning("an action is tried again", kind=kind, error=_named(error))
        seconds = retries.delay(error, tried, self.hold.clock(), self.random())
        await self.hold.put_off(seconds, tried)

    async def _rest(self, limited: RateLimited) -> None:
        """Wait as GitHub wants, with all that the same credential does; this was no attempt."""
        now = self.hold.clock()
        until = retries.end_of(limited, now)
        await self.hold.put_off((until - now).total_seconds())
        if isinstance(limited, OutOfTurn):
            return
        _log.warning("GitHub takes no more for now", until=until.isoformat())
        await self.hold.stall(limited, until)


def _named(error: Exception) -> str:
    """Return an error's kind, with GitHub's words; of others, who knows what their text quotes."""
    known = isinstance(error, OrchestratorError)
    return f"{type(error).__name__}: {error}" if known else type(error).__name__
