"""Repositories over HTTP."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.access import Authorised
from api.paging import AfterId, Id, Limit, Next, next_page
from api.problems import ApiError
from api.reflecting import Reflected
from projections.installations import INSTALLATIONS
from projections.repositories import REPOSITORIES, Repository
from projections.repository_pages import (
    Health,
    RepositoryPage,
    find_repository,
    list_repositories,
)

router = APIRouter(prefix="/api/repositories", tags=["repositories"])

REFLECTS = (REPOSITORIES.name, INSTALLATIONS.name)


class InstallationLink(BaseModel):
    """The installation through which the App has access."""

    id: int
    account: str | None = Field(examples=["octo-org"])


class RepositoryItem(Repository):
    """A repository with its health and its installation."""

    health: Health = Field(
        description="`disconnected` and `suspended` need a person: the App has no access"
    )
    installation: InstallationLink | None

    @classmethod
    def of(cls, page: RepositoryPage) -> "RepositoryItem":
        """Show a repository."""
        known = page.repository
        link = known.installation_id and InstallationLink(
            id=known.installation_id, account=page.account
        )
        return cls(**known.model_dump(), health=page.health, installation=link or None)


class RepositoryList(BaseModel):
    """A page of repositories, by id."""

    items: list[RepositoryItem]
    next: Next = None


@router.get("")
async def repositories(
    request: Request,
    scope: Authorised,
    reflected: Reflected,
    after: AfterId = 0,
    limit: Limit = 50,
) -> RepositoryList:
    """List repositories by id."""
    found = await reflected.query(
        lambda connection: list_repositories(connection, scope, after, limit + 1), *REFLECTS
    )
    items = [RepositoryItem.of(page) for page in found[:limit]]
    more = next_page(request, after=items[-1].id) if len(found) > limit else None
    return RepositoryList(items=items, next=more)


@router.get("/{repository_id}")
async def repository(scope: Authorised, reflected: Reflected, repository_id: Id) -> RepositoryItem:
    """Show one repository."""
    found = await reflected.query(
        lambda connection: find_repository(connection, scope, repository_id), *REFLECTS
    )
    if found is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    return RepositoryItem.of(found)
