"""Up to where the log tells that somebody's access to something may have changed.

Rights are kept elsewhere, as GitHub told them; what is newer here than they are makes them stale.
"""

from collections.abc import Collection

from sqlalchemy import Connection, func, or_, select
from sqlmodel import Field, SQLModel

from events.envelope import GITHUB
from events.github import AuthorizationRevoked
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.engine.projection import Key, Projection, ReadEvent, copied

INSTALLATION, PERSON = "installation", "person"

# GitHub's events after which somebody may reach something no longer, or anew; of those about a
# repository only some actions.
_TYPES = {
    *("member", "membership", "team", "team_add", "organization"),
    *("installation", "installation_repositories", "installation_target"),
}
_REPOSITORY_ACTIONS = {"privatized", "publicized", "transferred", "deleted", "renamed", "archived"}


class AccessNews(SQLModel):
    """The newest such event of an installation, or a person's withdrawal of their authorisation."""

    kind: str = Field(primary_key=True, description="`installation` or `person`")
    id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(sa_type=BIG_INTEGER)


class AccessNewsRow(AccessNews, table=True):
    """The same as it is stored."""

    __tablename__ = "access_news"


_news = table_of(AccessNewsRow)


def newest(connection: Connection, user_id: int, installations: Collection[int]) -> int:
    """Return the position of the newest that concerns a person who reaches installations; or 0."""
    theirs = (_news.c.kind == INSTALLATION) & _news.c.id.in_(installations)
    own = (_news.c.kind == PERSON) & (_news.c.id == user_id)
    return connection.scalar(select(func.max(_news.c.position)).where(or_(theirs, own))) or 0


def revoked_at(connection: Connection, user_id: int) -> int:
    """Return the position at which a person withdrew the App's authorisation last; or 0."""
    own = (_news.c.kind == PERSON) & (_news.c.id == user_id)
    return connection.scalar(select(_news.c.position).where(own)) or 0


def _touches(read: ReadEvent) -> Collection[Key]:
    event = read.event
    if event.source != GITHUB:
        return ()
    revoked = [(PERSON, each.user_id) for each in read.facts if type(each) is AuthorizationRevoked]
    told = event.type in _TYPES or (
        event.type == "repository" and event.action in _REPOSITORY_ACTIONS
    )
    if told and event.installation_id is not None:
        return [*revoked, (INSTALLATION, event.installation_id)]
    return revoked


def _evolve(row: AccessNews | None, key: Key, read: ReadEvent) -> AccessNews:
    known = row or AccessNews.model_construct(kind=key[0], id=key[1])
    return copied(known, {"position": read.event.position})


ACCESS_NEWS: Projection[AccessNews] = Projection(
    name="access_news",
    version=1,
    table=_news,
    model=AccessNews,
    touches=_touches,
    evolve=_evolve,
)
