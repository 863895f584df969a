"""Installations of our GitHub App."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    RowMapping,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlmodel import Field, SQLModel

from events.github import InstallationSeen
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access, built_once
from projections.engine.projection import Key, Projection, ReadEvent, Versions, changed, copied
from projections.references import GITHUB_COM, Links, RepositoryRef
from projections.repositories.model import RepositoryRow, events_seen

_DESCRIBED = ("account_id", "account_login", "account_type", "repository_selection", "suspended")
_DESCRIPTION = attrgetter(*_DESCRIBED)


class Installation(SQLModel):
    """An installation as GitHub was last seen to describe it, and what we heard from it."""

    id: int = Field(
        primary_key=True,
        sa_type=BIG_INTEGER,
        sa_column_kwargs=GIVEN,
        description="GitHub's numeric id",
    )
    account_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    account_login: str | None = Field(default=None, description="a user's or organization's")
    account_type: str | None = None
    repository_selection: str | None = Field(default=None, description="all or selected")
    suspended: bool | None = None
    deleted: bool = False
    event_count: int = Field(default=0, sa_type=BIG_INTEGER)
    last_event_at: datetime | None = Field(default=None, description="when we recorded the newest")
    seen_at: datetime | None = Field(default=None, description="GitHub's time of the description")


class InstallationRow(Installation, table=True):
    """An installation as it is stored."""

    __tablename__ = "installations"


class InstallationVersionRow(SQLModel, table=True):
    """What pages of repositories show of an installation, as it was from one event on."""

    __tablename__ = "installation_versions"

    id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    account_login: str | None = None
    suspended: bool | None = None
    deleted: bool = False


class InstallationItem(Installation):
    """An installation with the repositories it has access to, as far as deliveries told."""

    repositories: list[RepositoryRef] = Field(
        description="as `event_count`, of those that one may see; by id"
    )


def _touches(read: ReadEvent) -> set[Key]:
    seen = (fact for fact in read.facts if isinstance(fact, InstallationSeen))
    keys: set[Key] = {(fact.installation_id,) for fact in seen}
    if read.event.installation_id is not None:
        keys.add((read.event.installation_id,))
    return keys


def _evolve(row: Installation | None, key: Key, read: ReadEvent) -> Installation:
    known = row or Installation.model_construct(id=key[0])
    for fact in read.facts:
        if isinstance(fact, InstallationSeen) and fact.installation_id == known.id:
            known = changed(known, _learn(known, fact))
    if read.event.installation_id != known.id:
        return known
    heard = {"event_count": known.event_count + 1, "last_event_at": read.event.recorded_at}
    return copied(known, heard)


def _learn(known: Installation, fact: InstallationSeen) -> dict[str, object]:
    """Take over a newer description; a deleted installation stays deleted, ids are not reused.

    Of two descriptions of one second, suspended wins: it is the one that needs attention. Where
    they differ otherwise the greater wins, never the one that arrives later.
    """
    gone: dict[str, object] = {"deleted": known.deleted or fact.deleted}
    if known.seen_at is not None and _order(fact, fact.updated_at) < _order(known, known.seen_at):
        return gone
    told = dict(zip(_DESCRIBED, _DESCRIPTION(fact), strict=True))
    kept = {name: value for name, value in told.items() if value is not None}
    return gone | kept | {"seen_at": fact.updated_at}


def _order(described: Installation | InstallationSeen, at: datetime) -> tuple[object, ...]:
    values = _DESCRIPTION(described)
    return (at, described.suspended or False, *[(value is not None, value) for value in values])


installation_versions = table_of(InstallationVersionRow)
_KEPT = attrgetter("account_login", "suspended", "deleted")


def _differ(before: Installation | None, after: Installation) -> bool:
    return before is None or _KEPT(before) != _KEPT(after)


INSTALLATIONS: Projection[Installation] = Projection(
    name="installations",
    version=2,
    table=table_of(InstallationRow),
    model=Installation,
    touches=_touches,
    evolve=_evolve,
    versions=Versions(installation_versions, _differ),
    belong="none",
)


_installations = table_of(InstallationRow)
_repositories = table_of(RepositoryRow)
_NAMES = ("id", "account_id", "account_login", "account_type")  # by which pages group


def list_installations(
    connection: Connection, access: Access, after: int, limit: int, links: Links = GITHUB_COM
) -> list[InstallationItem]:
    """Return installations with ids greater than ``after``, each with its repositories.

    Who does not see everything finds those that are theirs or have a repository of theirs, with
    these repositories and their events only; of what is not theirs the id and the account.
    """
    values = {"after": after, "limit": limit} | access.values
    found = list(connection.execute(_listed(access), values).mappings())
    members = _members(connection, access, [row["id"] for row in found], links)
    heard = {} if access.is_everything else _heard(connection, access, [*members])
    return [
        InstallationItem.model_validate(
            {**_shown(row, access), **heard.get(row["id"], {}), "repositories": members[row["id"]]}
        )
        for row in found
    ]


def knows_installation(connection: Connection, access: Access, installation_id: int) -> bool:
    """Tell whether there is an installation of an id that one owns."""
    known = (_installations.c.id == installation_id, access.owns(_installations.c.id))
    query = select(_installations.c.id).where(*known)
    return connection.scalar(query, access.values) is not None


def reaches(
    access: Access,
    installations: FromClause = _installations,
    repositories: FromClause = _repositories,
) -> ColumnElement[bool]:
    """Return the condition that an installation is one's own, or has a repository of one's own."""
    if access.is_everything:
        return true()
    own = repositories.alias("own")
    there = select(own.c.id).where(own.c.installation_id == installations.c.id)
    there = there.where(access.holds(own.c.id)).correlate(installations)
    return or_(access.owns(installations.c.id), exists(there))


@built_once
def _listed(access: Access) -> Select[Any]:
    query = select(_installations).where(_installations.c.id > bindparam("after"), reaches(access))
    return query.order_by(_installations.c.id).limit(bindparam("limit", type_=Integer))


def _shown(row: RowMapping, access: Access) -> dict[str, object]:
    if access.is_everything:
        return dict(row)
    told = dict(row) if row["id"] in access.installations else {name: row[name] for name in _NAMES}
    return {**told, "event_count": 0, "last_event_at": None}


def _members(
    connection: Connection, access: Access, installation_ids: list[int], links: Links
) -> dict[int, list[RepositoryRef]]:
    columns = (_repositories.c.installation_id, _repositories.c.id, _repositories.c.full_name)
    query = select(*columns).where(
        _repositories.c.installation_id.in_(installation_ids),
        _repositories.c.connected.is_(True),
        _repositories.c.deleted.is_(False),
        access.holds(_repositories.c.id),
    )
    members: dict[int, list[RepositoryRef]] = {number: [] for number in installation_ids}
    for whose, number, name in connection.execute(query.order_by(*columns), access.values):
        members[whose].append(links.repository(number, name))
    return members


def _heard(
    connection: Connection, access: Access, installation_ids: list[int]
) -> dict[int, dict[str, object]]:
    """Sum up what came of those repositories of installations that an access holds."""
    c = _repositories.c
    sums = (func.sum(events_seen(access)), func.max(c.last_event_at))
    query = select(c.installation_id, *sums).group_by(c.installation_id)
    query = query.where(c.installation_id.in_(installation_ids), access.holds(c.id))
    return {
        whose: {"event_count": int(count), "last_event_at": last}
        for whose, count, last in connection.execute(query, access.values)
    }
