"""People's GitHub tokens at rest: one pair a person and purpose, sealed, refreshed by one process.

A refresh makes the old pair worthless at GitHub, and its answer may be lost: so the row is leased
first, no transaction is held across the request, and whoever finds the pair gone says so instead of
trying for ever.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import Connection, LargeBinary, RowMapping, delete, func, or_, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from people import sessions
from people.inserting import inserting
from people.ports import TokenPair
from people.vault import HEAD_BYTES, NotOpened, Vault

Use: TypeAlias = Literal["session", "consent"]

_LEASED_FOR = timedelta(minutes=2)  # longer than a request to GitHub may take


class PairRow(SQLModel, table=True):
    """A pair of tokens; what an answer may have made worthless stays until that is known."""

    __tablename__ = "user_tokens"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    use: str = Field(primary_key=True, description="`session` or `consent`")
    login: str
    sealed: bytes
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    kept_at: datetime
    version: int = Field(description="grows with each pair: who refreshed compares it")
    leased_by: str | None
    leased_until: datetime | None


_pairs = table_of(PairRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A pair as it lies here: sealed, with what need not be secret."""

    user_id: int
    use: Use
    login: str
    sealed: bytes
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    version: int

    def opened(self, vault: Vault) -> TokenPair:
        """Return the tokens; raises NotOpened."""
        said = orjson.loads(vault.open(self.sealed, place(self.user_id, self.use)))
        return TokenPair(
            access=said["access"],
            refresh=said["refresh"],
            access_ends_at=self.access_ends_at,
            refresh_ends_at=self.refresh_ends_at,
        )


def keep(  # noqa: PLR0913 (a row has this many sides)
    connection: Connection,
    vault: Vault,
    user_id: int,
    use: Use,
    login: str,
    pair: TokenPair,
    now: datetime,
) -> None:
    """Keep a pair in place of whichever was there."""
    values = _values(vault, user_id, use, pair, now) | {"login": login}
    kept = inserting(connection, _pairs).values(user_id=user_id, use=use, version=1, **values)
    connection.execute(
        kept.on_conflict_do_update(
            index_elements=["user_id", "use"],
            set_={**values, "version": _pairs.c.version + 1},
        )
    )


def find(connection: Connection, user_id: int, use: Use) -> Kept | None:
    """Return somebody's pair."""
    query = select(_pairs).where(_pairs.c.user_id == user_id, _pairs.c.use == use)
    row = connection.execute(query).mappings().first()
    return None if row is None else _kept(row)


def lease(connection: Connection, kept: Kept, holder: str, now: datetime) -> bool:
    """Take a pair in order to refresh it; False while another process does, or did."""
    free = or_(
        _pairs.c.leased_until.is_(None),
        _pairs.c.leased_until <= now,
        _pairs.c.leased_until > now + 2 * _LEASED_FOR,  # while a clock was wrong
    )
    taken = update(_pairs).where(*_same(kept), free)
    taken = taken.values(leased_by=holder, leased_until=now + _LEASED_FOR)
    return bool(connection.execute(taken).rowcount)


def replace(  # noqa: PLR0913 (as above)
    connection: Connection, vault: Vault, kept: Kept, holder: str, pair: TokenPair, now: datetime
) -> bool:
    """Keep what a refresh brought; False where the row is another's meanwhile."""
    values = _values(vault, kept.user_id, kept.use, pair, now)
    mine = (*_same(kept), _pairs.c.leased_by == holder)
    changed = update(_pairs).where(*mine).values(version=kept.version + 1, **values)
    return bool(connection.execute(changed).rowcount)


def release(connection: Connection, kept: Kept, holder: str) -> None:
    """Give a pair back that could not be refreshed now."""
    mine = (*_same(kept), _pairs.c.leased_by == holder)
    connection.execute(update(_pairs).where(*mine).values(leased_by=None, leased_until=None))


def drop(connection: Connection, kept: Kept) -> bool:
    """Forget a pair, unless another has taken its place; says whether it did."""
    return bool(connection.execute(delete(_pairs).where(*_same(kept))).rowcount)


def drop_of(connection: Connection, user_id: int, use: Use) -> None:
    """Forget somebody's pair, whichever it is."""
    connection.execute(delete(_pairs).where(_pairs.c.user_id == user_id, _pairs.c.use == use))


def ending(
    connection: Connection, use: Use, before: datetime, but: Collection[int], limit: int
) -> list[Kept]:
    """Return pairs whose right to be refreshed ends before a time, the next one first.

    Those of the people ``but`` are left out.
    """
    query = select(_pairs).where(_pairs.c.use == use, _pairs.c.refresh_ends_at <= before)
    query = query.where(_pairs.c.user_id.not_in(but)) if but else query
    query = query.order_by(_pairs.c.refresh_ends_at).limit(limit)
    return [_kept(row) for row in connection.execute(query).mappings()]


def without_session(connection: Connection, now: datetime, limit: int) -> list[Kept]:
    """Return pairs of people whose sessions have all ended, by themselves too."""
    query = select(_pairs).where(
        _pairs.c.use == "session", ~sessions.has_any(_pairs.c.user_id, now)
    )
    return [_kept(row) for row in connection.execute(query.limit(limit)).mappings()]


def seal_anew(connection: Connection, vault: Vault, limit: int) -> int:
    """Seal with the first key what older ones sealed, of all uses; returns how many pairs.

    What does not open although its key is there was tampered with, and stays as it is.
    """
    older = vault.older_heads
    if not older:
        return 0
    head = func.substr(_pairs.c.sealed, 1, HEAD_BYTES, type_=LargeBinary)
    rows = connection.execute(select(_pairs).where(head.in_(older)).limit(limit)).mappings()
    return sum(_sealed_anew(connection, vault, _kept(row)) for row in rows.all())


def place(user_id: int, use: Use) -> str:
    """Return where a pair is sealed for."""
    return f"user_tokens:{user_id}:{use}"


def _sealed_anew(connection: Connection, vault: Vault, kept: Kept) -> bool:
    where = place(kept.user_id, kept.use)
    try:
        sealed = vault.seal(vault.open(kept.sealed, where), where)
    except NotOpened:
        return False
    same = (*_same(kept), _pairs.c.sealed == kept.sealed)  # its version stays: so does the pair
    return bool(connection.execute(update(_pairs).where(*same).values(sealed=sealed)).rowcount)


def _values(vault: Vault, user_id: int, use: Use, pair: TokenPair, now: datetime) -> dict[str, Any]:
    said = orjson.dumps({"access": pair.access, "refresh": pair.refresh})
    return {
        "sealed": vault.seal(said, place(user_id, use)),
        "access_ends_at": pair.access_ends_at,
        "refresh_ends_at": pair.refresh_ends_at,
        "kept_at": now,
        "leased_by": None,
        "leased_until": None,
    }


def _same(kept: Kept) -> tuple[Any, ...]:
    return (
        _pairs.c.user_id == kept.user_id,
        _pairs.c.use == kept.use,
        _pairs.c.version == kept.version,
    )


def _kept(row: RowMapping) -> Kept:
    return Kept(**{name: row[name] for name in Kept.__slots__})
