"""Looking after people's tokens: idle ones, those of who left, older keys, what was left untold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from people import consents, pairs
from people.acting import ActingPeople
from people.consents import Consent, Where
from people.pairs import Kept
from people.ports import GitHubRefused, GitHubSilent, TokenGone

IDLE_MARGIN = timedelta(days=14)  # before a pair's right to be refreshed ends, it is
RESTS_SECONDS = 10.0

_AT_ONCE = 100  # of each kind, in one step
_MOST_WAITING = 10_000  # in a query, which takes some 32,000 parameters
_FIRST_BACKOFF, _LONGEST_BACKOFF = timedelta(seconds=30), timedelta(hours=1)

_log = structlog.get_logger("acting users")


@dataclass(slots=True)
class _Patience:
    """Until when somebody is not asked about, as GitHub could not answer so many times."""

    tries: int
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Say whether it goes on; while a clock was wrong it may have become too long."""
        return now < self.until <= now + _LONGEST_BACKOFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Keeps tokens fresh and consents true; what GitHub does not answer now is asked later."""

    acting: ActingPeople
    clock: Callable[[], datetime]
    _patience: dict[int, _Patience] = field(default_factory=dict, repr=False)

    async def step(self) -> float:
        """Look once; returns the seconds to rest."""
        now, store, keeper = self.clock(), self.acting.store, self.acting.keeper
        await self._seal_anew()
        for kept in await store.read(lambda c: pairs.without_session(c, now, _AT_ONCE)):
            await keeper.forget_pair(kept)
        for consent in await store.read(lambda c: consents.untold(c, _AT_ONCE)):
            await self.acting.tell(consent)
        but, soon = self._waiting(now), now + IDLE_MARGIN
        ending = await store.read(lambda c: pairs.ending(c, "consent", soon, but, _AT_ONCE))
        for kept in ending:
            await self._patiently(kept.user_id, partial(self._refresh, kept))
        but = self._waiting(now)
        doubtful = await store.read(lambda c: consents.in_doubt(c, now, but, _AT_ONCE))
        for consent, where in doubtful:
            await self._patiently(consent.user_id, partial(self._check, consent, where))
        return RESTS_SECONDS

    async def _seal_anew(self) -> None:
        store, vault = self.acting.store, self.acting.keeper.vault
        if not vault.older_heads:
            return
        number = await store.write(lambda c: pairs.seal_anew(c, vault, _AT_ONCE))
        if number:
            _log.info("tokens of people are sealed with the first key now", number=number)

    async def _refresh(self, kept: Kept) -> None:
        """Refresh a pair that nobody uses; one that is gone is lost wherever it was for."""
        seen = self.clock()
        try:
            await self.acting.keeper.refresh(kept)
        except TokenGone as gone:
            theirs = await self.acting.store.read(lambda c: consents.of_person(c, kept.user_id))
            why = f"the token of @{kept.login} is gone: {gone}"
            for each in theirs[:1]:
                await self.acting.lose(each, why, seen, everywhere=True)

    async def _check(self, consent: Consent, where: Where) -> None:
        await self.acting.check(consent, where)

    def _waiting(self, now: datetime) -> list[int]:
        """Return who is not asked about now, so that they take nobody's place among the next."""
        waiting = [user_id for user_id, each in self._patience.items() if each.holds(now)]
        return waiting[:_MOST_WAITING]

    async def _patiently(self, user_id: int, ask: Callable[[], Awaitable[None]]) -> None:
        known, now = self._patience.get(user_id), self.clock()
        if known is not None and known.holds(now):
            return
        try:
            await ask()
        except (GitHubSilent, GitHubRefused) as error:
            tries = known.tries + 1 if known else 1
            wait = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** min(tries - 1, 10))
            self._patience[user_id] = _Patience(tries, now + wait)
            _log.warning("an acting user cannot be looked after now", why=str(error)[:300])
        else:
            self._patience.pop(user_id, None)
