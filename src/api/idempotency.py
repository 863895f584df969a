"""The key that makes a command one command, however often it is sent."""

import re
from typing import Annotated

from fastapi import Depends, Request

from api.access import Recognised
from api.problems import ApiError

HEADER = "Idempotency-Key"
PATTERN = "^[ -~]{1,200}$"

_KEY = re.compile(PATTERN.strip("^$"))


async def _idempotency_key(request: Request, _caller: Recognised) -> str:
    """Return the request's key, or refuse with 400; a stranger is refused before."""
    given = request.headers.getlist(HEADER)
    if not given:
        raise ApiError(
            400,
            "idempotency_key_missing",
            f"the header {HEADER} is missing; the same key, say a UUID, makes a command sent "
            "again the same command",
        )
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise ApiError(
            400,
            "idempotency_key_invalid",
            f"{HEADER} takes one value of 1 to 200 printable ASCII characters",
        )
    return given[0]


IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
