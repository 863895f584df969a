"""Queries over repositories and installations: what the API's pages show."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, func, select

from aggregates.circumstances import Where, circumstances
from aggregates.lane import Lane
from aggregates.scope import Scope as Scopes
from events.catalogue import Mode
from events.table import table_of
from projections.access import Access
from projections.engine import rows
from projections.installations import InstallationRow
from projections.lanes.circumstances import circumstances_row
from projections.lanes.fold import LANES
from projections.lanes.model import SCOPES
from projections.repositories.lines import Attention, Health, lines, urgency
from projections.repositories.model import Repository, RepositoryRow
from projections.workflows.queries import WorkflowPage, list_active

_repositories = table_of(RepositoryRow)
_installations = table_of(InstallationRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSummary:
    """How a repository's work stands; ``mode`` is the one that holds, an operator's or a policy's.

    ``paused_where`` is None where nothing pauses it, ``acting_user`` a login.
    """

    mode: Mode
    mode_origin: str
    paused_where: Where | None
    paused_reason: str | None
    acting_user: str | None
    queue_depth: int
    needs_human: int
    attention: Attention


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A repository, its health, its installation's account, and how its work stands."""

    repository: Repository
    health: Health
    account: str | None
    lane: LaneSummary
    active: tuple[WorkflowPage, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is altogether within reach."""

    repositories: int
    installations: int
    events: int


def list_repositories(
    connection: Connection, access: Access, after: int, limit: int
) -> list[RepositoryPage]:
    """Return repositories with ids greater than ``after``, by id."""
    line = lines(access)
    query = select(line).where(line.c.id > after).order_by(line.c.id).limit(limit)
    return _read(connection, access, query)


def find_repository(
    connection: Connection, access: Access, repository_id: int
) -> RepositoryPage | None:
    """Return one repository, None where there is none within reach."""
    line = lines(access)
    found = _read(connection, access, select(line).where(line.c.id == repository_id))
    return found[0] if found else None


def list_by_attention(connection: Connection, access: Access, limit: int) -> list[RepositoryPage]:
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
) -> list[RepositoryPage]:
    found = connection.execute(query).mappings().all()
    active: dict[int, list[WorkflowPage]] = {row["id"]: [] for row in found}
    for page in list_active(connection, access, active):
        active[page.repository_id].append(page)
    scopes = _scopes(connection) if any(row["mode"] is None for row in found) else Scopes()
    return [_page(row, scopes, active[row["id"]]) for row in found]


def _scopes(connection: Connection) -> Scopes:
    """Return what holds for every lane, for those repositories that have none yet."""
    known = rows.load(connection, LANES, {SCOPES}).get(SCOPES)
    return known if isinstance(known, Scopes) else Scopes()


def _page(row: RowMapping, scopes: Scopes, active: Iterable[WorkflowPage]) -> RepositoryPage:
    values = dict(row)
    if row["mode"] is None:
        lane = Lane(row["id"], row["installation_id"])
        values |= circumstances_row(lane, circumstances(lane, scopes))
    summary = LaneSummary(**{name: values[name] for name in LaneSummary.__dataclass_fields__})
    known = {name: values[name] for name in Repository.model_fields}
    return RepositoryPage(
        Repository.model_construct(**known),
        row["health"],
        row["account_login"],
        summary,
        tuple(active),
    )
