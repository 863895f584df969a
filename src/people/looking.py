"""Asks GitHub what somebody may where, with their own token, and knows when to ask again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from events.read import head
from events.store import Store
from people import rights
from people.keeper import TokenKeeper
from people.ports import GitHubReach, GitHubSilent, ReachedInstallation
from people.rights import Reach, RepositoryRight
from people.roles import Role
from projections import access_news
from projections.access import held_through

KEPT = timedelta(minutes=5)
# While GitHub cannot be asked, rights that nothing was told against go on for this long.
GRACE = timedelta(minutes=15)
MOST_REPOSITORIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Reads and keeps what people reach."""

    store: Store
    github: GitHubReach
    keeper: TokenKeeper
    clock: Callable[[], datetime]

    async def reach(self, user_id: int, login: str) -> Reach:
        """Return somebody's rights: those of the last five minutes, else as GitHub says now.

        Those through an installation that a repository is only claimed to have moved to are left
        out until that is settled. What a delivery told of since is asked about in any case.
        Raises TokenGone, GitHubRefused, and GitHubSilent when what is known is too old.
        """
        reach = await self._reach(user_id, login)
        through = {each: right.installation_id for each, right in reach.repositories.items()}
        held = await self.store.read(lambda connection: held_through(connection, through))
        kept = {each: right for each, right in reach.repositories.items() if each in held}
        return replace(reach, repositories=kept)

    async def _reach(self, user_id: int, login: str) -> Reach:
        known, changed = await self.store.read(lambda c: _known(c, user_id))
        age = None if known is None else self.clock() - known.read_at
        if known is not None and age is not None and not changed and timedelta() <= age < KEPT:
            return known
        try:
            return await self.look(user_id, login)
        except GitHubSilent:
            if known is None or age is None or changed or age >= GRACE:
                raise
            return known

    async def look(self, user_id: int, login: str, access: str | None = None) -> Reach:
        """Ask GitHub now and keep what it says; raises as ``reach`` does.

        ``access`` is the token of who is just signing in, so that theirs is not kept yet.
        """
        signs_in = access is not None
        access = access or await self.keeper.access(user_id, "session")
        behind = (await self.store.read(head)).position  # before it is asked: news since count
        at = self.clock()
        reached = await self.github.installations(access)
        repositories: dict[int, RepositoryRight] = {}
        for each in reached:
            for seen in await self.github.repositories(access, each.id):
                if seen.role > Role.NONE and len(repositories) < MOST_REPOSITORIES:
                    repositories[seen.id] = RepositoryRight(seen.role, each.id, seen.full_name)
        owned = [each.id for each in reached if await self._owns(access, user_id, each)]
        reach = Reach(
            user_id=user_id,
            login=login,
            read_at=at,
            read_behind=behind,
            repositories=repositories,
            installations=frozenset(each.id for each in reached),
            owned=frozenset(owned),
        )
        await self.store.write(lambda c: rights.store(c, reach, renames=signs_in))
        return reach

    async def _owns(self, access: str, user_id: int, installation: ReachedInstallation) -> bool:
        if not installation.is_organization:
            return installation.account_id == user_id
        return await self.github.administers(access, installation.account_login)


def _known(connection: Connection, user_id: int) -> tuple[Reach | None, bool]:
    known = rights.find(connection, user_id)
    if known is None:
        return None, False
    newest = access_news.newest(
        connection, user_id, known.installations, known.repositories, known.read_behind
    )
    return known, newest > known.read_behind
