"""What was read from an event, as the API shows it: each fact by its kind and fields, bounded.

A fact never holds the text of a comment or a review, nor a secret: its readers leave them out.
"""

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pydantic import BaseModel, Field, JsonValue
from pydantic_core import to_jsonable_python

from events.github import NEVER, Fact, Reading

MOST = 50  # facts of an event, and places of it that could not be read
_LONGEST_TEXT, _LONGEST_LIST = 200, 20
_NOT_TOLD = (None, NEVER)  # what a field is that has no value in a delivery
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class FactItem(BaseModel):
    """One thing that an event tells."""

    kind: str = Field(examples=["issue_seen"])
    fields: dict[str, JsonValue] = Field(
        description="what it says, without what was not told; of a long text or list the beginning"
    )


class UnreadItem(BaseModel):
    """What was in the way of reading a fact."""

    path: str = Field(examples=["$.issue.number"])
    expected: str = Field(examples=["integer"])
    found: str = Field(examples=["text"])


class FactsItem(BaseModel):
    """What was read from an event; one of ours tells nothing of GitHub but what we looked up."""

    items: list[FactItem] = Field(description=f"of more than {MOST} the first")
    total: int
    unread: list[UnreadItem] = Field(description="what could not be read")


def facts_item(reading: Reading) -> FactsItem:
    """Show what was read from an event."""
    return FactsItem(
        items=[_shown(fact) for fact in reading.facts[:MOST]],
        total=len(reading.facts),
        unread=[
            UnreadItem(path=each.path, expected=each.expected, found=each.found)
            for each in reading.problems[:MOST]
        ],
    )


def _shown(fact: Fact) -> FactItem:
    values = {name: getattr(fact, name) for name in _names(fact)}
    told = {name: _bounded(value) for name, value in values.items() if value not in _NOT_TOLD}
    kind = _HUMP.sub("_", type(fact).__name__).lower()
    return FactItem(kind=kind, fields=to_jsonable_python(told))


def _names(fact: Fact) -> Iterable[str]:
    """Return what a fact says of itself; from where it borrowed is of merged ones alone."""
    return (each.name for each in fields(fact) if each.name != "borrowed")


def _bounded(value: Any) -> Any:  # noqa: ANN401 (whatever a fact's field holds)
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[: _LONGEST_TEXT - 1]}…"
    if isinstance(value, tuple):
        return [_bounded(each) for each in value[:_LONGEST_LIST]]
    return value
