"""How a repository's checks went on its default branch lately, over HTTP."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.access import Authorised
from api.paging import Id, Limit
from api.problems import ApiError
from api.reflecting import Reflected
from api.repositories import REFLECTS
from projections.check_records import CHECK_RECORDS, KEPT, CheckRecord, list_check_records
from projections.repositories.queries import find_repository

router = APIRouter(prefix="/api/repositories", tags=["repositories"])


class CheckRecordItem(BaseModel):
    """How often one check failed lately."""

    name: str = Field(examples=["test"])
    failed: int = Field(examples=[7], description="how many of them failed")
    of: int = Field(
        examples=[50], description=f"how many commits counted, the newest {KEPT} at most"
    )


class CheckRecordList(BaseModel):
    """The checks of a repository, those that failed most first."""

    items: list[CheckRecordItem]


@router.get("/{repository_id}/checks", operation_id="list_check_records")
async def check_records(
    access: Authorised, reflected: Reflected, repository_id: Id, limit: Limit = 50
) -> CheckRecordList:
    """List how the checks of a repository went on its default branch, as deliveries told of them.

    A commit counts once, by its newest run that passed or failed.
    """

    def listed(connection: Connection) -> list[CheckRecord] | None:
        if find_repository(connection, access, repository_id, reflected.links, None) is None:
            return None
        return list_check_records(connection, access, repository_id, limit)

    found = await reflected.query(listed, CHECK_RECORDS.name, *REFLECTS)
    if found is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    items = [CheckRecordItem(name=each.name, failed=each.failed, of=each.of) for each in found]
    return CheckRecordList(items=items)
