"""Repositories over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.as_of import AsOf
from api.costs import CostsLook
from api.paging import AfterId, Id, Limit, Next, OfRepository, Total, page_of
from api.problems import ApiError, unfit
from api.reflecting import Reflected
from projections.access import Access
from projections.costs.fold import COSTS
from projections.costs.item import CostsBelowCeilings
from projections.engine.projection import built
from projections.installations import INSTALLATIONS
from projections.lanes.fold import LANES
from projections.references import Links
from projections.repositories.fold import REPOSITORIES
from projections.repositories.item import RepositoryItem
from projections.repositories.names import repository_called
from projections.repositories.queries import count_repositories, find_repository, list_repositories
from projections.search import SearchText

router = APIRouter(prefix="/api/repositories", tags=["repositories"])

REFLECTS = (REPOSITORIES.name, INSTALLATIONS.name, LANES.name)
_Q = "in owner/name, as it is or then was; ASCII letters in any case"


class RepositoryDetail(RepositoryItem):
    """A repository, and what was had done in it in the present month of UTC."""

    costs: CostsBelowCeilings | None = Field(
        description="of the present month; null until the read model is first built"
    )


class RepositoryList(BaseModel):
    """A page of repositories, by id."""

    items: list[RepositoryItem]
    next: Next = None
    total: Total = None


@router.get("", operation_id="list_repositories")
async def repositories(  # noqa: PLR0913 (each is a parameter of the request)
    request: Request,
    access: Authorised,
    reflected: Reflected,
    repository: OfRepository = None,
    q: Annotated[SearchText | None, Query(description=_Q)] = None,
    after: AfterId = 0,
    limit: Limit = 50,
    as_of: AsOf = None,
) -> RepositoryList:
    """List repositories by id, now or as they once stood; or the one that has or had a name."""
    if repository is not None and q is not None:
        raise unfit("q", "one repository is named already: leave out q or repository")

    def listed(connection: Connection, then: int | None) -> tuple[list[RepositoryItem], int | None]:
        links = reflected.links
        if repository is not None:
            found = _sought(connection, access, repository, links, then)
            return found, len(found)
        total = None if after else count_repositories(connection, access, then, q)
        return list_repositories(connection, access, after, limit + 1, links, then, q), total

    found, total = await reflected.query_as_of(as_of, listed, *REFLECTS)
    items, more = page_of(request, found, limit, lambda each: each.id)
    return RepositoryList(items=items, next=more, total=total)


@router.get("/{repository_id}", operation_id="show_repository")
async def repository(
    access: Authorised, reflected: Reflected, repository_id: Id, as_of: AsOf = None
) -> RepositoryDetail:
    """Show one repository, now or as it once stood, and what its work costs."""

    def shown(connection: Connection, then: int | None) -> RepositoryDetail | None:
        found = find_repository(connection, access, repository_id, reflected.links, then)
        if found is None:
            return None
        costs = CostsLook(connection, access, reflected, then).of_repository(repository_id)
        return built(RepositoryDetail, vars(found) | {"costs": costs})

    found = await reflected.query_as_of(as_of, shown, *REFLECTS, once_built=(COSTS.name,))
    if found is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    return found


def _sought(
    connection: Connection, access: Access, wanted: int | str, links: Links, then: int | None
) -> list[RepositoryItem]:
    known = wanted if isinstance(wanted, int) else repository_called(connection, access, wanted)
    found = None if known is None else find_repository(connection, access, known, links, then)
    return [] if found is None else [found]
