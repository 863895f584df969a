"""Workflows as they were at a position: which there were, by their turns, and what they showed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
)

from events.statement import Statement, among, one_of
from projections.access import Access, built_once
from projections.as_of import AS_OF
from projections.repositories.model import repository_versions
from projections.workflows.model import NEEDS_HUMAN, UNDER_WAY, turns, versions

_LIMIT = bindparam("limit", type_=Integer)
_KEY = ("repository_id", "issue_number")


def turns_then(*which: ColumnElement[bool]) -> Subquery:
    """Return the turn that each workflow had come to, of those that there were.

    Of ``which`` turns; whoever needs those of one repository says so, since no planner finds out.
    """
    newest = (
        select(*(turns.c[name] for name in _KEY), func.max(turns.c.position).label("position"))
        .where(turns.c.position <= AS_OF, *which)
        .group_by(*(turns.c[name] for name in _KEY))
        .subquery("newest")
    )
    joined = turns.join(
        newest, same_workflow(turns, newest) & (turns.c.position == newest.c.position)
    )
    there = select(turns).select_from(joined).where(turns.c.stage.is_not(None))
    return there.subquery("turns_then")


@built_once
def by_number_then(access: Access) -> Select[Any]:
    """Select a repository's workflows by number, as they were."""
    then = turns_then(_OF_ONE, turns.c.issue_number > bindparam("after"))
    return _shown(access, then, (then.c.issue_number,))


@built_once
def keys_then(access: Access, queued: bool) -> Select[Any]:  # noqa: FBT001 (or whatever they did)
    """Select the numbers of a repository's workflows, or of those that waited."""
    then = turns_then(_OF_ONE)
    query = select(then.c.issue_number).where(access.since(then.c.repository_id, AS_OF))
    return query.where(then.c.queue_key.is_not(None)) if queued else query


@built_once
def queue_then(access: Access) -> Select[Any]:
    """Select those of a repository that waited, in the order in which they would have started."""
    then = turns_then(_OF_ONE)
    return _shown(access, then, (then.c.queue_key,), then.c.queue_key.is_not(None))


@built_once
def active_then(access: Access, number: int) -> Statement:
    """Select those of several repositories that were under way, so many of each at most."""
    then = turns_then(one_of(turns.c.repository_id, number))
    repository, needs_human = then.c.repository_id, case((then.c.stage == NEEDS_HUMAN, 1), else_=0)
    order = (needs_human, then.c.issue_number)
    place = func.row_number().over(partition_by=repository, order_by=order).label("place")
    active = (among(then.c.stage, (*UNDER_WAY, NEEDS_HUMAN)), then.c.started)
    placed = select(then, needs_human.label("needs_human"), place).where(*active).subquery("placed")
    sorting = (placed.c.repository_id, placed.c.needs_human, placed.c.issue_number)
    return Statement(_shown(access, placed, sorting, placed.c.place <= bindparam("most")))


@built_once
def count_then(access: Access) -> Select[Any]:
    """Count the workflows in each stage."""
    then = turns_then()
    query = select(then.c.stage, func.count().label("number")).group_by(then.c.stage)
    return query.where(access.since(then.c.repository_id, AS_OF))


def text_of(table: FromClause) -> ColumnElement[str]:
    """Select a document as the text that it is.

    Pydantic reads it in a third of the time in which it is parsed and then looked through.
    """
    return cast(table.c.document, Text).label("document")


def name_then(rows: FromClause) -> ColumnElement[str]:
    """Select what the repository of a row was called."""
    c = repository_versions.c
    named = select(c.full_name).where(c.id == rows.c.repository_id, c.position <= AS_OF)
    newest = named.order_by(c.position.desc()).limit(1).correlate(rows)
    return newest.scalar_subquery().label("full_name")


_OF_ONE = turns.c.repository_id == bindparam("repository_id")


def _shown(
    access: Access,
    then: Subquery,
    order: Sequence[ColumnElement[Any]],
    *which: ColumnElement[bool],
) -> Select[Any]:
    """Select what workflows showed, each with the event that had brought it to its stage.

    The few that are wanted are found first; only then are documents looked up, by their keys.
    """
    sorting = [column.label(f"sorted_{place}") for place, column in enumerate(order)]
    key = (then.c.repository_id, then.c.issue_number)
    last, entered = (
        last_then(then).label("last"),
        last_then(then, versions.c.entered).label("entered"),
    )
    chosen = select(*key, *sorting, last, entered)
    chosen = chosen.where(access.since(then.c.repository_id, AS_OF), *which)
    some = chosen.order_by(*sorting).limit(_LIMIT).subquery("some")
    shown, came = versions.alias("shown"), versions.alias("came")
    joined = some.join(shown, same_workflow(shown, some) & (shown.c.position == some.c.last))
    joined = joined.join(came, same_workflow(came, some) & (came.c.position == some.c.entered))
    columns = (
        *(shown.c[name] for name in (*_KEY, "stage", "position")),
        text_of(shown),
        name_then(shown),
        came.c.position.label("since_position"),
        came.c.recorded_at.label("since"),
    )
    by = [some.c[column.name] for column in sorting]
    return select(*columns).select_from(joined).order_by(*by)


def last_then(then: Subquery, *which: ColumnElement[bool]) -> Any:  # noqa: ANN401 (a scalar subquery)
    """Select the position of the newest version of a workflow that there was."""
    newest = select(func.max(versions.c.position)).where(
        same_workflow(versions, then), versions.c.position <= AS_OF, *which
    )
    return newest.correlate(then).scalar_subquery()


def same_workflow(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Say that two rows are of one workflow."""
    return and_(*(one.c[name] == other.c[name] for name in _KEY))
