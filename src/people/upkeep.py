"""Looking after acting users: tokens that lie idle, people who left, and what was left untold."""

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
_FIRST_BACKOFF, _LONGEST_BACKOFF = timedelta(seconds=30), timedelta(hours=1)

_log = structlog.get_logger("acting users")


@dataclass(slots=True)
class _Patience:
    """Until when somebody is not asked about, as GitHub could not answer so many times."""

    tries: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Keeps tokens fresh and consents true; what GitHub does not answer now is asked later."""

    acting: ActingPeople
    clock: Callable[[], datetime]
    _patience: dict[int, _Patience] = field(default_factory=dict, repr=False)

    async def step(self) -> float:
        """Look once; returns the seconds to rest."""
        now, store = self.clock(), self.acting.store
        for consent in await store.read(lambda c: consents.untold(c, _AT_ONCE)):
            await self.acting.tell(consent)
        ending = await store.read(lambda c: pairs.ending(c, "consent", now + IDLE_MARGIN, _AT_ONCE))
        for kept in ending:
            await self._patiently(kept.user_id, partial(self._refresh, kept))
        for consent, where in await store.read(lambda c: consents.in_doubt(c, now, _AT_ONCE)):
            await self._patiently(consent.user_id, partial(self._check, consent, where))
        return RESTS_SECONDS

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

    async def _patiently(self, user_id: int, ask: Callable[[], Awaitable[None]]) -> None:
        known, now = self._patience.get(user_id), self.clock()
        if known is not None and now < known.until <= now + _LONGEST_BACKOFF:
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
