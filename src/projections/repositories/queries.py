"""Queries over repositories and installations: what the API's pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from aggregates.lane import Lane
from aggregates.surroundings import Surroundings, circumstances
from events.table import table_of
from projections.access import Access
from projections.installations import InstallationRow
from projections.lanes.model import circumstances_row
from projections.lanes.queries import around_lanes
from projections.repositories.item import (
    ActiveWorkflow,
    ClaimItem,
    InstallationLink,
    PauseItem,
    RepositoryItem,
)
from projections.repositories.lines import lines, urgency
from projections.repositories.model import RepositoryRow
from projections.workflows.queries import list_active

_repositories = table_of(RepositoryRow)
_installations = table_of(InstallationRow)


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is altogether within reach."""

    repositories: int
    installations: int
    events: int


def list_repositories(
    connection: Connection, access: Access, after: int, limit: int
) -> list[RepositoryItem]:
    """Return repositories with ids greater than ``after``, by id."""
    line = lines(access)
    query = select(line).where(line.c.id > after).order_by(line.c.id).limit(limit)
    return _read(connection, access, query)


def find_repository(
    connection: Connection, access: Access, repository_id: int
) -> RepositoryItem | None:
    """Return one repository, None where there is none within reach."""
    line = lines(access)
    found = _read(connection, access, select(line).where(line.c.id == repository_id))
    return found[0] if found else None


def list_by_attention(connection: Connection, access: Access, limit: int) -> list[RepositoryItem]:
    """Return the repositories by how much they need a person, then the newest event first."""
    line = lines(access)
    newest = line.c.last_event_at.desc().nulls_last()
    query = select(line).order_by(urgency(line), newest, line.c.id)
    return _read(connection, access, query.limit(limit))


def totals(connection: Connection, access: Access) -> Totals:
    """Count what is within reach; events of installations and of plain webhooks."""
    of_repositories = select(
        func.count(), func.coalesce(func.sum(_repositories.c.event_count), 0)
    ).where(access.condition(_repositories.c.installation_id))
    repositories, events = connection.execute(of_repositories).one()
    installations = connection.scalar(
        select(func.count())
        .select_from(_installations)
        .where(access.condition(_installations.c.id), _installations.c.deleted.is_(False))
    )
    return Totals(repositories, installations or 0, int(events))


def _read(
    connection: Connection, access: Access, query: Select[tuple[object, ...]]
) -> list[RepositoryItem]:
    found = connection.execute(query).mappings().all()
    active: dict[int, list[ActiveWorkflow]] = {row["id"]: [] for row in found}
    for item in list_active(connection, access, active):
        active[item.repository_id].append(ActiveWorkflow.of(item))
    alone = any(row["mode"] is None for row in found)
    around = around_lanes(connection) if alone else Surroundings()
    return [_item(row, around, active[row["id"]]) for row in found]


def _item(row: RowMapping, around: Surroundings, active: list[ActiveWorkflow]) -> RepositoryItem:
    values = dict(row)
    if row["mode"] is None:
        lane = Lane(repository_id=row["id"], installation_id=row["installation_id"])
        values |= circumstances_row(lane, circumstances(lane, around))
    return RepositoryItem.model_validate(
        values
        | {
            "installation": _installation(row),
            "claim": _claim(row),
            "paused": _pause(values),
            "active": active,
            "active_workflow": active[0] if active else None,
        }
    )


def _installation(row: RowMapping) -> InstallationLink | None:
    whose = row["installation_id"]
    return InstallationLink(id=whose, account=row["account_login"]) if whose else None


def _claim(row: RowMapping) -> ClaimItem | None:
    position = row["claimed_position"]
    if position is None:
        return None
    whose, name = row["claimed_installation_id"], row["claimed_full_name"]
    who = f"installation {whose}" if whose else "a plain webhook"
    known = f"installation {row['installation_id']}" if row["installation_id"] else "no App"
    called = f" and is called {name}" if name and name != row["full_name"] else ""
    return ClaimItem(
        installation_id=whose,
        full_name=name,
        at=row["claimed_at"],
        position=position,
        problem=f"deliveries say that it belongs to {who}{called}; it is known as that of {known}, "
        "and what they say does not count until GitHub confirms it or an operator accepts it",
    )


def _pause(values: Mapping[str, Any]) -> PauseItem | None:
    where = values["paused_where"]
    return PauseItem(where=where, reason=values["paused_reason"] or "") if where else None
