"""The first page: totals, and one line per repository, what needs a person first."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.reflecting import Reflected
from api.repositories import REFLECTS, RepositoryItem
from projections import parked
from projections.reading_problems import READING_PROBLEMS, count_reading_problems
from projections.repository_pages import RepositoryPage, Totals, list_by_attention
from projections.repository_pages import totals as count_totals
from projections.scope import Scope

router = APIRouter(prefix="/api/dashboard", tags=["dashboard"])

_MOST = 200


class DashboardTotals(BaseModel):
    """What there is altogether."""

    repositories: int
    installations: int
    events: int = Field(description="events of these repositories")
    problems: int = Field(description="deliveries not fully read, and events parked")


class Dashboard(BaseModel):
    """The state of everything at a glance."""

    totals: DashboardTotals
    repositories: list[RepositoryItem] = Field(
        description=f"what needs a person first, then the newest; {_MOST} at most"
    )


@router.get("")
async def dashboard(scope: Authorised, reflected: Reflected) -> Dashboard:
    """Show totals and one line per repository, what needs a person first."""
    counted, problems, pages = await reflected.query(
        lambda connection: _look(connection, scope), *REFLECTS, READING_PROBLEMS.name
    )
    return Dashboard(
        totals=DashboardTotals(
            repositories=counted.repositories,
            installations=counted.installations,
            events=counted.events,
            problems=problems,
        ),
        repositories=[RepositoryItem.of(page) for page in pages],
    )


def _look(connection: Connection, scope: Scope) -> tuple[Totals, int, list[RepositoryPage]]:
    problems = count_reading_problems(connection, scope) + parked.count(connection, scope)
    return count_totals(connection, scope), problems, list_by_attention(connection, scope, _MOST)
