"""Queries over workflows: as they are, as they were, and how they came to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    tuple_,
    union_all,
)

from aggregates.stages import Stage
from events.statement import Statement, among, chunks, named, one_of
from events.table import table_of
from projections.access import EVERYTHING, Access, built_once
from projections.as_of import AS_OF
from projections.counting import counted
from projections.references import GITHUB_COM, Links
from projections.repositories.model import RepositoryRow
from projections.workflows.document import ActiveWorkflow
from projections.workflows.item import WorkflowItem, item_of, under_way_of
from projections.workflows.model import (
    MOST_ACTIVE,
    NEEDS_HUMAN,
    UNDER_WAY,
    StageEntered,
    StageItem,
    versions,
    workflows,
)
from projections.workflows.then import (
    active_then,
    by_number_then,
    count_then,
    keys_then,
    name_then,
    queue_then,
    text_of,
)

_DONE = str(Stage.DONE)
MOST_CHANGES = 500  # of one workflow's stage that a page shows, the newest

_earlier = versions.alias("earlier")
_repositories = table_of(RepositoryRow)


def stages_entered(
    connection: Connection, access: Access, after: int, limit: int
) -> list[StageEntered]:
    """Return what workflows came to behind a position, in the log's order."""
    values = {"after": after, "limit": limit} | access.values
    rows = connection.execute(_entered(access), values).mappings()
    return [
        StageEntered(
            repository_id=row["repository_id"], issue_number=row["issue_number"], **_stage(row)
        )
        for row in rows
    ]


