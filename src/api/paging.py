"""Lists page by key: the next page begins behind the last key of this one."""

from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Path, Query, Request
from pydantic import Field

from events.table import MAX_INTEGER

Item = TypeVar("Item")

Number = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Limit = Annotated[int, Query(ge=1, le=200, description="items on a page")]
AfterId = Annotated[
    int, Query(ge=0, le=MAX_INTEGER, description="only ids greater than this, for the next page")
]
Id = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="GitHub's numeric id")]
Next = Annotated[str | None, Field(description="path and query of the next page; null on the last")]


def next_page(request: Request, **changed: int) -> str:
    """Return path and query of this request with some parameters changed."""
    kept = {**request.query_params, **{name: str(value) for name, value in changed.items()}}
    return f"{request.url.path}?{urlencode(kept)}"
