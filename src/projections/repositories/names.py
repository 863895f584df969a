"""Repositories by name, and names by id."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from events.table import table_of
from projections.access import Access
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
