"""Installations of our GitHub App."""

from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from events.github import InstallationSeen
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access
from projections.engine.projection import Key, Projection, ReadEvent, changed, copied
from projections.repositories.model import RepositoryRow

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


class InstallationItem(Installation):
    """An installation with the repositories it has access to, as far as deliveries told."""

    repositories: list[int] = Field(description="GitHub's numeric ids")


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


INSTALLATIONS: Projection[Installation] = Projection(
    name="installations",
    version=1,
    table=table_of(InstallationRow),
    model=Installation,
    touches=_touches,
    evolve=_evolve,
)


_installations = table_of(InstallationRow)
_repositories = table_of(RepositoryRow)


def list_installations(
    connection: Connection, access: Access, after: int, limit: int
) -> list[InstallationItem]:
    """Return installations with ids greater than ``after``, each with its repositories' ids."""
    query = select(_installations).where(
        _installations.c.id > after, access.condition(_installations.c.id)
    )
    rows = connection.execute(query.order_by(_installations.c.id).limit(limit)).mappings()
    found = list(rows)
    members = _members(connection, [row["id"] for row in found])
    return [
        InstallationItem.model_validate({**row, "repositories": members.get(row["id"], [])})
        for row in found
    ]


def knows_installation(connection: Connection, access: Access, installation_id: int) -> bool:
    """Tell whether there is an installation of an id within reach."""
    known = (_installations.c.id == installation_id, access.condition(_installations.c.id))
    return connection.scalar(select(_installations.c.id).where(*known)) is not None


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
