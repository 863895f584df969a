"""What the work cost, over HTTP: by repository and by issue, month by month."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from aggregates.lane.spending import end_of_month, month_of
from api.access import Authorised
from api.as_of import AsOf
from api.paging import AfterId, Id, Limit, Next, OfRepository, Total, page_of
from api.problems import ApiError
from api.reflecting import Reflected, Reflecting
from events.read import time_of
from projections.access import Access
from projections.costs.ceilings import Budgets, budgets
from projections.costs.fold import COSTS
from projections.costs.item import Ceiling, Costs, CostsBelowCeilings, IssueCosts
from projections.costs.queries import (
    Summed,
    Wanted,
    costs_of_issues,
    costs_of_repositories,
    count_with_costs,
    sum_of_costs,
)
from projections.engine.checkpoints import positions
from projections.installations import INSTALLATIONS
from projections.lanes.fold import LANES
from projections.references import RepositoryRef
from projections.repositories.fold import REPOSITORIES
from projections.repositories.names import repositories_by_id, with_repository
from projections.repositories.queries import find_repository

router = APIRouter(prefix="/api", tags=["costs"])

_REFLECTS = (COSTS.name, LANES.name, REPOSITORIES.name, INSTALLATIONS.name)

Month = Annotated[
    str | None,
    Query(
        pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$",
        description="a month of UTC; by default the present one, as of a moment that one's",
        examples=["2026-11"],
    ),
]


class RepositoryCosts(BaseModel):
    """What was had done in a repository in a month."""

    repository: RepositoryRef
    costs: CostsBelowCeilings


class MonthOfCosts(BaseModel):
    """What was had done in a month, by repository; one in which nothing was is left out."""

    month: str = Field(examples=["2026-11"])
    until: datetime = Field(description="when it is over")
    totals: Costs = Field(description="of all repositories that match, on whatever page")
    items: list[RepositoryCosts] = Field(description="by id")
    next: Next = None
    total: Total = None


class RepositoryMonth(BaseModel):
    """What was had done in a repository in a month, by issue."""

    repository: RepositoryRef
    month: str = Field(examples=["2026-11"])
    until: datetime = Field(description="when it is over")
    totals: CostsBelowCeilings = Field(description="of all its issues, on whatever page")
    items: list[IssueCosts] = Field(description="by number")
    next: Next = None
    total: Total = None


@router.get("/costs", operation_id="list_costs")
async def costs(  # noqa: PLR0913 (each is a parameter of the request)
    request: Request,
    access: Authorised,
    reflected: Reflected,
    repository: OfRepository = None,
    month: Month = None,
    after: AfterId = 0,
    limit: Limit = 50,
    as_of: AsOf = None,
) -> MonthOfCosts:
    """List what was had done in a month by repository, with the ceilings that hold."""

    def listed(connection: Connection, then: int | None) -> MonthOfCosts:
        which = with_repository(connection, access, {"repository": repository})["repository"]
        look = CostsLook(connection, access, reflected, then)
        return look.by_repository(look.of_month(month, which), after, limit + 1)

    found = await reflected.query_as_of(as_of, listed, *_REFLECTS)
    found.items, found.next = page_of(
        request, found.items, limit, lambda each: each.repository.id, month=found.month
    )
    return found


@router.get("/repositories/{repository_id}/costs", operation_id="list_repository_costs")
async def repository_costs(  # noqa: PLR0913 (likewise)
    request: Request,
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    month: Month = None,
    after: AfterId = 0,
    limit: Limit = 50,
    as_of: AsOf = None,
) -> RepositoryMonth:
    """List what was had done in a repository in a month by issue, with the ceilings that hold."""

    def listed(connection: Connection, then: int | None) -> RepositoryMonth | None:
        known = find_repository(connection, access, repository_id, reflected.links, then)
        if known is None:
            return None
        named = reflected.links.repository(repository_id, known.full_name)
        look = CostsLook(connection, access, reflected, then)
        return look.by_issue(look.of_month(month, repository_id), named, after, limit + 1)

    found = await reflected.query_as_of(as_of, listed, *_REFLECTS)
    if found is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    found.items, found.next = page_of(
        request, found.items, limit, lambda each: each.issue.number, month=found.month
    )
    return found


@dataclass(frozen=True, slots=True)
class CostsLook:
    """Where costs are read, for whom, and as of which position; None: now."""

    connection: Connection
    access: Access
    reflected: Reflecting
    then: int | None

    def of_repository(self, repository_id: int) -> CostsBelowCeilings | None:
        """Return what was had done in the present month; None until that was ever built."""
        if not self._is_built():
            return None
        wanted = self.of_month(None, repository_id)
        return self._below(self._ceilings_of(wanted), repository_id, self._sum_of(wanted))

    def of_issue(
        self, repository_id: int, issue_number: int, asked: int
    ) -> CostsBelowCeilings | None:
        """Return what was had done for an issue, below what it may cost; None likewise.

        ``asked`` is how many rounds there were since it last began, which its ceiling is about.
        """
        if not self._is_built():
            return None
        found = self._sum_of(Wanted(repository=repository_id, issue=issue_number))
        reading = budgets(self.connection, self.access, self.then)
        ceilings = reading.of_issue(repository_id, asked)
        return CostsBelowCeilings(**vars(found.costs), ceilings=ceilings)

    def of_month(self, month: str | None, repository_id: int | None) -> Wanted:
        """Return what to sum up of a month; None: the present one."""
        at = self._at()
        return Wanted(repository=repository_id, month=month or month_of(at), today=at.date())

    def by_repository(self, wanted: Wanted, after: int, limit: int) -> MonthOfCosts:
        """Return some repositories of a month, and the sum of all."""
        connection, access, month = self.connection, self.access, wanted.month or ""
        found = costs_of_repositories(connection, access, wanted, after, limit, self.then)
        names = repositories_by_id(connection, access, self.reflected.links, found)
        reading = self._ceilings_of(wanted)
        return MonthOfCosts(
            month=month,
            until=end_of_month(month),
            totals=self._sum_of(wanted).costs,
            items=[
                RepositoryCosts(
                    repository=names[number], costs=self._below(reading, number, summed)
                )
                for number, summed in found.items()
            ],
            total=None
            if after
            else count_with_costs(connection, access, "repository_id", wanted, self.then),
        )

    def by_issue(
        self, wanted: Wanted, named: RepositoryRef, after: int, limit: int
    ) -> RepositoryMonth:
        """Return some issues of a repository's month, and the sum of all."""
        connection, access, month = self.connection, self.access, wanted.month or ""
        links = self.reflected.links
        return RepositoryMonth(
            repository=named,
            month=month,
            until=end_of_month(month),
            totals=self._below(self._ceilings_of(wanted), named.id, self._sum_of(wanted)),
            items=costs_of_issues(connection, access, wanted, after, limit, links, self.then),
            total=None
            if after
            else count_with_costs(connection, access, "issue_number", wanted, self.then),
        )

    def _ceilings_of(self, wanted: Wanted) -> Budgets | None:
        """Return what reads the ceilings of a month; None: it is not the present one, none holds.

        Once for all repositories: it reads what is around all of them.
        """
        is_present = wanted.month == month_of(self._at())
        return budgets(self.connection, self.access, self.then) if is_present else None

    def _below(
        self, reading: Budgets | None, repository_id: int, found: Summed
    ) -> CostsBelowCeilings:
        """Return a month's costs with its ceilings."""
        today, month = found.today, found.costs.sessions
        ceilings: list[Ceiling] = []
        if reading is not None:
            ceilings = reading.of_periods(repository_id, self._at(), today, month)
        return CostsBelowCeilings(**vars(found.costs), ceilings=ceilings)

    def _sum_of(self, wanted: Wanted) -> Summed:
        return sum_of_costs(self.connection, self.access, wanted, self.then)

    def _is_built(self) -> bool:
        return COSTS.name in positions(self.connection)

    def _at(self) -> datetime:
        """Return when it is, in UTC; as of a position, when its event was recorded."""
        then = self.then
        recorded_at = None if then is None else time_of(self.connection, then)
        return (recorded_at or self.reflected.services.clock()).astimezone(UTC)
