"""Installations over HTTP."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access import Authorised
from api.paging import AfterId, Limit, Next, page_of
from api.reflecting import Reflected
from projections.installations import INSTALLATIONS, InstallationItem, list_installations
from projections.repositories.fold import REPOSITORIES

router = APIRouter(prefix="/api/installations", tags=["installations"])


class InstallationList(BaseModel):
    """A page of installations, by id."""

    items: list[InstallationItem]
    next: Next = None


@router.get("", operation_id="list_installations")
async def installations(
    request: Request,
    access: Authorised,
    reflected: Reflected,
    after: AfterId = 0,
    limit: Limit = 50,
) -> InstallationList:
    """List the App's installations by id."""
    found = await reflected.query(
        lambda connection: list_installations(
            connection, access, after, limit + 1, reflected.links
        ),
        INSTALLATIONS.name,
        REPOSITORIES.name,
    )
    items, more = page_of(request, found, limit, lambda each: each.id)
    return InstallationList(items=items, next=more)
