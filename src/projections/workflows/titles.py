"""What lists join to call things by name: repositories, and titles as workflows know them."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Join, and_, cast

from events.table import table_of
from projections.repositories.model import RepositoryRow
from projections.workflows.model import workflows

_repositories = table_of(RepositoryRow)

# A pull request's title is known of the one that works on the issue now.
NAMES: tuple[ColumnElement[Any], ...] = (
    _repositories.c.full_name,
    workflows.c.document[("issue", "title")].as_string().label("issue_title"),
    cast(workflows.c.document[("pull_request", "number")].as_string(), BigInteger).label(
        "known_pull_request"
    ),
    workflows.c.document[("pull_request", "title")].as_string().label("pull_request_title"),
)


def with_names(
    rows: FromClause, repository_id: ColumnElement[Any], issue_number: ColumnElement[Any]
) -> Join:
    """Join what ``NAMES`` reads; of what is known by no name all of it is null."""
    this = and_(
        workflows.c.repository_id == repository_id, workflows.c.issue_number == issue_number
    )
    named = rows.outerjoin(_repositories, _repositories.c.id == repository_id)
    return named.outerjoin(workflows, this)
