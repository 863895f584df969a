"""The kinds of values that a policy is made of, each with its bounds."""

from collections.abc import Hashable
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field

T = TypeVar("T", bound=Hashable)

_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_PROSE = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"  # tabs and line breaks may stand in it


def _unique(items: tuple[T, ...]) -> tuple[T, ...]:
    for index, item in enumerate(items):
        if item in items[:index]:
            raise ValueError(f"item {index + 1} stands in the list already")
    return items


Criterion: TypeAlias = Literal["priority", "created"]

LabelName: TypeAlias = Annotated[str, Field(min_length=1, max_length=50, pattern=_LINE)]
LabelPrefix: TypeAlias = Annotated[str, Field(min_length=1, max_length=30, pattern=_LINE)]
CheckName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=_LINE)]
BranchName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=_LINE)]
AnyName: TypeAlias = Annotated[str, Field(max_length=100, pattern=_LINE)]
Prose: TypeAlias = Annotated[str, Field(max_length=4000, pattern=_PROSE)]
Template: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000, pattern=_PROSE)]

Order: TypeAlias = Annotated[
    tuple[Criterion, ...],
    Field(min_length=1, max_length=2, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
LabelNames: TypeAlias = Annotated[
    tuple[LabelName, ...],
    Field(max_length=50, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
CheckNames: TypeAlias = Annotated[
    tuple[CheckName, ...],
    Field(max_length=100, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
