"""Repositories by name, and names by id."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from events.table import table_of
from projections.access import Access, built_once
from projections.references import Links, RepositoryRef
from projections.repositories.model import RepositoryRow

_repositories = table_of(RepositoryRow)


def repositories_by_id(
    connection: Connection, access: Access, links: Links, ids: Iterable[int | None]
) -> Mapping[int | None, RepositoryRef]:
    """Name some repositories, those out of reach by their ids alone: one statement for a page."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    columns = (_repositories.c.id, _repositories.c.full_name)
    query = select(*columns).where(_repositories.c.id.in_(wanted), access.holds(_repositories.c.id))
    rows = connection.execute(query, access.values)
    names = {row.id: row.full_name for row in rows}
    return {each: links.repository(each, names.get(each)) for each in wanted}


def repository_called(connection: Connection, access: Access, name: str) -> int | None:
    """Return the id of the repository within reach that has a name in any case, or once had it.

    Who has it now comes before who had it; of several that had it the one last heard of counts.
    """
    escaped = name.lower().replace("/", "//").replace("_", "/_").replace("%", "/%")
    values = {"name": name.lower(), "line": f"%\n{escaped}\n%"} | access.values
    found: int | None = connection.scalar(_called(access), values)
    return found


def with_repository(
    connection: Connection, access: Access, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values of filters with a repository that is asked for by name as its id.

    Of a name that nobody has within reach, the id is that of none.
    """
    wanted = values.get("repository")
    if not isinstance(wanted, str):
        return dict(values)
    return {**values, "repository": repository_called(connection, access, wanted) or _NONE}


_NONE = 0


@built_once
def _called(access: Access) -> Select[int]:
    c = _repositories.c
    is_now = func.lower(c.full_name) == bindparam("name")
    is_or_was = or_(is_now, c.names.like(bindparam("line"), escape="/"))
    query = select(c.id).where(is_or_was, access.holds(c.id))
    return query.order_by(is_now.desc(), c.deleted, c.last_event_at.desc(), c.id).limit(1)
