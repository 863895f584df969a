"""What lists can be narrowed down by, declared once for the query and for who asks over HTTP."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Column, ColumnElement, Connection, bindparam

from events.read import position_before
from events.table import MAX_INTEGER
from projections.access import Access
from projections.repositories.names import with_repository
from projections.search import pattern

Number = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]

# A repository by GitHub's numeric id, or by a name that it has or once had.
Whose: TypeAlias = (
    Number | Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", max_length=200)]
)


def _in_utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


# A time, or a date, which is its first moment; without a zone it is UTC.
Time = Annotated[datetime, AfterValidator(_in_utc)]


class Filter(BaseModel):
    """What to list; None: anything. All that is given must match."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Conditions: TypeAlias = Mapping[str, ColumnElement[bool]]


def equal(**columns: Column[Any]) -> dict[str, ColumnElement[bool]]:
    """Return by each name the condition that a column has the value that is given by it."""
    return {name: column == bindparam(name) for name, column in columns.items()}


def sought(
    connection: Connection, access: Access, filters: type[Filter], wanted: Filter
) -> dict[str, Any]:
    """Return what is compared, by the names of the conditions; ``wanted`` may say more.

    A repository becomes its id, an actor what ``by_whom`` says, a text a pattern. Times become
    positions, by which the log is in order: ``since`` is inclusive, ``until`` not.
    """
    values = by_whom(with_repository(connection, access, given(filters, wanted)))
    for name in ("since", "until"):
        if name in values:
            values[name] = position_before(connection, values[name])
    return values | ({"q": pattern(values["q"])} if "q" in values else {})


def by_whom(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with an actor as what is compared: a ``user`` by id, or a login in lower case.

    Logins may be digits alone, so that these are looked for, too.
    """
    actor = values.get("actor")
    if actor is None:
        return dict(values)
    others = {name: value for name, value in values.items() if name != "actor"}
    if actor.isascii() and actor.isdecimal() and int(actor) <= MAX_INTEGER:
        return {**others, "user": int(actor), "digits": actor}
    return {**others, "actor": actor.lower()}


def condition_names(values: Mapping[str, object]) -> frozenset[str]:
    """Return the names of the conditions that values are for."""
    return frozenset(values) - {"digits"}


def given(filters: type[Filter], wanted: Filter) -> dict[str, Any]:
    """Return the values to be found by the names of their filters; ``wanted`` may say more."""
    values = ((name, getattr(wanted, name)) for name in filters.model_fields)
    return {name: value for name, value in values if value is not None}
