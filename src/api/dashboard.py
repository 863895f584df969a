"""The first page: totals, and one line per repository, what needs a person first."""

from dataclasses import asdict, dataclass

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from aggregates.stages import Stage
from api.access import Authorised
from api.as_of import AsOf
from api.reflecting import Reflected
from api.repositories import REFLECTS
from projections.access import Access
from projections.actions.fold import ACTIONS
from projections.actions.queries import count_failed
from projections.engine import parked
from projections.events.reading_problems import READING_PROBLEMS, count_reading_problems
from projections.references import Links
from projections.repositories.item import RepositoryItem
from projections.repositories.queries import Totals, list_by_attention
from projections.repositories.queries import totals as count_totals
from projections.workflows.model import NEEDS_HUMAN, WAITING
from projections.workflows.queries import count_by_stage

router = APIRouter(prefix="/api/dashboard", tags=["dashboard"])

_MOST = 200


class DashboardTotals(BaseModel):
    """What there is altogether."""

    repositories: int
    installations: int
    events: int = Field(description="events of these repositories")
    problems: int = Field(description="deliveries not fully read, and events parked")
    workflows: dict[Stage, int] = Field(description="by stage, every stage named")
    queue_depth: int = Field(description="issues that wait, the blocked ones among them")
    needs_human: int = Field(description="workflows that need a person")
    actions_failed: int = Field(description="actions that ever failed for good")


class Dashboard(BaseModel):
    """The state of everything at a glance."""

    totals: DashboardTotals
    repositories: list[RepositoryItem] = Field(
        description="by `attention`: what needs a person first, then what is stuck, what runs, "
        f"what is idle; of each the newest event first; {_MOST} at most"
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    totals: Totals
    problems: int
    by_stage: dict[str, int]
    actions_failed: int
    repositories: list[RepositoryItem]


@router.get("", operation_id="show_dashboard")
async def dashboard(access: Authorised, reflected: Reflected, as_of: AsOf = None) -> Dashboard:
    """Show totals and one line per repository, what needs a person first, now or as it was."""
    seen = await reflected.query_as_of(
        as_of,
        lambda connection, then: _look(connection, access, reflected.links, then),
        *REFLECTS,
        READING_PROBLEMS.name,
        ACTIONS.name,
    )
    return Dashboard(
        totals=DashboardTotals(
            **asdict(seen.totals),
            problems=seen.problems,
            workflows={stage: seen.by_stage.get(stage, 0) for stage in Stage},
            queue_depth=sum(seen.by_stage.get(stage, 0) for stage in WAITING),
            needs_human=seen.by_stage.get(NEEDS_HUMAN, 0),
            actions_failed=seen.actions_failed,
        ),
        repositories=seen.repositories,
    )


def _look(connection: Connection, access: Access, links: Links, as_of: int | None) -> _Seen:
    unread = count_reading_problems(connection, access, as_of)
    return _Seen(
        count_totals(connection, access, as_of),
        unread + parked.count(connection, access, as_of),
        count_by_stage(connection, access, as_of),
        count_failed(connection, access, as_of),
        list_by_attention(connection, access, _MOST, links, as_of),
    )
