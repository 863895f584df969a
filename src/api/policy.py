"""The policy file over HTTP: its schema, and trying one before it is committed."""

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from aggregates.policy import (
    PolicyReading,
    canonical,
    effective,
    policy_schema,
    read_policy_file,
)
from aggregates.policy.file import MAX_BYTES
from aggregates.workflow.agents import unknown_agents
from api.access import Authorised
from api.body import small_body
from api.openapi import error
from api.problems import ApiError
from events.catalogue import PolicyProblem
from events.catalogue.policies import MAX_CONTENT

router = APIRouter(prefix="/api/policy", tags=["policy"])

_YAML = ("text/yaml", "text/plain", "application/yaml", "application/x-yaml", "text/x-yaml")
_MOST = 4 * MAX_BYTES  # of a body; a file that is a little too long is told so like other problems
_FILE = {
    "schema": {"description": f"any text; one of more than {MAX_CONTENT} characters does not fit"},
    "example": "mode: live\nci:\n  max_attempts: 5\n",
}
_CHECKING: dict[str, Any] = {
    "responses": {
        400: error("The body ended before it was whole."),
        408: error("The body did not arrive in time."),
        413: error("The body is several times larger than any policy file."),
        415: error("The body is neither YAML nor plain text."),
    },
    "openapi_extra": {
        "requestBody": {"required": True, "content": dict.fromkeys(_YAML[:2], _FILE)}
    },
}


class SchemaResponse(Response):
    """A JSON Schema."""

    media_type = "application/schema+json"


class PolicyCheck(BaseModel):
    """Whether a file would hold, and all that does not fit in it."""

    valid: bool
    problems: list[PolicyProblem] = Field(
        examples=[[{"path": "mode", "message": 'expected off, shadow or live, found "loud"'}]]
    )


@router.get(
    "/schema",
    operation_id="show_policy_schema",
    response_class=SchemaResponse,
    responses={200: {"content": {SchemaResponse.media_type: {"schema": {"type": "object"}}}}},
)
async def schema() -> SchemaResponse:
    """Give the JSON Schema of a policy file, for editors."""
    return SchemaResponse(orjson.dumps(policy_schema()))


@router.post("/check", operation_id="check_policy", **_CHECKING)
async def check(request: Request, _access: Authorised) -> PolicyCheck:
    """Say what is wrong with a policy file; it changes nothing."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and media not in _YAML:
        raise ApiError(415, "media_type_unsupported", f"a policy file is {' or '.join(_YAML[:2])}")
    body = await small_body(request, _MOST)
    read = await asyncio.to_thread(read_policy_file, body)
    problems = read.reading.problems or _unknown_agents(read.reading)
    return PolicyCheck(valid=not problems, problems=list(problems))


def _unknown_agents(reading: PolicyReading) -> tuple[PolicyProblem, ...]:
    """Return where a file that fits names an agent that this server does not know."""
    held = effective("", "", canonical(reading.document or {})).policy
    return tuple(unknown_agents(held))
