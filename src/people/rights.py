"""What people may do where, as GitHub told last; it is asked again when that is old."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from people.inserting import inserting
from people.roles import Role


class ReachRow(SQLModel, table=True):
    """When somebody's rights were read, and up to where the log then was."""

    __tablename__ = "reaches"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    login: str
    read_at: datetime
    read_behind: int = Field(sa_type=BIG_INTEGER)


class RepositoryRightRow(SQLModel, table=True):
    """What somebody may do in a repository."""

    __tablename__ = "repository_rights"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int = Field(sa_type=BIG_INTEGER)
    full_name: str
    role: int


class InstallationRightRow(SQLModel, table=True):
    """An installation that somebody reaches; ``owns``: whose account it is installed at."""

    __tablename__ = "installation_rights"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    owns: bool


_reaches = table_of(ReachRow)
_repositories = table_of(RepositoryRightRow)
_installations = table_of(InstallationRightRow)


@dataclass(frozen=True, slots=True)
class RepositoryRight:
    """A right in one repository: through which installation, and its name as GitHub told it."""

    role: Role
    installation_id: int
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All that somebody may, as GitHub told at a time when the log was at ``read_behind``."""

    user_id: int
    login: str
    read_at: datetime
    read_behind: int
    repositories: Mapping[int, RepositoryRight] = field(default_factory=dict)
    installations: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()

    def role_in(self, repository_id: int) -> Role:
        """Return what they may do in a repository; NONE where they must not know of it."""
        right = self.repositories.get(repository_id)
        return Role.NONE if right is None else right.role


def find(connection: Connection, user_id: int) -> Reach | None:
    """Return what is known of somebody's rights; None when they were never read."""
    head = connection.execute(select(_reaches).where(_reaches.c.user_id == user_id))
    row = head.mappings().first()
    if row is None:
        return None
    theirs = select(_repositories).where(_repositories.c.user_id == user_id)
    repositories = {
        each.repository_id: RepositoryRight(Role(each.role), each.installation_id, each.full_name)
        for each in connection.execute(theirs)
    }
    reached = select(_installations).where(_installations.c.user_id == user_id)
    installations = connection.execute(reached).all()
    return Reach(
        user_id=user_id,
        login=row["login"],
        read_at=row["read_at"],
        read_behind=row["read_behind"],
        repositories=repositories,
        installations=frozenset(each.installation_id for each in installations),
        owned=frozenset(each.installation_id for each in installations if each.owns),
    )


def store(connection: Connection, reach: Reach, *, renames: bool = False) -> None:
    """Keep somebody's rights in place of what was known, unless newer ones are there.

    ``renames``: they just signed in, so that this is their login; that of a session may be older.
    """
    values = {"read_at": reach.read_at, "read_behind": reach.read_behind}
    login = {"login": reach.login}
    read = inserting(connection, _reaches).values(user_id=reach.user_id, **values, **login)
    read = read.on_conflict_do_update(
        index_elements=["user_id"],
        set_={**values, **(login if renames else {})},
        where=_reaches.c.read_behind <= reach.read_behind,
    )
    if connection.execute(read.returning(_reaches.c.user_id)).first() is not None:
        _replace_rows(connection, reach)


def forget(connection: Connection, user_id: int) -> None:
    """Drop what is known of somebody's rights."""
    for table in (_reaches, _repositories, _installations):
        connection.execute(delete(table).where(table.c.user_id == user_id))


def holders(connection: Connection, repository_id: int, least: Role) -> list[Reach]:
    """Return who has at least a role in a repository, with that repository alone."""
    query = (
        select(_reaches, _repositories)
        .join(_repositories, _repositories.c.user_id == _reaches.c.user_id)
        .where(_repositories.c.repository_id == repository_id, _repositories.c.role >= least)
        .order_by(_reaches.c.user_id)
        .limit(100)
    )
    return [
        Reach(
            user_id=each.user_id,
            login=each.login,
            read_at=each.read_at,
            read_behind=each.read_behind,
            repositories={
                repository_id: RepositoryRight(
                    Role(each.role), each.installation_id, each.full_name
                )
            },
        )
        for each in connection.execute(query)
    ]


def _replace_rows(connection: Connection, reach: Reach) -> None:
    for table in (_repositories, _installations):
        connection.execute(delete(table).where(table.c.user_id == reach.user_id))
    rights: list[dict[str, object]] = [
        {
            "user_id": reach.user_id,
            "repository_id": repository_id,
            "installation_id": right.installation_id,
            "full_name": right.full_name,
            "role": int(right.role),
        }
        for repository_id, right in reach.repositories.items()
    ]
    reached: list[dict[str, object]] = [
        {"user_id": reach.user_id, "installation_id": each, "owns": each in reach.owned}
        for each in sorted(reach.installations)
    ]
    _insert_all(connection, _repositories, rights)
    _insert_all(connection, _installations, reached)


def _insert_all(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
