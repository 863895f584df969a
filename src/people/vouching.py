"""What the maker of an API token may now: by their own GitHub token, else by the App's word.

Programs go on while their person no longer signs in. Then the App is asked about them, repository
by repository: those that a token names, else those that their person reached when last asked. It
cannot tell who owns an installation, so that nobody does by its word.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from events.read import head
from events.store import Store
from events.table import BIG_INTEGER, GIVEN, table_of
from people import rights
from people.looking import GRACE, KEPT, Looking
from people.ports import GitHubReach, GitHubRefused, GitHubSilent
from people.rights import Reach, RepositoryRight
from people.roles import Role
from projections import access_news
from projections.access import Access, held_through
from projections.repositories.item import RepositoryItem
from projections.repositories.queries import list_repositories

MOST = 50  # repositories of one person that the App is asked about: each costs a request
_AT_ONCE = 5
_FORGOTTEN = timedelta(days=1)  # what nobody asked about again
_NOTHING = RepositoryRight(Role.NONE, 0, "")


class VouchedRow(SQLModel, table=True):
    """What the App said of somebody in a repository; NONE is kept as well as any other answer."""

    __tablename__ = "vouched_rights"

    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int = Field(sa_type=BIG_INTEGER)
    full_name: str
    role: int
    asked_at: datetime
    asked_behind: int = Field(sa_type=BIG_INTEGER, description="the log's head before it was asked")


_vouched = table_of(VouchedRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """The App's word on one repository."""

    repository_id: int
    right: RepositoryRight
    asked_at: datetime
    asked_behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was said before of those that a token is about, and of which there is news since."""

    login: str
    about: tuple[int, ...]
    said: Mapping[int, Vouched]
    changed: frozenset[int]
    held: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """Says how far makers of tokens reach, whether they are signed in or not."""

    store: Store
    github: GitHubReach
    looking: Looking
    clock: Callable[[], datetime]
    _locks: WeakValueDictionary[int, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, repr=False
    )

    async def reach(self, user_id: int, login: str, only: frozenset[int] | None) -> Reach:
        """Return what somebody may; ``only`` are the repositories that a token names.

        Raises GitHubSilent when what is known is too old.
        """
        try:
            return await self.looking.reach(user_id, login)
        except GitHubRefused:  # there is no token of theirs any more, or it may not be used
            lock = self._locks.setdefault(user_id, asyncio.Lock())
            async with lock:  # one request asks, those beside it find the answer
                return await self._by_app(user_id, login, only)

    async def _by_app(self, user_id: int, login: str, only: frozenset[int] | None) -> Reach:
        known = await self.store.read(lambda c: _known(c, user_id, login, only))
        now = self.clock()
        stale = [each for each in known.about if not _is_fresh(known, each, now)]
        if stale:
            try:
                await self._ask(user_id, known.login, stale)
            except GitHubSilent:
                if not all(_holds_on(known, each, now) for each in stale):
                    raise
            known = await self.store.read(lambda c: _known(c, user_id, login, only))
        return _reach_of(user_id, known, now)

    async def _ask(self, user_id: int, login: str, repositories: Collection[int]) -> None:
        """Ask about some repositories and keep the answers; a login that moved on gives nothing."""

        def places(connection: Connection) -> tuple[int, list[RepositoryItem]]:
            found = list_repositories(connection, Access(frozenset(repositories)), 0, MOST)
            return head(connection).position, found

        behind, found = await self.store.read(places)  # before it is asked: news since count
        at, gate = self.clock(), asyncio.Semaphore(_AT_ONCE)
        account = await self.github.named(login)
        is_theirs = account is not None and account.id == user_id

        async def answer(place: RepositoryItem) -> tuple[int, RepositoryRight]:
            async with gate:
                role = await self._role(place, login) if is_theirs else Role.NONE
            through = place.installation.id if place.installation else 0
            return place.id, RepositoryRight(role, through, place.full_name)

        said = dict.fromkeys(repositories, _NOTHING)
        # All are waited for, also when GitHub falls silent at one.
        for each in await asyncio.gather(*map(answer, found), return_exceptions=True):
            if isinstance(each, BaseException):
                raise each
            said |= [each]
        await self.store.write(lambda c: _keep(c, user_id, said, at, behind))

    async def _role(self, place: RepositoryItem, login: str) -> Role:
        if place.installation is None or place.deleted:
            return Role.NONE
        try:
            role = await self.github.role(place.installation.id, place.full_name, login)
        except GitHubRefused:
            return Role.NONE
        # Of a public repository GitHub says `read` of everybody, whoever they are.
        return Role.NONE if role is Role.VIEWER and not place.private else role


def _known(connection: Connection, user_id: int, login: str, only: frozenset[int] | None) -> _Known:
    reach = rights.find(connection, user_id)
    reached = frozenset(reach.repositories) if reach else frozenset()
    about = tuple(sorted(reached if only is None else only)[:MOST])
    said = _said(connection, user_id, about)
    through = {number: each.right.installation_id for number, each in said.items()}
    return _Known(
        login=reach.login if reach else login,
        about=about,
        said=said,
        changed=frozenset(
            number for number, each in said.items() if _is_told_of(connection, user_id, each)
        ),
        held=held_through(connection, through),
    )


def _is_told_of(connection: Connection, user_id: int, said: Vouched) -> bool:
    """Say whether a delivery told since that this right may have changed."""
    through, number = said.right.installation_id, said.repository_id
    behind = said.asked_behind
    return access_news.newest(connection, user_id, (through,), (number,), behind) > behind


def _said(connection: Connection, user_id: int, about: Collection[int]) -> dict[int, Vouched]:
    these = (_vouched.c.user_id == user_id, _vouched.c.repository_id.in_(about))
    return {
        row.repository_id: Vouched(
            repository_id=row.repository_id,
            right=RepositoryRight(Role(row.role), row.installation_id, row.full_name),
            asked_at=row.asked_at,
            asked_behind=row.asked_behind,
        )
        for row in connection.execute(select(_vouched).where(*these))
    }


def _is_fresh(known: _Known, number: int, now: datetime) -> bool:
    return _is_younger(known, number, now, KEPT)


def _holds_on(known: _Known, number: int, now: datetime) -> bool:
    """Say whether an answer goes on while GitHub cannot be asked."""
    return _is_younger(known, number, now, GRACE)


def _is_younger(known: _Known, number: int, now: datetime, than: timedelta) -> bool:
    said = known.said.get(number)
    if said is None or number in known.changed:
        return False
    return timedelta() <= now - said.asked_at < than


def _keep(
    connection: Connection,
    user_id: int,
    said: Mapping[int, RepositoryRight],
    at: datetime,
    behind: int,
) -> None:
    """Keep answers in place of those before, unless another process just did."""
    these = _vouched.c.repository_id.in_(said) | (_vouched.c.asked_at < at - _FORGOTTEN)
    rows = [
        {
            "user_id": user_id,
            "repository_id": number,
            "installation_id": right.installation_id,
            "full_name": right.full_name,
            "role": int(right.role),
            "asked_at": at,
            "asked_behind": behind,
        }
        for number, right in said.items()
    ]
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(delete(_vouched).where(_vouched.c.user_id == user_id, these))
        connection.execute(insert(_vouched), rows)


def _reach_of(user_id: int, known: _Known, now: datetime) -> Reach:
    said = [known.said[each] for each in known.about if each in known.said]
    kept = [each for each in said if each.right.role > Role.NONE]
    held = {each.repository_id: each.right for each in kept if each.repository_id in known.held}
    return Reach(
        user_id=user_id,
        login=known.login,
        read_at=min((each.asked_at for each in said), default=now),
        read_behind=min((each.asked_behind for each in said), default=0),
        repositories=held,
        installations=frozenset(right.installation_id for right in held.values()),
    )
