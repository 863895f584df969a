"""Not asking too much of GitHub: a pause between changes, and rest where it takes no more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from reactions.ports.answers import RateLimit
from reactions.ports.failures import RateLimited

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
