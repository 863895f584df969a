"""What lists can be narrowed down by, declared once for the query and for who asks over HTTP."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Column, ColumnElement

from events.table import MAX_INTEGER

Number = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


class Filter(BaseModel):
    """What to list; None: anything. All that is given must match."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def equalities(*wanted: tuple[Column[Any], object]) -> Iterator[ColumnElement[bool]]:
    """Return the conditions for those columns of which a value is wanted."""
    return (column == value for column, value in wanted if value is not None)
