"""Ceilings of the policy on sessions that we cause: which are used up, and what is left of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from aggregates.lane.ours import Spent
from aggregates.lane.spending import end_of_day, end_of_month
from aggregates.policy import Policy

Period: TypeAlias = Literal["budget_day", "budget_month"]  # as its timer is called


@dataclass(frozen=True, slots=True)
class UsedUp:
    """A ceiling that is reached: of which period, by name, since when, and when that ends."""

    period: Period
    name: str
    ceiling: int
    since: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """The key of the policy."""
        return _KEYS[self.period]


_KEYS: dict[Period, str] = {
    "budget_day": "budget.sessions_per_day",
    "budget_month": "budget.sessions_per_month",
}


def used_up(spent: Spent, policy: Policy) -> tuple[UsedUp, ...]:
    """Return the ceilings that are reached in periods that are not known to be over."""
    if spent.at is None:
        return ()
    of_day, of_month = policy.budget.sessions_per_day, policy.budget.sessions_per_month
    found = []
    if of_day is not None and spent.in_day >= of_day:
        found.append(UsedUp("budget_day", spent.day, of_day, spent.at, end_of_day(spent.day)))
    if of_month is not None and spent.in_month >= of_month:
        ends_at = end_of_month(spent.month)
        found.append(UsedUp("budget_month", spent.month, of_month, spent.at, ends_at))
    return tuple(found)


def sessions_left(spent: Spent, policy: Policy) -> int | None:
    """Return how many more may be started now; None: as many as there are."""
    of_day, of_month = policy.budget.sessions_per_day, policy.budget.sessions_per_month
    left = [
        ceiling - number
        for ceiling, number in ((of_day, spent.in_day), (of_month, spent.in_month))
        if ceiling is not None
    ]
    return max(0, min(left)) if left else None
