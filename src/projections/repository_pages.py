"""Queries over repositories and installations: what the API's pages show."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, func, select

from aggregates.circumstances import Where, circumstances
from aggregates.lane import Lane
from aggregates.scope import Scope as Scopes
from events.catalogue import Mode
from projections import rows
from projections.installations import Installation, InstallationRow
from projections.lane_pages import lane_page
from projections.lanes import LANES, SCOPES
from projections.repositories import Repository, RepositoryRow
from projections.repository_lines import Attention, Health, lines, urgency
from projections.scope import Scope
from projections.workflow_pages import WorkflowPage, list_active

_repositories = RepositoryRow.__table__  # type: ignore[attr-defined]
_installations = InstallationRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
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
    standing: Standing
    active: tuple[WorkflowPage, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is altogether within a scope."""

    repositories: int
    installations: int
    events: int


def list_repositories(
    connection: Connection, scope: Scope, after: int, limit: int
) -> list[RepositoryPage]:
    """Return repositories with ids greater than ``after``, by id."""
    line = lines(scope)
    query = select(line).where(line.c.id > after).order_by(line.c.id).limit(limit)
    return _read(connection, scope, query)


def find_repository(
    connection: Connection, scope: Scope, repository_id: int
) -> RepositoryPage | None:
    """Return one repository, None where there is none within the scope."""
    line = lines(scope)
    found = _read(connection, scope, select(line).where(line.c.id == repository_id))
    return found[0] if found else None


def list_by_attention(connection: Connection, scope: Scope, limit: int) -> list[RepositoryPage]:
    """Return the repositories by how much they need a person, then the newest event first."""
    line = lines(scope)
    newest = line.c.last_event_at.desc().nulls_last()
    query = select(line).order_by(urgency(line), newest, line.c.id)
    return _read(connection, scope, query.limit(limit))


def list_installations(
    connection: Connection, scope: Scope, after: int, limit: int
) -> list[tuple[Installation, list[int]]]:
    """Return installations with ids greater than ``after``, each with its repositories' ids."""
    query = select(_installations).where(
        _installations.c.id > after, scope.condition(_installations.c.id)
    )
    rows = connection.execute(query.order_by(_installations.c.id).limit(limit)).mappings()
    found = [Installation.model_construct(**row) for row in rows]
    members = _members(connection, [each.id for each in found])
    return [(each, members.get(each.id, [])) for each in found]


def knows_installation(connection: Connection, scope: Scope, installation_id: int) -> bool:
    """Tell whether there is an installation of an id within the scope."""
    known = (_installations.c.id == installation_id, scope.condition(_installations.c.id))
    return connection.scalar(select(_installations.c.id).where(*known)) is not None


def totals(connection: Connection, scope: Scope) -> Totals:
    """Count what is within a scope; events of installations and of plain webhooks."""
    of_repositories = select(
        func.count(), func.coalesce(func.sum(_repositories.c.event_count), 0)
    ).where(scope.condition(_repositories.c.installation_id))
    repositories, events = connection.execute(of_repositories).one()
    installations = connection.scalar(
        select(func.count())
        .select_from(_installations)
        .where(scope.condition(_installations.c.id), _installations.c.deleted.is_(False))
    )
    return Totals(repositories, installations or 0, int(events))


def _members(connection: Connection, installation_ids: list[int]) -> dict[int, list[int]]:
    columns = (_repositories.c.installation_id, _repositories.c.id)
    query = select(*columns).where(
        _repositories.c.installation_id.in_(installation_ids),
        _repositories.c.connected.is_(True),
        _repositories.c.deleted.is_(False),
    )
    members: dict[int, list[int]] = {}
    for installation_id, repository_id in connection.execute(query.order_by(*columns)):
        members.setdefault(installation_id, []).append(repository_id)
    return members


def _read(
    connection: Connection, scope: Scope, query: Select[tuple[object, ...]]
) -> list[RepositoryPage]:
    found = connection.execute(query).mappings().all()
    active: dict[int, list[WorkflowPage]] = {row["id"]: [] for row in found}
    for page in list_active(connection, scope, active):
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
        values |= lane_page(lane, circumstances(lane, scopes))
    standing = Standing(**{name: values[name] for name in Standing.__dataclass_fields__})
    known = {name: values[name] for name in Repository.model_fields}
    return RepositoryPage(
        Repository.model_construct(**known),
        row["health"],
        row["account_login"],
        standing,
        tuple(active),
    )
