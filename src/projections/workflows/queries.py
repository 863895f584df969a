"""Queries over workflows: as they are, as they were, and how they came to it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    and_,
    case,
    func,
    select,
    tuple_,
)

from projections.access import Access
from projections.workflows.model import (
    MOST_ACTIVE,
    NEEDS_HUMAN,
    UNDER_WAY,
    StageEntered,
    StageItem,
    WorkflowItem,
    versions,
    workflows,
)

MOST_CHANGES = 500  # of one workflow's stage that a page shows, the newest

_earlier = versions.alias("earlier")


def stages_entered(
    connection: Connection, access: Access, after: int, limit: int
) -> list[StageEntered]:
    """Return what workflows came to behind a position, in the log's order."""
    query = select(versions).where(
        access.condition(versions.c.installation_id),
        versions.c.entered,
        versions.c.position > after,
    )
    order = (versions.c.position, versions.c.repository_id, versions.c.issue_number)
    rows = connection.execute(query.order_by(*order).limit(limit)).mappings()
    return [
        StageEntered(
            repository_id=row["repository_id"], issue_number=row["issue_number"], **_stage(row)
        )
        for row in rows
    ]


def list_workflows(
    connection: Connection, access: Access, repository_id: int, after: int, limit: int
) -> list[WorkflowItem]:
    """Return a repository's workflows with issue numbers greater than ``after``, by number."""
    within = _within(access, repository_id) & (workflows.c.issue_number > after)
    return _items(connection, within, [workflows.c.issue_number], limit)


def list_queue(
    connection: Connection, access: Access, repository_id: int, limit: int
) -> list[WorkflowItem]:
    """Return the workflows that wait, in the order in which they will start."""
    within = _within(access, repository_id) & workflows.c.queue_key.is_not(None)
    return _items(connection, within, [workflows.c.queue_key], limit)


def list_active(
    connection: Connection, access: Access, repository_ids: Collection[int]
) -> list[WorkflowItem]:
    """Return the workflows under way in each repository, MOST_ACTIVE at most, by repository.

    Those that need a person come after those that move, then by number.
    """
    issue, repository = workflows.c.issue_number, workflows.c.repository_id
    order = [case((workflows.c.stage == NEEDS_HUMAN, 1), else_=0), issue]
    place = func.row_number().over(partition_by=repository, order_by=order).label("place")
    active = (
        access.condition(workflows.c.installation_id),
        repository.in_(repository_ids),
        workflows.c.stage.in_((*UNDER_WAY, NEEDS_HUMAN)),
        workflows.c.started,
    )
    placed = select(repository, issue, place).where(*active).subquery()
    first = select(placed.c.repository_id, placed.c.issue_number)
    shown = tuple_(repository, issue).in_(first.where(placed.c.place <= MOST_ACTIVE))
    most = len(repository_ids) * MOST_ACTIVE
    return _items(connection, shown, [repository, *order], most)


def count_by_stage(connection: Connection, access: Access) -> dict[str, int]:
    """Return the number of workflows in each stage in which there are any."""
    within = access.condition(workflows.c.installation_id)
    query = select(workflows.c.stage, func.count().label("number")).where(within)
    counted = connection.execute(query.group_by(workflows.c.stage))
    return {row.stage: row.number for row in counted}


def find_workflow(
    connection: Connection, access: Access, repository_id: int, issue_number: int, as_of: int
) -> WorkflowItem | None:
    """Return a workflow as it stood at a position; None where there then was none."""
    which = _of(access, repository_id, issue_number)
    query = select(versions).where(which, versions.c.position <= as_of)
    row = connection.execute(query.order_by(versions.c.position.desc()).limit(1)).mappings().first()
    if row is None or row["stage"] is None:
        return None
    entered = _changes(connection, which, as_of, 1)[0]
    return _item(row, entered["recorded_at"], entered["position"])


def timeline(
    connection: Connection, access: Access, repository_id: int, issue_number: int, as_of: int
) -> list[StageItem]:
    """Return the newest changes of stage up to a position, oldest first."""
    which = _of(access, repository_id, issue_number)
    rows = _changes(connection, which, as_of, MOST_CHANGES)
    return [StageItem(**_stage(row)) for row in reversed(rows)]


def _within(access: Access, repository_id: int) -> ColumnElement[bool]:
    return and_(
        access.condition(workflows.c.installation_id), workflows.c.repository_id == repository_id
    )


def _of(access: Access, repository_id: int, issue_number: int) -> ColumnElement[bool]:
    return and_(
        access.condition(versions.c.installation_id),
        versions.c.repository_id == repository_id,
        versions.c.issue_number == issue_number,
    )


def _items(
    connection: Connection,
    within: ColumnElement[bool],
    order: list[ColumnElement[Any]],
    limit: int,
) -> list[WorkflowItem]:
    entered = _same_workflow(_earlier) & _earlier.c.entered
    since = select(func.max(_earlier.c.position)).where(entered).correlate(workflows)
    joined = workflows.join(
        versions, _same_workflow(versions) & (versions.c.position == since.scalar_subquery())
    )
    columns = (
        *workflows.columns,
        versions.c.position.label("since_position"),
        versions.c.recorded_at.label("since"),
    )
    query = select(*columns).select_from(joined).where(within).order_by(*order).limit(limit)
    return [
        _item(row, row["since"], row["since_position"])
        for row in connection.execute(query).mappings()
    ]


def _same_workflow(table: FromClause) -> ColumnElement[bool]:
    return and_(
        table.c.repository_id == workflows.c.repository_id,
        table.c.issue_number == workflows.c.issue_number,
    )


def _changes(
    connection: Connection, which: ColumnElement[bool], as_of: int, limit: int
) -> list[RowMapping]:
    query = select(versions).where(which, versions.c.entered, versions.c.position <= as_of)
    rows = connection.execute(query.order_by(versions.c.position.desc()).limit(limit))
    return list(rows.mappings())


def _item(row: RowMapping, since: datetime, since_position: int) -> WorkflowItem:
    names = ("repository_id", "issue_number", "position")
    facts = {name: row[name] for name in names} | {"since": since, "since_position": since_position}
    return WorkflowItem.model_validate(row["document"] | facts)


def _stage(row: RowMapping) -> dict[str, Any]:
    return {
        "stage": row["stage"],
        "reason": row["document"].get("reason"),
        "position": row["position"],
        "at": row["recorded_at"],
    }
