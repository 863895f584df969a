"""Queries over repositories and installations: what the API's pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, FromClause, Integer, Select, bindparam, func, select

from aggregates.lane import Lane
from aggregates.policy.file import PATH
from aggregates.surroundings import Surroundings, circumstances
from events.statement import Statement
from events.table import table_of
from projections.access import Access, built_once
from projections.counting import counted
from projections.engine.projection import built
from projections.installations import reaches
from projections.lanes.around import around_as_of
from projections.lanes.model import circumstances_row
from projections.lanes.queries import around_lanes
from projections.references import GITHUB_COM, Links
from projections.repositories.item import (
    ClaimItem,
    InstallationLink,
    PauseItem,
    RepositoryItem,
)
from projections.repositories.lines import lines, urgency
from projections.repositories.model import RepositoryRow, events_seen
from projections.repositories.sources import sources
from projections.search import containing, pattern
from projections.workflows.document import ActiveWorkflow
from projections.workflows.next_act import NextAct
from projections.workflows.queries import list_active

_repositories = table_of(RepositoryRow)


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is altogether within reach."""

    repositories: int
    installations: int
    events: int


def list_repositories(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    after: int,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
    q: str | None = None,
) -> list[RepositoryItem]:
    """Return repositories with ids greater than ``after``, by id, now or as of a position.

    With ``q`` those whose names contain it, as they are called, or then were.
    """
    reading = _Reading(connection, access, links, as_of)
    query = _by_id(access, reading.then, q is not None)
    return reading.read(query, after=after, limit=limit, **_text(q))


def count_repositories(
    connection: Connection, access: Access, as_of: int | None = None, q: str | None = None
) -> int | None:
    """Return how many there are within reach; None: more than are counted for a page."""
    query = _reached(access, as_of is not None, q is not None)
    return counted(connection, query, {"as_of": as_of, **_text(q), **access.values})


def _text(q: str | None) -> dict[str, str]:
    return {} if q is None else {"q": pattern(q)}


def find_repository(
    connection: Connection,
    access: Access,
    repository_id: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> RepositoryItem | None:
    """Return one repository, None where there is, or then was, none within reach."""
    reading = _Reading(connection, access, links, as_of)
    found = reading.read(_of_id(access, reading.then), repository_id=repository_id)
    return found[0] if found else None


def event_counts(connection: Connection) -> dict[int, int]:
    """Return the events of each repository, to share work out by: nobody is shown them."""
    found = connection.execute(select(_repositories.c.id, _repositories.c.event_count))
    return {row.id: row.event_count for row in found}


def list_by_attention(
    connection: Connection,
    access: Access,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> list[RepositoryItem]:
    """Return the repositories by how much they need a person, then the newest event first."""
    reading = _Reading(connection, access, links, as_of)
    return reading.read(_by_attention(access, reading.then), limit=limit)


def totals(connection: Connection, access: Access, as_of: int | None = None) -> Totals:
    """Count what is within reach; events of installations and of plain webhooks."""
    statement, values = _totals(access, as_of is not None), {"as_of": as_of, **access.values}
    [(repositories, events, installations)] = statement.rows(connection, values)
    return Totals(repositories, installations, int(events))


_LIMIT = bindparam("limit", type_=Integer)


@built_once
def _by_id(
    access: Access,
    then: bool,  # noqa: FBT001 (as of a position, or now)
    searched: bool,  # noqa: FBT001 (by a text, too)
) -> Statement:
    def page(query: Select[Any], repositories: FromClause) -> Select[Any]:
        c = repositories.c
        query = query.where(c.id > bindparam("after"))
        if searched:
            query = query.where(containing(c.full_name))
        return query.order_by(c.id).limit(_LIMIT)

    line = lines(access, then, page)
    return Statement(select(line).order_by(line.c.id).limit(_LIMIT))


@built_once
def _reached(
    access: Access,
    then: bool,  # noqa: FBT001 (likewise)
    searched: bool,  # noqa: FBT001 (likewise)
) -> Select[int]:
    of = sources(access, then)
    query = select(of.repositories.c.id).where(of.within)
    return query.where(containing(of.repositories.c.full_name)) if searched else query


@built_once
def _of_id(access: Access, then: bool) -> Statement:  # noqa: FBT001 (likewise)
    def one(query: Select[Any], repositories: FromClause) -> Select[Any]:
        return query.where(repositories.c.id == bindparam("repository_id")).limit(1)

    return Statement(select(lines(access, then, one)).limit(1))


@built_once
def _by_attention(access: Access, then: bool) -> Statement:  # noqa: FBT001 (likewise)
    line = lines(access, then)
    newest = line.c.last_event_at.desc().nulls_last()
    return Statement(select(line).order_by(urgency(line), newest, line.c.id).limit(_LIMIT))


@built_once
def _totals(access: Access, then: bool) -> Statement:  # noqa: FBT001 (likewise)
    of = sources(access, then)
    reached = reaches(access, of.installations, of.repositories)
    installations = (
        select(func.count())
        .select_from(of.installations)
        .where(reached, of.installations.c.deleted.is_(False))
    )
    events = func.coalesce(func.sum(events_seen(access, of.repositories)), 0)
    query = select(func.count(), events, installations.scalar_subquery())
    return Statement(query.select_from(of.repositories).where(of.within))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where lines are read, for whom, and as of which position; None: now."""

    connection: Connection
    access: Access
    links: Links
    as_of: int | None

    @property
    def then(self) -> bool:
        """Whether they are read as they were."""
        return self.as_of is not None

    def read(self, statement: Statement, **values: int | str) -> list[RepositoryItem]:
        """Return lines, each with the first of its work."""
        bound = {"as_of": self.as_of, **values, **self.access.values}
        found = statement.mappings(self.connection, bound)
        names = {row["id"]: row["full_name"] for row in found}
        active = list_active(self.connection, self.access, names, self.links, self.as_of)
        alone = any(row["mode"] is None for row in found)
        around = self._around() if alone else Surroundings()
        return [_item(row, around, active[row["id"]], self.links) for row in found]

    def _around(self) -> Surroundings:
        if self.as_of is None:
            return around_lanes(self.connection)
        return around_as_of(self.connection, self.as_of)


def _item(
    row: Mapping[str, Any], around: Surroundings, active: list[ActiveWorkflow], links: Links
) -> RepositoryItem:
    values = dict(row)
    if row["mode"] is None:
        lane = Lane(repository_id=row["id"], installation_id=row["installation_id"])
        values |= circumstances_row(lane, circumstances(lane, around))
    values |= {
        "html_url": links.url(row["full_name"]),
        "installation": _installation(row),
        "claim": _claim(row),
        "paused": _pause(values),
        "next_act": _next_act(values, links),
        "active": active,
        "active_workflow": active[0] if active else None,
    }
    # All of it is of the types that the columns have: to validate a SQLModel takes 0.1 ms.
    return built(RepositoryItem, {name: values[name] for name in RepositoryItem.model_fields})


def _installation(row: Mapping[str, Any]) -> InstallationLink | None:
    whose = row["installation_id"]
    return InstallationLink(id=whose, account=row["account_login"]) if whose else None


def _claim(row: Mapping[str, Any]) -> ClaimItem | None:
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


def _next_act(values: Mapping[str, Any], links: Links) -> NextAct | None:
    if values["policy_problem"] is None:
        return None
    branch = values["default_branch"]
    place = f"/blob/{quote(branch)}/{PATH}" if branch else ""
    at = links.url(values["full_name"], place)
    return NextAct(kind="fix_policy", label="Fix policy", html_url=at, command=None)
