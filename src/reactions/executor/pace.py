"""Not asking too much of GitHub: every change takes its turn, and rests where it takes no more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from events.catalogue import Json
from reactions.executor.marks import Mark
from reactions.ports.answers import Answer, RateLimit, Repository
from reactions.ports.failures import GitHubFailure, RateLimited, Unavailable
from reactions.ports.github import Acting, Answering, LookingUp

Budget: TypeAlias = int  # an installation's id, or THE_USER

THE_USER: Budget = 0  # no installation of GitHub's has this id

_MOST = 10_000  # budgets remembered
_LONGEST = timedelta(seconds=10)  # to wait for a turn while an action is held
_RESERVE = 50  # requests an hour that are left to people's reading and to recovery


class OutOfTurn(RateLimited):
    """A budget of ours is spent for now; GitHub was not asked."""


@dataclass(slots=True)
class Pace:
    """Lets one change by a credential follow the other only after ``seconds``.

    GitHub wants changes one after the other with a second between them. Each process keeps its own
    pace; where several act by one credential, GitHub's limits tell.
    """

    seconds: float = 1.0
    _free_at: dict[Budget, datetime] = field(default_factory=dict)

    def check(self, budgets: Iterable[Budget], now: datetime) -> timedelta:
        """Return the wait for the next turn; raises OutOfTurn when it is too long to be held up."""
        free_at = max((self._free_at.get(each, now) for each in budgets), default=now)
        if free_at - now > _LONGEST:
            words = "GitHub takes no more for now, or much waits already"
            raise OutOfTurn(words, until=free_at, secondary=False)
        return max(free_at - now, timedelta())

    def reserve(self, budgets: Iterable[Budget], now: datetime) -> float:
        """Take the next turn for a change and return the seconds until it; or OutOfTurn."""
        whose = tuple(budgets)
        wait = self.check(whose, now)
        self._forget(now)
        for each in whose:
            self._free_at[each] = now + wait + timedelta(seconds=self.seconds)
        return wait.total_seconds()

    def rest(self, budgets: Iterable[Budget], until: datetime) -> None:
        """Let nothing be changed on these budgets until a time."""
        for each in budgets:
            self._free_at[each] = max(until, self._free_at.get(each, until))

    def observe(self, limit: RateLimit) -> None:
        """Hear what an answer told of a budget; what is nearly spent rests until it is new."""
        if limit.remaining > _RESERVE:
            return
        if limit.holder == "user":
            self.rest((THE_USER,), limit.reset)
        elif limit.holder == "installation" and limit.installation_id is not None:
            self.rest((limit.installation_id,), limit.reset)

    def _forget(self, now: datetime) -> None:
        if len(self._free_at) > _MOST:
            self._free_at = {whose: at for whose, at in self._free_at.items() if at > now}


class Workable(LookingUp, Acting, Answering, Protocol):
    """What the executor asks of GitHub: to look, to answer and to act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """GitHub as one action meets it: looked at any time, and changed in turn.

    Of two changes by one credential the second waits. What a person's token does takes a turn of
    the person's too, whose budget all installations share. ``admit`` is asked once it is a change's
    turn, right before it, and raises where it is not to be made; ``undone`` is told that a change
    which was admitted was not made for certain. ``mark`` tells the action's comment.
    """

    github: Workable
    repo: Repository
    as_user: bool
    pace: Pace
    clock: Callable[[], datetime]
    mark: Mark
    admit: Callable[[], Awaitable[None]]
    undone: Callable[[], Awaitable[None]]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def looking(self) -> LookingUp:
        """GitHub, to look at it and not to change anything."""
        return self.github

    async def change(self, make: Callable[[Acting], Awaitable[Answer]]) -> dict[str, Json]:
        """Make a change once it is its turn, and return what GitHub answered.

        Raises what making it raises, what ``admit`` does, and OutOfTurn.
        """
        budgets = self._budgets()
        if seconds := self.pace.reserve(budgets, self.clock()):
            await self.pause(seconds)
        await self.admit()
        try:
            return (await make(self.github)).as_json()
        except RateLimited as limited:
            self.pace.rest(_spent(budgets, limited), limited.until)
            await self.undone()
            raise
        except GitHubFailure as failure:
            if not isinstance(failure, Unavailable) or failure.unsent:
                await self.undone()
            raise

    def _budgets(self) -> tuple[Budget, ...]:
        app = self.repo.installation_id
        return (app, THE_USER) if self.as_user else (app,)


def _spent(budgets: tuple[Budget, ...], limited: RateLimited) -> tuple[Budget, ...]:
    """Return whose limit it was; what a person does may take looks that the App makes, too."""
    if limited.holder is None:
        return budgets
    return tuple(each for each in budgets if (each == THE_USER) == (limited.holder == "user"))
