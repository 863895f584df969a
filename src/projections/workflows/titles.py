"""What lists join to call things by name: repositories, and titles as workflows know them."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Join, and_, cast, func, select

from events.table import table_of
from projections.as_of import AS_OF
from projections.repositories.model import RepositoryRow, repository_versions
from projections.workflows.model import versions, workflows

_repositories = table_of(RepositoryRow)
_Names = tuple[ColumnElement[Any], ...]


def _names(repositories: FromClause, documents: FromClause) -> _Names:
    """Return columns; a pull request's title is known of the one that works on the issue."""
    document = documents.c.document
    return (
        repositories.c.full_name,
        document[("issue", "title")].as_string().label("issue_title"),
        cast(document[("pull_request", "number")].as_string(), BigInteger).label(
            "known_pull_request"
        ),
        document[("pull_request", "title")].as_string().label("pull_request_title"),
    )


NAMES, NAMES_THEN = _names(_repositories, workflows), _names(repository_versions, versions)


def with_names(
    rows: FromClause, repository_id: ColumnElement[Any], issue_number: ColumnElement[Any]
) -> Join:
    """Join what ``NAMES`` reads; of what is known by no name all of it is null."""
    this = and_(
        workflows.c.repository_id == repository_id, workflows.c.issue_number == issue_number
    )
    named = rows.outerjoin(_repositories, _repositories.c.id == repository_id)
    return named.outerjoin(workflows, this)


def with_names_then(
    rows: FromClause, repository_id: ColumnElement[Any], issue_number: ColumnElement[Any]
) -> Join:
    """Join what ``NAMES_THEN`` reads: names as they were at a position."""
    called = (repository_versions.c.id == repository_id,)
    told = (versions.c.repository_id == repository_id, versions.c.issue_number == issue_number)
    named = rows.outerjoin(repository_versions, _newest(repository_versions, *called))
    return named.outerjoin(versions, _newest(versions, *told))


def _newest(table: FromClause, *of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that a version is the newest up to the position, of those of which something holds."""
    place = select(func.max(table.c.position)).select_from(table)
    place = place.where(*of, table.c.position <= AS_OF).correlate_except(table)
    return and_(*of, table.c.position == place.scalar_subquery())
