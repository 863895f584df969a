"""What the OpenAPI document says of a command."""

from typing import Any

from api.command_bodies import CommandBody
from api.commanding import CommandAnswer
from api.idempotency import HEADER, PATTERN
from api.openapi import error
from api.reflecting import HEADER as POSITION

_ID = "9c5f52b0-25b5-5d0a-8a4a-1b2f6f3f8a53"
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "the same for a command sent again, so that it is recorded once",
    "schema": {"type": "string", "pattern": PATTERN},
    "example": "3f0c8a52-6c53-4a3f-9d53-0d6c7f5b7a10",
}
_HEADERS = {
    POSITION: {
        "description": "the command's position: a read with this `min_position` shows its effect",
        "schema": {"type": "integer"},
    }
}


def commanded(body: type[CommandBody], **example: object) -> dict[str, Any]:
    """Return the arguments of a command's route, with an example of its body."""
    schema = body.model_json_schema()
    content = {"application/json": {"schema": schema, "example": example}}
    return {
        "status_code": 202,
        "responses": {
            202: _recorded("The command is in the log.", "accepted"),
            200: _recorded("It was in the log already, at this position.", "duplicate"),
            400: error("`idempotency_key_missing`, `idempotency_key_invalid`, `body_incomplete`."),
            404: error("There is no such thing within your reach; of an issue: GitHub shows none."),
            408: error("The body did not arrive in time."),
            409: error("`command_refused`: it would change nothing; `detail` says what holds."),
            413: error("The body is larger than 64 KB."),
            415: error("The body is no JSON."),
            422: error("`request_invalid`; `idempotency_key_reused`: with another command before."),
            503: error(
                "It could not be stored, or GitHub not be asked; send it again with the same key."
            ),
        },
        "openapi_extra": {
            "parameters": [_KEY],
            "requestBody": {"required": True, "content": content},
        },
    }


def _recorded(description: str, status: str) -> dict[str, Any]:
    example = {"status": status, "id": _ID, "position": 1042}
    return {
        "model": CommandAnswer,
        "description": description,
        "headers": _HEADERS,
        "content": {"application/json": {"example": example}},
    }
