"""Up to where the log tells that somebody's access to something may have changed.

Rights are kept elsewhere, as GitHub told them; what is newer here than they are makes them stale.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from events.envelope import GITHUB
from events.github import AuthorizationRevoked
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.engine.projection import Key, Projection, ReadEvent, copied

INSTALLATION, REPOSITORY, PERSON = "installation", "repository", "person"

# GitHub's events after which somebody may reach something no longer, or anew; of those about a
# repository only some actions.
_TYPES = {
    *("member", "membership", "team", "team_add", "organization"),
    *("installation", "installation_repositories", "installation_target"),
}
_REPOSITORY_ACTIONS = {"privatized", "publicized", "transferred", "deleted", "renamed", "archived"}


class AccessNews(SQLModel):
    """The newest such event of a repository or an installation, or a person withdrawing."""

    kind: str = Field(primary_key=True, description="`installation`, `repository` or `person`")
    id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(sa_type=BIG_INTEGER)


class AccessNewsRow(AccessNews, table=True):
    """The same as it is stored."""

    __tablename__ = "access_news"


_news = table_of(AccessNewsRow)


def newest(
    connection: Connection,
    user_id: int,
    installations: Collection[int],
    repositories: Collection[int],
    behind: int,
) -> int:
    """Return the position of the newest that concerns a person, or 0 if none is behind a position.

    A repository is told of by its own, too, since it may have moved to another installation. What
    is new is little, so it is looked through instead of all that somebody reaches.
    """
    query = select(_news).where(_news.c.position > behind)
    theirs = {(INSTALLATION, each) for each in installations} | {(PERSON, user_id)}
    return max(
        (
            row.position
            for row in connection.execute(query)
            if (row.kind, row.id) in theirs or (row.kind == REPOSITORY and row.id in repositories)
        ),
        default=0,
    )


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
    places = ((INSTALLATION, event.installation_id), (REPOSITORY, event.repository_id))
    return [*revoked, *(key for key in places if told and key[1] is not None)]


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
