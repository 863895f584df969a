"""The ceilings of a repository's policy, beside what is used of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregates.lane.spending import day_of, end_of_day, end_of_month, month_of
from aggregates.policy.file import PATH
from aggregates.surroundings import Circumstances, Surroundings, circumstances
from events.table import MAX_INTEGER
from projections.access import Access
from projections.costs.item import Ceiling
from projections.lanes.around import around_as_of
from projections.lanes.queries import around_lanes, find_lane_as_of

# Its own file is the strongest layer: what others set can be raised there, too.
_RAISED_BY = f"a maintainer, in the repository's {PATH}"


@dataclass(frozen=True, slots=True)
class Budgets:
    """Reads what a policy allows; for whom, and as of which position, None: now."""

    connection: Connection
    access: Access
    around: Surroundings
    as_of: int | None

    def of_periods(self, repository_id: int, at: datetime, today: int, month: int) -> list[Ceiling]:
        """Return the ceilings of the day and the month of ``at``, used by so many sessions."""
        held = self._held(repository_id)
        return [] if held is None else [*_of_periods(held, at, today, month)]

    def of_issue(self, repository_id: int, rounds: int) -> list[Ceiling]:
        """Return the ceiling of an issue, used by so many rounds."""
        held = self._held(repository_id)
        return [] if held is None else [*_of_issue(held, rounds)]

    def _held(self, repository_id: int) -> Circumstances | None:
        then = MAX_INTEGER if self.as_of is None else self.as_of
        lane = find_lane_as_of(self.connection, self.access, repository_id, then)
        return None if lane is None else circumstances(lane, self.around)


def budgets(connection: Connection, access: Access, as_of: int | None = None) -> Budgets:
    """Return what reads the ceilings of repositories, now or as of a position."""
    around = around_lanes(connection) if as_of is None else around_as_of(connection, as_of)
    return Budgets(connection, access, around, as_of)


def _of_periods(held: Circumstances, at: datetime, today: int, month: int) -> Iterator[Ceiling]:
    budget = held.policy.budget
    if budget.sessions_per_day is not None:
        until = end_of_day(day_of(at))
        yield _ceiling(held, "budget.sessions_per_day", budget.sessions_per_day, today, until)
    if budget.sessions_per_month is not None:
        until = end_of_month(month_of(at))
        yield _ceiling(held, "budget.sessions_per_month", budget.sessions_per_month, month, until)


def _of_issue(held: Circumstances, rounds: int) -> Iterator[Ceiling]:
    most = held.policy.budget.rounds_per_issue
    if most is not None:
        yield _ceiling(held, "budget.rounds_per_issue", most, rounds)


def _ceiling(
    held: Circumstances, key: str, ceiling: int, used: int, until: datetime | None = None
) -> Ceiling:
    return Ceiling(
        key=key,
        ceiling=ceiling,
        used=used,
        until=until,
        origin=held.origins.get(key, "built-in"),
        raised_by=_RAISED_BY,
    )
