"""What is known of what the App reaches, as the log told it so far."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from events.table import table_of
from projections.engine import checkpoints
from projections.installations import INSTALLATIONS, InstallationRow
from projections.repositories.fold import REPOSITORIES
from projections.repositories.model import RepositoryRow

_AT_ONCE = 500

_repositories = table_of(RepositoryRow)
_installations = table_of(InstallationRow)


def reflected(connection: Connection) -> int:
    """Return up to which position of the log everything here is known."""
    reached = checkpoints.positions(connection)
    return min(reached.get(each.name, 0) for each in (REPOSITORIES, INSTALLATIONS))


def installations(connection: Connection) -> dict[int, dict[str, Any]]:
    """Return the installations that are known."""
    rows = connection.execute(select(_installations)).mappings()
    return {row["id"]: dict(row) for row in rows}


def repositories(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what is known of some repositories."""
    wanted = list(ids)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = _repositories.c.id.in_(wanted[start : start + _AT_ONCE])
        rows = connection.execute(select(_repositories).where(some)).mappings()
        found.update({row["id"]: dict(row) for row in rows})
    return found


def reached_through(connection: Connection, installation_id: int) -> set[int]:
    """Return the repositories to which an installation is known to have access."""
    query = select(_repositories.c.id).where(
        _repositories.c.installation_id == installation_id,
        _repositories.c.connected.is_(True),
        _repositories.c.deleted.is_(False),
    )
    return {*connection.scalars(query)}


def claimed(connection: Connection, limit: int) -> list[int]:
    """Return repositories of which deliveries say that they are somebody else's, oldest first."""
    place = _repositories.c.claimed_position
    query = select(_repositories.c.id).where(place.is_not(None)).order_by(place).limit(limit)
    return list(connection.scalars(query))
