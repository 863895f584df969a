"""Why a workflow is where it is, over HTTP."""

from fastapi import APIRouter

from api.access import Authorised
from api.as_of import AsOf
from api.paging import Id
from api.problems import ApiError
from api.reflecting import Reflected
from api.workflows import Number
from projections.events.index import EVENT_INDEX
from projections.explaining.model import Explanation
from projections.explaining.queries import explain_workflow
from projections.lanes.fold import LANES
from projections.repositories.fold import REPOSITORIES

router = APIRouter(prefix="/api/repositories/{repository_id}/workflows", tags=["workflows"])


@router.get("/{issue_number}/explain", operation_id="explain_workflow")
async def explain(
    access: Authorised,
    reflected: Reflected,
    repository_id: Id,
    issue_number: Number,
    as_of: AsOf = None,
) -> Explanation:
    """Explain why a workflow is where it is, or once was: rules, facts, decisions, causes."""
    found = await reflected.query_as_of(
        as_of,
        lambda connection, then: explain_workflow(
            connection, access, repository_id, issue_number, reflected.links, then
        ),
        LANES.name,
        EVENT_INDEX.name,
        REPOSITORIES.name,
    )
    if found is None:
        raise ApiError(404, "workflow_not_found", f"issue {issue_number} is no workflow here")
    return found