def list_workflows(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    repository_id: int,
    after: int,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> list[WorkflowItem]:
    """Return a repository's workflows with issue numbers greater than ``after``, by number."""
    query = _by_number(access) if as_of is None else by_number_then(access)
    values: dict[str, object] = {"repository_id": repository_id, "after": after, "limit": limit}
    values |= {"as_of": as_of}
    return _items(connection, query, values | access.values, links)


def list_queue(  # noqa: PLR0913 (likewise)
    connection: Connection,
    access: Access,
    repository_id: int,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> list[WorkflowItem]:
    """Return the workflows that wait, in the order in which they will start."""
    query = _queue(access) if as_of is None else queue_then(access)
    values: dict[str, object] = {"repository_id": repository_id, "limit": limit, "as_of": as_of}
    return _items(connection, query, values | access.values, links)


def count_workflows(
    connection: Connection,
    access: Access,
    repository_id: int,
    as_of: int | None = None,
    *,
    queued: bool = False,
) -> int | None:
    """Return how many a repository has, or has queued; None: more than are counted for a page."""
    query = (_keys if as_of is None else keys_then)(access, queued)
    values = {"repository_id": repository_id, "as_of": as_of, **access.values}
    return counted(connection, query, values)


def list_active(
    connection: Connection,
    access: Access,
    repositories: Mapping[int, str],
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> dict[int, list[ActiveWorkflow]]:
    """Return the workflows under way of repositories with these names, MOST_ACTIVE of each at most.

    Those that need a person come after those that move, then by number.
    """
    found: dict[int, list[ActiveWorkflow]] = {number: [] for number in repositories}
    for some in chunks(repositories):
        statement = (_active if as_of is None else active_then)(access, len(some))
        most = {"most": MOST_ACTIVE, "limit": len(some) * MOST_ACTIVE, "as_of": as_of}
        values = {**most, **named(workflows.c.repository_id, some), **access.values}
        for row in statement.mappings(connection, values):
            where = row["repository_id"]
            found[where].append(under_way_of(row, repositories[where], links))
    return found


def count_by_stage(
    connection: Connection, access: Access, as_of: int | None = None
) -> dict[str, int]:
    """Return the number of workflows in each stage in which there are any.

    Of what is done there is ever more: it is what is left of all, whose number SQLite has by pages.
    """
    if as_of is not None:
        then = connection.execute(count_then(access), {"as_of": as_of} | access.values)
        return {row.stage: row.number for row in then}
    others: dict[str, int] = dict(_others(access).rows(connection, access.values))
    done = _all(access).scalar(connection, access.values) - sum(others.values())
    return others | ({_DONE: done} if done else {})


def find_workflow(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    repository_id: int,
    issue_number: int,
    as_of: int,
    links: Links = GITHUB_COM,
) -> WorkflowItem | None:
    """Return a workflow as it stood at a position; None where there then was none to be seen."""
    values = _values(access, repository_id, issue_number, as_of)
    row = connection.execute(_version(access), values).mappings().first()
    if row is None or row["stage"] is None:
        return None
    [entered] = connection.execute(_changes(EVERYTHING), values | {"limit": 1}).mappings()
    return item_of(row, entered["recorded_at"], entered["position"], links)


def timeline(
    connection: Connection, access: Access, repository_id: int, issue_number: int, as_of: int
) -> list[StageItem]:
    """Return the newest changes of stage up to a position, oldest first."""
    values = _values(access, repository_id, issue_number, as_of)
    rows = connection.execute(_changes(access), values | {"limit": MOST_CHANGES}).mappings()
    return [StageItem(**_stage(row)) for row in reversed(rows.all())]


def _values(access: Access, repository_id: int, issue_number: int, as_of: int) -> dict[str, Any]:
    which = {"repository_id": repository_id, "issue_number": issue_number}
    return {**which, "as_of": as_of, **access.values}


_LIMIT = bindparam("limit", type_=Integer)


def _with_text(table: Table) -> tuple[ColumnElement[Any], ...]:
    return tuple(text_of(table) if each.name == "document" else each for each in table.columns)


_SINCE = versions.c.recorded_at.label("since")
_WORKFLOW, _VERSION = _with_text(workflows), _with_text(versions)
_THIS = and_(
    versions.c.repository_id == bindparam("repository_id"),
    versions.c.issue_number == bindparam("issue_number"),
)


@built_once
def _entered(access: Access) -> Select[Any]:
    query = select(*_VERSION).where(
        access.since(versions.c.repository_id, versions.c.position),
        versions.c.entered,
        versions.c.position > bindparam("after"),
    )
    order = (versions.c.position, versions.c.repository_id, versions.c.issue_number)
    return query.order_by(*order).limit(_LIMIT)


@built_once
def _by_number(access: Access) -> Select[Any]:
    number = workflows.c.issue_number
    return _shown(_within(access), number > bindparam("after")).order_by(number).limit(_LIMIT)


@built_once
def _keys(access: Access, queued: bool) -> Select[Any]:  # noqa: FBT001 (as it was asked)
    query = select(workflows.c.issue_number).where(_within(access))
    return query.where(workflows.c.queue_key.is_not(None)) if queued else query


@built_once
def _queue(access: Access) -> Select[Any]:
    key = workflows.c.queue_key
    return _shown(_within(access), key.is_not(None)).order_by(key).limit(_LIMIT)


@built_once
def _active(access: Access, number: int) -> Statement:
    issue, repository = workflows.c.issue_number, workflows.c.repository_id
    order = [case((workflows.c.stage == NEEDS_HUMAN, 1), else_=0), issue]
    place = func.row_number().over(partition_by=repository, order_by=order).label("place")
    active = (
        access.holds(repository),
        one_of(repository, number),
        among(workflows.c.stage, (*UNDER_WAY, NEEDS_HUMAN)),
        workflows.c.started,
    )
    placed = select(repository, issue, place).where(*active).subquery()
    first = select(placed.c.repository_id, placed.c.issue_number)
    shown = tuple_(repository, issue).in_(first.where(placed.c.place <= bindparam("most")))
    query = select(repository, issue, text_of(workflows), _entered_at()).where(shown)
    return Statement(query.order_by(repository, *order))


def _entered_at() -> ColumnElement[datetime]:
    """Select when a workflow came to its stage: to join that event takes twice as long."""
    entered = _same_workflow(versions) & versions.c.entered
    newest = select(versions.c.recorded_at).where(entered).order_by(versions.c.position.desc())
    return newest.limit(1).correlate(workflows).scalar_subquery().label("since")


@built_once
def _others(access: Access) -> Statement:
    """Count in two ranges of an index: what is unequal is looked for in all of it."""
    stage = workflows.c.stage
    query = select(stage, func.count().label("number")).group_by(stage)
    query = query.where(access.holds(workflows.c.repository_id))
    return Statement(union_all(query.where(stage < _DONE), query.where(stage > _DONE)))


@built_once
def _all(access: Access) -> Statement:
    query = select(func.count()).select_from(workflows)
    if access.is_everything:
        return Statement(query)  # with a condition, any, SQLite would look at each
    return Statement(query.where(access.holds(workflows.c.repository_id)))


@built_once
def _version(access: Access) -> Select[Any]:
    """Select what held at a position, unless the repository moved behind it."""
    visible = access.since(versions.c.repository_id, AS_OF)
    named = versions.outerjoin(_repositories, _repositories.c.id == versions.c.repository_id)
    # An older release's rows have no names of before.
    name = func.coalesce(name_then(versions), _repositories.c.full_name).label("full_name")
    query = select(*_VERSION, name).select_from(named)
    query = query.where(_THIS, visible, versions.c.position <= AS_OF)
    return query.order_by(versions.c.position.desc()).limit(1)


@built_once
def _changes(access: Access) -> Select[Any]:
    visible = access.since(versions.c.repository_id, versions.c.position)
    until = versions.c.position <= AS_OF
    query = select(*_VERSION).where(_THIS, visible, versions.c.entered, until)
    return query.order_by(versions.c.position.desc()).limit(_LIMIT)


def _within(access: Access) -> ColumnElement[bool]:
    return and_(
        access.holds(workflows.c.repository_id),
        workflows.c.repository_id == bindparam("repository_id"),
    )


def _shown(*within: ColumnElement[bool]) -> Select[Any]:
    """Select workflows, each with the event that brought it to its stage."""
    entered = _same_workflow(_earlier) & _earlier.c.entered
    since = select(func.max(_earlier.c.position)).where(entered).correlate(workflows)
    joined = workflows.join(
        versions, _same_workflow(versions) & (versions.c.position == since.scalar_subquery())
    )
    named = joined.outerjoin(_repositories, _repositories.c.id == workflows.c.repository_id)
    columns = (
        *_WORKFLOW,
        versions.c.position.label("since_position"),
        _SINCE,
        _repositories.c.full_name,
    )
    return select(*columns).select_from(named).where(*within)


def _same_workflow(table: FromClause) -> ColumnElement[bool]:
    return and_(
        table.c.repository_id == workflows.c.repository_id,
        table.c.issue_number == workflows.c.issue_number,
    )


def _items(
    connection: Connection, query: Select[Any], values: Mapping[str, object], links: Links
) -> list[WorkflowItem]:
    return [
        item_of(row, row["since"], row["since_position"], links)
        for row in connection.execute(query, values).mappings()
    ]


class _Reason(BaseModel):
    reason: str | None = None  # of what is no workflow any more the document is empty


def _stage(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "stage": row["stage"],
        "reason": _Reason.model_validate_json(row["document"]).reason,
        "position": row["position"],
        "at": row["recorded_at"],
    }
