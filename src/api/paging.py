"""Lists page by key: the next page begins behind the last key of this one."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field

from events.table import MAX_INTEGER
from projections.counting import MOST_COUNTED
from projections.filters import Number, Whose

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="items on a page")]
AfterId = Annotated[
    int, Query(ge=0, le=MAX_INTEGER, description="only ids greater than this, for the next page")
]
Id = Annotated[int, Path(ge=1, le=MAX_INTEGER, description="GitHub's numeric id")]
Total = Annotated[
    int | None,
    Field(
        description="how many match, told with the first window; "
        f"null: this is not the first, or there are more than {MOST_COUNTED:,}"
    ),
]
OfRepository = Annotated[
    Whose | None,
    Query(description="GitHub's numeric id, or owner/name, former names included"),
]
Next = Annotated[str | None, Field(description="path and query of the next page; null on the last")]


class Listing(BaseModel):
    """How much of a list to show, beside what to list."""

    limit: int = Field(50, ge=1, le=200)
    min_position: Number | None = Field(None, exclude=True)


def page_of(
    request: Request,
    found: Sequence[Item],
    limit: int,
    key: Callable[[Item], int],
    **settled: str,
) -> tuple[list[Item], str | None]:
    """Return what fits on a page, where one more than that was looked for, and the way to more.

    ``settled`` are parameters of that which this request may have left open.
    """
    items = [*found[:limit]]
    if len(found) <= limit:
        return items, None
    return items, next_page(request, after=key(items[-1]), **settled)


def next_page(request: Request, **changed: int | str) -> str:
    """Return path and query of this request with some parameters changed."""
    given = request.query_params.multi_items()  # one that takes several values stands here often
    kept = [(name, value) for name, value in given if name not in changed]
    return f"{request.url.path}?{urlencode([*kept, *changed.items()])}"
