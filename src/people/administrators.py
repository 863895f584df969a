"""Who administers this server: accounts by id, since a login may become somebody else's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from people.inserting import inserting
from people.ports import Account


class AdministratorRow(SQLModel, table=True):
    """An account that administers, or did while a setting named it; a login is resolved once."""

    __tablename__ = "administrators"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    login: str = Field(description="as it was when it was resolved, in lower case")
    named_by: str = Field(description="`setting` or `setup`")
    named_at: datetime


_administrators = table_of(AdministratorRow)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the setting names: ids, and logins in lower case."""

    ids: frozenset[int] = frozenset()
    logins: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Named":
        """Read the setting: ids and logins separated by commas."""
        parts = {part.strip().lstrip("@").lower() for part in text.split(",")} - {""}
        ids = {part for part in parts if part.isascii() and part.isdecimal()}
        return cls(frozenset(map(int, ids)), frozenset(parts - ids))


def known(connection: Connection, user_id: int, named: Named) -> bool:
    """Say whether an account administers: by its id, by a login resolved to it, or by set-up."""
    if user_id in named.ids:
        return True
    query = select(_administrators).where(_administrators.c.user_id == user_id)
    row = connection.execute(query).first()
    return row is not None and (row.named_by == "setup" or row.login in named.logins)


def anybody(connection: Connection, named: Named) -> bool:
    """Say whether anybody administers, or is to."""
    if named.ids or named.logins:
        return True
    query = select(_administrators.c.user_id).where(_administrators.c.named_by == "setup").limit(1)
    return connection.scalar(query) is not None


def unresolved(connection: Connection, named: Named) -> list[str]:
    """Return the logins of the setting whose accounts are not known yet."""
    query = select(_administrators.c.login).where(_administrators.c.login.in_(named.logins))
    return sorted(named.logins - {*connection.scalars(query)})


def name(
    connection: Connection,
    account: Account,
    by: Literal["setting", "setup"],
    now: datetime,
) -> bool:
    """Note whose account a login is, or who set this server up; False: it was known.

    Whom a setting named by a login before, and now by another, goes on under that one.
    """
    values = {"login": account.login.lower(), "named_by": by, "named_at": now}
    named = inserting(connection, _administrators).values(user_id=account.id, **values)
    named = named.on_conflict_do_update(
        index_elements=["user_id"],
        set_=values,
        where=(_administrators.c.named_by == "setting")
        & (_administrators.c.login != values["login"]),
    )
    return connection.execute(named.returning(_administrators.c.user_id)).first() is not None


def name_first(connection: Connection, account: Account, named: Named, now: datetime) -> bool:
    """Let who set this server up administer it, unless somebody does; says whether they do now."""
    if anybody(connection, named):
        return False
    this = _administrators.c.user_id == account.id  # one whom a setting named once
    connection.execute(delete(_administrators).where(this))
    return name(connection, account, "setup", now)


def by_setup(connection: Connection) -> Iterable[tuple[int, str]]:
    """Return the accounts that set this server up, with their logins then."""
    columns = (_administrators.c.user_id, _administrators.c.login)
    query = select(*columns).where(_administrators.c.named_by == "setup")
    return [(row.user_id, row.login) for row in connection.execute(query)]
