"""Not asking too much of GitHub: every change takes its turn, and rests where it takes no more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from events.catalogue import Json
from reactions.as_whom import (
    Actor,
    AsWhom,
    Budget,
    Workable,
    budget_of,
    is_a_users,
)
from reactions.executor.marks import Mark
from reactions.ports.answers import Answer, RateLimit, Repository
from reactions.ports.failures import (
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Unauthorised,
    Unavailable,
)
from reactions.ports.github import Acting, LookingUp

T = TypeVar("T")

_TRIES = 10  # of one change, by one person after the other
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
            self.rest((budget_of(limit.user_id),), limit.reset)
        elif limit.holder == "installation" and limit.installation_id is not None:
            self.rest((limit.installation_id,), limit.reset)

    def _forget(self, now: datetime) -> None:
        if len(self._free_at) > _MOST:
            self._free_at = {whose: at for whose, at in self._free_at.items() if at > now}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """GitHub as one action meets it: looked at any time, and changed in turn.

    Of two changes by one credential the second waits. What a person's token does takes a turn of
    the person's too, whose budget all installations share. ``as_whom`` chooses the person, None:
    it is the App that does it. ``admit`` is asked once it is a change's
    turn, right before it, and raises where it is not to be made; ``undone`` is told that a change
    which was admitted was not made for certain. ``mark`` tells the action's comment.
    """

    github: Workable
    repo: Repository
    as_whom: AsWhom | None
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

    @property
    def as_user(self) -> bool:
        """Whether a person does it, and not the App."""
        return self.as_whom is not None

    async def ask(self, question: Callable[[Acting], Awaitable[T]]) -> T:
        """Ask something as who makes the change, which GitHub does not tell everybody."""
        if self.as_whom is None:
            return await question(self.github)
        return await self.as_whom.ask(question)

    async def change(self, make: Callable[[Acting], Awaitable[Answer]]) -> dict[str, Json]:
        """Make a change once it is its turn, and return what GitHub answered.

        A person whom GitHub refuses makes way for the next: what it refused was not done. Raises
        what making it raises, what ``admit`` does, and OutOfTurn.
        """
        for _ in range(_TRIES):
            actor = Actor(self.github) if self.as_whom is None else await self.as_whom.choose()
            try:
                return await self._changed(actor, make)
            except (Unauthorised, Forbidden, NotFound) as failure:
                if self.as_whom is None or not await self.as_whom.makes_way(actor, failure):
                    raise
        raise Unavailable("one person after the other could not be acted as", unsent=True)

    async def _changed(
        self, actor: Actor, make: Callable[[Acting], Awaitable[Answer]]
    ) -> dict[str, Json]:
        budgets = self._budgets(actor)
        if seconds := self.pace.reserve(budgets, self.clock()):
            await self.pause(seconds)
        await self.admit()
        try:
            return (await make(actor.github)).as_json() | actor.told
        except RateLimited as limited:
            self.pace.rest(_spent(budgets, limited), limited.until)
            await self.undone()
            raise
        except GitHubFailure as failure:
            if not isinstance(failure, Unavailable) or failure.unsent:
                await self.undone()
            raise

    def _budgets(self, actor: Actor) -> tuple[Budget, ...]:
        app = self.repo.installation_id
        return (app,) if actor.budget is None else (app, actor.budget)


def _spent(budgets: tuple[Budget, ...], limited: RateLimited) -> tuple[Budget, ...]:
    """Return whose limit it was; what a person does may take looks that the App makes, too."""
    if limited.holder is None:
        return budgets
    return tuple(each for each in budgets if is_a_users(each) == (limited.holder == "user"))
