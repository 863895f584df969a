"""Queries over repositories and installations: what the API's pages show."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, Row, Select, case, false, func, or_, select
from sqlalchemy.sql import ColumnElement

from projections.installations import Installation, InstallationRow
from projections.repositories import Repository, RepositoryRow
from projections.scope import Scope

Health: TypeAlias = Literal["ok", "archived", "suspended", "disconnected", "deleted"]

_repositories = RepositoryRow.__table__  # type: ignore[attr-defined]
_installations = InstallationRow.__table__  # type: ignore[attr-defined]


def _is(column: ColumnElement[bool | None]) -> ColumnElement[bool]:
    return func.coalesce(column, false())


# What is worst holds: the first that applies.
_HEALTH = case(
    (_is(_repositories.c.deleted), "deleted"),
    (or_(_repositories.c.connected.is_(False), _is(_installations.c.deleted)), "disconnected"),
    (_is(_installations.c.suspended), "suspended"),
    (_is(_repositories.c.archived), "archived"),
    else_="ok",
)
_NEEDS_ATTENTION = case((_HEALTH.in_(("disconnected", "suspended")), 0), else_=1)


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A repository, its health and its installation's account."""

    repository: Repository
    health: Health
    account: str | None


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
    query = _pages(scope).where(_repositories.c.id > after)
    return _read(connection, query.order_by(_repositories.c.id).limit(limit))


def find_repository(
    connection: Connection, scope: Scope, repository_id: int
) -> RepositoryPage | None:
    """Return one repository, None where there is none within the scope."""
    found = _read(connection, _pages(scope).where(_repositories.c.id == repository_id))
    return found[0] if found else None


def list_by_attention(connection: Connection, scope: Scope, limit: int) -> list[RepositoryPage]:
    """Return the repositories that need a person first, then those where something happened."""
    newest = _repositories.c.last_event_at.desc().nulls_last()
    query = _pages(scope).order_by(_NEEDS_ATTENTION, newest, _repositories.c.id)
    return _read(connection, query.limit(limit))


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


def _pages(scope: Scope) -> Select[tuple[object, ...]]:
    joined = _repositories.outerjoin(
        _installations, _installations.c.id == _repositories.c.installation_id
    )
    columns = (*_repositories.columns, _HEALTH.label("health"), _installations.c.account_login)
    return (
        select(*columns).select_from(joined).where(scope.condition(_repositories.c.installation_id))
    )


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> list[RepositoryPage]:
    return [_page(row) for row in connection.execute(query)]


def _page(row: Row[tuple[object, ...]]) -> RepositoryPage:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    health, account = values.pop("health"), values.pop("account_login")
    return RepositoryPage(Repository.model_construct(**values), health, account)
