"""Text search: what contains a text, whatever the case; bounded by what a query looks at."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import Column, ColumnElement, Text, bindparam, func, or_

SearchText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]

_ESCAPE = "\\"


def containing(*columns: ColumnElement[str] | ColumnElement[str | None]) -> ColumnElement[bool]:
    """Return the condition that one of some columns contains ``q``; their text is in any case.

    SQLite tells only the case of ASCII letters.
    """
    return or_(*(func.lower(each).like(_PATTERN, escape=_ESCAPE) for each in columns))


def folded_containing(column: Column[str]) -> ColumnElement[bool]:
    """Return the condition that a column contains ``q``; it was written by ``str.casefold``."""
    return column.like(_PATTERN, escape=_ESCAPE)


def pattern(text: str) -> str:
    """Return the value of ``q``: what has a meaning in a pattern stands for itself."""
    escaped = text.replace(_ESCAPE, _ESCAPE * 2).replace("%", rf"{_ESCAPE}%")
    return f"%{escaped.replace('_', rf'{_ESCAPE}_')}%".casefold()


_PATTERN: ColumnElement[str] = bindparam("q", type_=Text)
