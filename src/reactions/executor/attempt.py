"""One try at a task, moment by moment: claimed, looked at, tried, settled; or put off."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from aggregates.actions import TRAITS
from aggregates.decisions import Passed, Waits
from events.envelope import NewEvent
from events.errors import OrchestratorError
from reactions.as_whom import AsWhom, Workable
from reactions.executor.claiming import Claim, TakenOver
from reactions.executor.last_look import LastLook, Looked, NotWanted, Unreadable, Unseen
from reactions.executor.marks import Mark
from reactions.executor.outcomes import (
    Doubt,
    Request,
    cancelled,
    delay,
    doubt_of,
    end_of,
    outcome_of,
)
from reactions.executor.pace import OutOfTurn, Pace, Turns
from reactions.executor.performing import PERFORMING, perform
from reactions.executor.vouching import Vouching
from reactions.ports.acting import ActingPeople
from reactions.ports.answers import Repository
from reactions.ports.failures import RateLimited

_EXPIRES = timedelta(hours=1)
_PAUSED, _BEHIND, _STUCK, _UNREADABLE = 5.0, 1.0, 30.0, 300.0  # seconds until it looks again

_log = structlog.get_logger("executor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try at what a worker claimed; ``random`` returns a number from 0 to 1.

    ``people`` lend their tokens; ``keys`` sign the marks in comments.
    """

    claim: Claim
    last_look: LastLook
    github: Workable
    people: ActingPeople
    pace: Pace
    random: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
    keys: tuple[bytes, ...] = field(default=(), repr=False)

    async def make(self) -> None:
        """Make it; then the task has its outcome, is put off, or is left to who took it over."""
        try:
            await self._look()
        except TakenOver as lost:
            _log.warning("an action was taken over", kind=self.claim.task.kind, why=str(lost))
        except NotWanted:  # for now
            await self.claim.put_off(_PAUSED)
        except Unseen as unseen:
            await self.claim.put_off(_BEHIND if unseen.behind else _STUCK)
        except Unreadable as unreadable:
            position, why = self.claim.task.position, str(unreadable)
            _log.error("an action waits for a newer release", position=position, why=why)
            await self.claim.put_off(_UNREADABLE)
        except Doubt as doubt:
            await self.claim.put_off(doubt.seconds)
        except RateLimited as limited:
            await self._rest(limited)

    async def _look(self) -> None:
        """Look what was asked for and whether it is wanted, and try it.

        What passed and nobody ever began is not even looked for on GitHub.
        """
        task = self.claim.task
        request = await self.last_look.request(task.position)
        if request is None:
            return await self.claim.forget()
        looked = await self._looked(request)
        if isinstance(looked.relevance, Waits):
            raise NotWanted(looked.relevance)
        passed = looked.relevance.why if isinstance(looked.relevance, Passed) else None
        if passed is not None and task.attempts == 0:
            return await self.claim.settle(cancelled(request, passed))
        return await self._try(request, looked, passed or self._expired())

    async def _looked(self, request: Request) -> Looked:
        """Look at the lane; raises Unseen where that fails in whatever way.

        A few tasks that stayed held for want of an answer would take all that their installation
        may have at once.
        """
        try:
            return await self.last_look.look(request)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            kind = self.claim.task.kind
            _log.exception("nobody can say whether an action is wanted", kind=kind)
            raise Unseen(behind=False) from error

    def _expired(self) -> str | None:
        """Say why an action that nobody has begun is decided afresh.

        It is still looked for: that nobody has begun it is known only from the tasks, and these
        may be newer than the log, filled from it after a loss.
        """
        task = self.claim.task
        late = task.attempts == 0 and self.claim.age() > _EXPIRES
        return "it waited for longer than an hour" if late else None

    async def _try(self, request: Request, looked: Looked, passed: str | None) -> None:
        tried = self.claim.task.attempts + 1
        try:
            outcome = await self._performed(request, looked, tried, passed)
        except (TakenOver, Unseen, Doubt, RateLimited):
            raise
        except NotWanted as unwanted:
            if isinstance(unwanted.why, Waits):
                raise
            outcome = cancelled(request, str(unwanted))
        except Exception as error:  # noqa: BLE001 (it has an outcome, or is tried again)
            failed = outcome_of(request, error, tried, passed)
            if failed is None:
                return await self._try_again(error, tried)
            outcome = failed
        return await self.claim.settle(outcome)

    async def _performed(
        self, request: Request, looked: Looked, tried: int, passed: str | None
    ) -> NewEvent:
        """Perform it within the time for which it is held, asking once more before each change."""
        repo = looked.repository
        self.pace.check((repo.installation_id,), self.claim.clock())
        await self.claim.begin()
        if passed is None:
            await self._vouched(request, looked, repo)

        turns = Turns(
            github=self.github,
            repo=repo,
            as_whom=self._as_whom(request, looked, repo),
            pace=self.pace,
            clock=self.claim.clock,
            mark=Mark(request, looked.around, self.keys),
            admit=lambda: self._admit(request),
            undone=self._undone,
            pause=self.pause,
        )
        task = self.claim.task
        doubt = doubt_of(task.sent_at, task.sent, self.claim.clock())
        async with asyncio.timeout(self.claim.seconds_left()):
            return await perform(turns, request, tried, passed, doubt)

    def _as_whom(self, request: Request, looked: Looked, repo: Repository) -> AsWhom | None:
        if not PERFORMING[request.action.kind].as_user:
            return None
        return AsWhom(
            github=self.github,
            people=self.people,
            repository_id=request.event.repository_id or 0,
            repo=repo,
            around=looked.around,
        )

    async def _admit(self, request: Request) -> None:
        """Look once more before a change; a comment is noted first, as its answer may be lost."""
        await self.last_look.check(request)
        if TRAITS[request.action.kind].speaks:
            return await self.claim.note_sent()
        return await self.claim.check()

    async def _undone(self) -> None:
        """Forget that a comment was about to be posted."""
        await self.claim.note_unsent()

    async def _vouched(self, request: Request, looked: Looked, repo: Repository) -> None:
        """See to it that who approved a merge may still write; raises NotWanted where not."""
        vouching = Vouching(github=self.github, log=self.claim.log, clock=self.claim.clock)
        if await vouching.refresh(repo, looked.lane, looked.around, request.action):
            await self.last_look.check(request)

    async def _try_again(self, error: Exception, tried: int) -> None:
        kind = self.claim.task.kind
        _log.warning("an action is tried again", kind=kind, error=_named(error))
        seconds = delay(error, tried, self.claim.clock(), self.random())
        await self.claim.put_off(seconds, tried)

    async def _rest(self, limited: RateLimited) -> None:
        """Wait as GitHub wants, with all that the same credential does; this was no attempt."""
        now = self.claim.clock()
        until = end_of(limited, now)
        await self.claim.put_off((until - now).total_seconds())
        if isinstance(limited, OutOfTurn):
            return
        _log.warning("GitHub takes no more for now", until=until.isoformat())
        if limited.user_id is None:  # the others go by other budgets
            await self.claim.stall(limited, until)


def _named(error: Exception) -> str:
    """Return an error's kind, with GitHub's words; of others, who knows what their text quotes."""
    known = isinstance(error, OrchestratorError)
    return f"{type(error).__name__}: {error}" if known else type(error).__name__
