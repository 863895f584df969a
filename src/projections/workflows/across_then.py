"""Statements that list the workflows of all repositories as they were at a position."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    bindparam,
    select,
    tuple_,
)

from projections.access import Access, built_once
from projections.as_of import AS_OF
from projections.workflows.model import turns, versions
from projections.workflows.then import last_then, name_then, same_workflow, text_of, turns_then

_NUMBER = ("repository_id", "issue_number")


@built_once
def across_then(
    access: Access, names: frozenset[str], keys: tuple[str, ...], *, later: bool
) -> Select[Any]:
    """Select a window in the order of some columns, and behind a key where there was one before."""
    found = _found(access, names).subquery("found")
    key = [found.c[name] for name in keys]
    window = select(found)
    if later:
        parts = [bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(key)]
        window = window.where(tuple_(*key) > tuple_(*parts))
    page = window.order_by(*key).limit(bindparam("limit", type_=Integer)).subquery("page")
    return _shown(page, [page.c[name] for name in keys])


@built_once
def matching_then(access: Access, names: frozenset[str]) -> Select[Any]:
    """Select what matched."""
    return _found(access, names)


def _found(access: Access, names: frozenset[str]) -> Select[Any]:
    """Select keys by turns, and by their documents only where these are asked for."""
    here = turns.c.repository_id == bindparam("repository")
    then = turns_then(*([here] if "repository" in names else []))
    entered = last_then(then, versions.c.entered).label("since_position")
    columns = (*(then.c[name] for name in (*_NUMBER, "stage")), last_then(then).label("last"))
    there = select(*columns, entered).where(access.since(then.c.repository_id, AS_OF))
    places = there.subquery("places")
    query = select(places)
    if "attention" in names:
        told = versions.alias("told")
        last = same_workflow(told, places) & (told.c.position == places.c.last)
        attention = told.c.document["attention"].as_string()
        query = select(*places.c).select_from(places.join(told, last))
        query = query.where(attention.in_(bindparam("attention", expanding=True)))
    conditions = _conditions(places)
    return query.where(*(conditions[name] for name in sorted(names & conditions.keys())))


def _conditions(places: Subquery) -> dict[str, ColumnElement[bool]]:
    since = places.c.since_position
    return {
        "stage": places.c.stage.in_(bindparam("stage", expanding=True)),
        "issue": places.c.issue_number == bindparam("issue"),
        "since": since > bindparam("since", type_=Integer),
        "until": since <= bindparam("until", type_=Integer),
    }


def _shown(page: Subquery, order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    shown, came = versions.alias("shown"), versions.alias("came")
    joined = page.join(shown, same_workflow(shown, page) & (shown.c.position == page.c.last))
    entered = same_workflow(came, page) & (came.c.position == page.c.since_position)
    columns = (
        *(shown.c[name] for name in (*_NUMBER, "position")),
        text_of(shown),
        page.c.since_position,
        came.c.recorded_at.label("since"),
        name_then(shown),
    )
    return select(*columns).select_from(joined.join(came, entered)).order_by(*order)
