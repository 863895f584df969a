"""Hands out people's GitHub tokens: opened, and refreshed before they end by one process."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.store import Store
from people import pairs
from people.pairs import Kept, Use
from people.ports import GitHubRefused, GitHubSignIn, GitHubSilent, TokenGone, TokenPair
from people.vault import NotOpened, Vault

MARGIN = timedelta(minutes=15)  # before its end a token is refreshed
_LOOKS, _LOOK_SECONDS = 40, 0.25  # while another process refreshes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeeper:
    """Keeps the pairs of people; ``holder`` names this process.

    ``refreshed`` is told of each pair that was kept after a refresh, as it was before.
    """

    store: Store
    vault: Vault
    github: GitHubSignIn
    clock: Callable[[], datetime]
    holder: str
    refreshed: Callable[[Kept], Awaitable[None]] | None = None
    _under_way: set[asyncio.Task[TokenPair | None]] = field(default_factory=set, repr=False)

    async def keep(self, user_id: int, use: Use, login: str, pair: TokenPair) -> None:
        """Keep a pair that somebody just gave us; raises VaultMissing."""
        now = self.clock()
        await self.store.write(
            lambda connection: pairs.keep(connection, self.vault, user_id, use, login, pair, now)
        )

    async def access(self, user_id: int, use: Use) -> str:
        """Return somebody's token, which holds for some minutes at least.

        Raises TokenGone when there is none any more, GitHubRefused when its key is missing,
        GitHubSilent when it cannot be refreshed now.
        A refresh whose answer is lost leaves a pair that GitHub takes no more: that is TokenGone at
        the next try.
        """
        for _ in range(_LOOKS):
            kept = await self.store.read(lambda connection: pairs.find(connection, user_id, use))
            if kept is None:
                raise TokenGone("there is no token of this person here any more")
            if not self._ends_soon(kept):
                return self._opened(kept).access
            renewed = await self.refresh(kept)
            if renewed is not None:
                return renewed.access
            await asyncio.sleep(_LOOK_SECONDS)
        raise GitHubSilent("another process refreshes this person's token; try again")

    async def refresh(self, kept: Kept) -> TokenPair | None:
        """Refresh a pair and keep it; None while another process does.

        Whoever asks may be cut off meanwhile, this is not: an answer that nobody takes would leave
        a pair that GitHub takes no more. Raises TokenGone, with the pair forgotten, GitHubRefused
        or GitHubSilent.
        """
        task = asyncio.create_task(self._refresh(kept))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for the answers that are awaited."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def held(self, user_id: int, use: Use) -> TokenPair | None:
        """Return somebody's pair as it lies here; raises GitHubRefused when its key is missing."""
        kept = await self.store.read(lambda connection: pairs.find(connection, user_id, use))
        return None if kept is None else self._opened(kept)

    async def _refresh(self, kept: Kept) -> TokenPair | None:
        now, old = self.clock(), self._opened(kept)
        if not await self.store.write(lambda c: pairs.lease(c, kept, self.holder, now)):
            return None
        if old.refresh is None or (kept.refresh_ends_at and kept.refresh_ends_at <= now):
            await self._forget(kept)
            raise TokenGone("its right to be refreshed has ended")
        return await self._exchanged(kept, old.refresh)

    async def forget(self, user_id: int, use: Use) -> None:
        """Revoke somebody's token at GitHub, as far as it can be asked, and drop the pair."""
        kept = await self.store.read(lambda connection: pairs.find(connection, user_id, use))
        if kept is not None:
            await self.forget_pair(kept)

    async def forget_pair(self, kept: Kept) -> None:
        """Do so with a pair that was found, unless another has taken its place."""
        if await self.store.write(lambda connection: pairs.drop(connection, kept)):
            await self.revoke(kept)

    async def revoke(self, kept: Kept) -> None:
        """Revoke at GitHub what is kept here no more, as far as it can be asked."""
        try:
            await self.github.revoke(kept.opened(self.vault).access)
        except (GitHubSilent, GitHubRefused, NotOpened):
            return  # it ends by itself within hours, and nobody holds it any more

    async def _exchanged(self, kept: Kept, refresh: str) -> TokenPair:
        try:
            pair = await self.github.refresh(refresh)
        except TokenGone:
            await self._forget(kept)
            raise
        except (GitHubSilent, GitHubRefused):
            await self.store.write(lambda c: pairs.release(c, kept, self.holder))
            raise
        now = self.clock()
        await self.store.write(lambda c: pairs.replace(c, self.vault, kept, self.holder, pair, now))
        if self.refreshed is not None:
            await self.refreshed(kept)
        return pair

    def _opened(self, kept: Kept) -> TokenPair:
        try:
            return kept.opened(self.vault)
        except NotOpened as error:  # the row stays: the key may come back
            raise GitHubRefused(f"this person's token cannot be read: {error}") from error

    async def _forget(self, kept: Kept) -> None:
        await self.store.write(lambda connection: pairs.drop(connection, kept))

    def _ends_soon(self, kept: Kept) -> bool:
        return kept.access_ends_at is not None and kept.access_ends_at - self.clock() < MARGIN
